// The working set of one kind of row.
//
// A Table keeps what was loaded, knows what is absent, and which rows changed. What is not there yet is asked of a
// Loader: in bulk for what a batch wants (Want, then Loader::LoadWanted), singly for what a rare path still needs
// (Get). Of rows of some kinds it can say what there is without the store. It keeps its first error, or that a row is
// missing; who commits asks for it first. Changed rows leave for the store as values (TakeChanges), so that commands
// are decided while they are written; until they have arrived (Committed) the table keeps them, whatever the store
// shows. Rows of some kinds are not forgotten but packed (PackedRows), and loaded from there when they are asked for
// again. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_TABLE_H_
#define TRAILBOOK_LEDGER_DOMAIN_TABLE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "ledger/domain/packed_rows.h"
#include "ledger/domain/row_changes.h"

namespace trailbook {

template <typename R>
class Table {
 public:
  using Key = typename R::Key;
  // A row that is there, or was, or might be; its key is in it either way.
  struct Slot {
    R row;
    bool present = false;
    bool dirty = false;
    bool leaving = false;  // what it was lately is on its way to the store
    bool packed = false;   // its row is as it was packed
    bool stored = false;   // the store has a row under this key, or will have when what is on its way has arrived
  };
  // The row, or nullptr if there is none. Loads it if it was not asked for before. The pointer stays valid until rows
  // are forgotten.
  const R* Get(const Key& key) { return Present(Load(key)); }
  // The row, which must be there. One that could not be loaded, or is missing, is empty: deciding goes on to its end,
  // and is not committed.
  const R& At(const Key& key) { return Required(key).row; }
  // The row to change, which must be there as above; marks it changed.
  R& Edit(const Key& key) {
    Slot& slot = Required(key);
    MarkDirty(slot);
    return slot.row;
  }
  // The row to change; a new one if there is none.
  R& EditOrCreate(const Key& key) {
    Slot& slot = Load(key);
    if (!slot.present) {
      slot.row = R::WithKey(key);
      slot.present = true;
    }
    MarkDirty(slot);
    return slot.row;
  }
  R& Put(R row) {
    const Key key = row.key();
    R& place = EditOrCreate(key);
    place = std::move(row);
    return place;
  }
  // A new row under a key that was never used: nothing is loaded.
  void PutNew(R row) {
    const Key key = row.key();
    if (take_new_ != nullptr && !Knows(key)) return take_new_(taker_, row);
    Slot& slot = SlotOf(key);
    slot.row = std::move(row);
    slot.present = true;
    MarkDirty(slot);
  }
  void Erase(const Key& key) {
    Slot& slot = Load(key);
    if (!slot.present) return;
    slot.present = false;
    MarkDirty(slot);
  }

  bool Knows(const Key& key) { return Find(key) != nullptr; }
  // Asks for a row at the next LoadWanted. True: that is not needed, as it is known already.
  bool Want(const Key& key) {
    if (Knows(key) || IsAtHand(key)) return true;
    wanted_.insert(key);
    return false;
  }
  const absl::flat_hash_set<Key>& wanted() const { return wanted_; }
  // What a loader found: a row, or none under the key.
  void Loaded(R row) {
    if (hear_loaded_ != nullptr) hear_loaded_(hearer_, row);
    Slot& slot = SlotOf(row.key());
    slot = Slot{.row = std::move(row), .present = true, .stored = true};
  }
  void LoadedAbsent(const Key& key) { SlotOf(key); }
  void WantedAreLoaded() { wanted_.clear(); }

  // The rows that changed since changes last left, in the order of their first change. Slots stay where they are until
  // the change has arrived.
  const std::vector<Slot*>& dirty() const { return dirty_; }
  bool IsDirty(const Key& key) const {
    const auto it = slots_.find(key);
    return it != slots_.end() && (*it)->dirty;
  }
  // The rows that are on their way: with dirty(), all that the store may not show yet.
  const std::vector<Slot*>& leaving() const { return leaving_; }
  // How often these two began anew; in between they only grow.
  int64_t turn() const { return turn_; }
  // What changed since changes last left; it is on its way now. REQUIRES: what left before has arrived.
  RowChanges<R> TakeChanges() {
    SortDirty();
    RowChanges<R> changes = Changes(0, dirty_.size());
    for (Slot* slot : dirty_) {
      slot->dirty = false;
      slot->leaving = true;
      slot->stored = slot->present;
    }
    leaving_ = std::exchange(dirty_, {});
    ++turn_;
    return changes;
  }
  // Gives what changed since changes last left to `store`, so many rows at once, and takes it for stored: for who
  // stores it there and then. REQUIRES: nothing is on its way.
  template <typename Store>
  void StoreChanges(size_t at_once, Store store) {
    SortDirty();
    for (size_t first = 0; first < dirty_.size(); first += at_once) {
      store(Changes(first, std::min(dirty_.size(), first + at_once)));
    }
    for (Slot* slot : dirty_) {
      slot->dirty = false;
      slot->stored = slot->present;
    }
    dirty_.clear();
    ++turn_;
  }
  // What left is stored. Rows that are seldom asked for again are forgotten, so that the working set stays small.
  void Committed() {
    for (Slot* slot : leaving_) {
      slot->leaving = false;
      if constexpr (requires { R::kSeldomReadAgain; }) {
        if (!slot->dirty) slots_.erase(slot->row.key());
      }
    }
    leaving_.clear();
    ++turn_;
  }
  // Forgets what is as it is stored, or packs it.
  void ForgetUnchanged() {
    ForgetSlots([this](const Slot& slot) {
      if constexpr (kIsPacked) {
        if (!slot.packed) packed_.Put(slot.row);
      }
    });
  }
  // The same, without packing; `last` sees each row that goes.
  template <typename Last>
  void ForgetUnchanged(Last last) {
    ForgetSlots([&last](const Slot& slot) { last(slot.row); });
  }
  void Clear() {
    if constexpr (kIsPacked) packed_.Clear();
    slots_.clear();
    wanted_.clear();
    dirty_.clear();
    leaving_.clear();
    ++turn_;
  }
  size_t size() const { return slots_.size(); }

  // From now on new rows go to `take` at once, and are loaded like all others if they are asked for: for who stores
  // them and needs hardly any again.
  void PassOnNew(void (*take)(void*, const R&), void* taker) {
    take_new_ = take;
    taker_ = taker;
  }

  // From now on `hear` hears of each row that the store gives, before it changes here: with the other ForgetUnchanged,
  // for who counts what is not here.
  void TellLoaded(void (*hear)(void*, const R&), void* hearer) {
    hear_loaded_ = hear;
    hearer_ = hearer;
  }

  // `load` loads one row: sets the slot through Loaded or LoadedAbsent. `missing` hears of a row that must be there and
  // is not. Set by the loader; who sets another loads all rows of this table instead of it.
  void SetLoader(void (*load)(void*, Table&, const Key&), void (*missing)(void*, const Key&), void* loader) {
    load_ = load;
    missing_ = missing;
    loader_ = loader;
  }
  // `at_hand` says what there is under a key, as `load` does, if the loader knows it without the store; else it is
  // false. REQUIRES: what it does not know when a row is wanted the store shows when wanted rows are loaded; so no
  // changes arrive in between.
  void SetAtHand(bool (*at_hand)(void*, Table&, const Key&)) { at_hand_ = at_hand; }

 private:
  static constexpr bool kIsPacked = requires { R::kOfManyCustomers; };

  struct HashOfKey {
    using is_transparent = void;
    size_t operator()(const Key& key) const { return absl::HashOf(key); }
    size_t operator()(const std::unique_ptr<Slot>& slot) const { return absl::HashOf(slot->row.key()); }
  };
  struct SameKey {
    using is_transparent = void;
    bool operator()(const std::unique_ptr<Slot>& slot, const Key& key) const { return slot->row.key() == key; }
    bool operator()(const std::unique_ptr<Slot>& a, const std::unique_ptr<Slot>& b) const {
      return a->row.key() == b->row.key();
    }
  };

  // The slot of a key, which may be new and without a row.
  Slot& SlotOf(const Key& key) {
    return **slots_.lazy_emplace(
        key, [&key](const auto& make) { make(std::make_unique<Slot>(Slot{.row = R::WithKey(key)})); });
  }
  Slot* Find(const Key& key) {
    const auto it = slots_.find(key);
    if (it != slots_.end()) return it->get();
    if constexpr (kIsPacked) {
      if (const auto row = packed_.Find(key)) {
        return &(SlotOf(key) = Slot{.row = *row, .present = true, .packed = true, .stored = true});
      }
    }
    return nullptr;
  }
  Slot& Load(const Key& key) {
    if (Slot* slot = Find(key)) return *slot;
    if (!IsAtHand(key) && load_ != nullptr) load_(loader_, *this, key);
    return SlotOf(key);
  }
  bool IsAtHand(const Key& key) { return at_hand_ != nullptr && at_hand_(loader_, *this, key); }
  Slot& Required(const Key& key) {
    Slot& slot = Load(key);
    if (!slot.present) {
      slot.row = R::WithKey(key);
      if (missing_ != nullptr) missing_(loader_, key);
    }
    return slot;
  }
  void SortDirty() {
    std::sort(dirty_.begin(), dirty_.end(), [](const Slot* a, const Slot* b) { return a->row.key() < b->row.key(); });
  }
  // What these of the changed rows are now.
  RowChanges<R> Changes(size_t first, size_t end) const {
    RowChanges<R> changes;
    for (size_t at = first; at < end; ++at) {
      const Slot* slot = dirty_[at];
      if (slot->present) {
        (slot->stored ? changes.changed : changes.made).push_back(slot->row);
      } else if (slot->stored) {
        changes.erased.push_back(slot->row.key());
      }
    }
    return changes;
  }
  // Those that are as they are stored; `last` sees each that has a row.
  template <typename Last>
  void ForgetSlots(Last last) {
    absl::erase_if(slots_, [&last](const std::unique_ptr<Slot>& slot) {
      if (slot->dirty || slot->leaving) return false;
      if (slot->present) last(*slot);
      return true;
    });
  }
  static const R* Present(const Slot& slot) { return slot.present ? &slot.row : nullptr; }
  void MarkDirty(Slot& slot) {
    if (slot.dirty) return;
    if constexpr (kIsPacked) packed_.Erase(slot.row.key());
    slot.packed = false;
    slot.dirty = true;
    dirty_.push_back(&slot);
  }

  absl::flat_hash_set<std::unique_ptr<Slot>, HashOfKey, SameKey> slots_;
  std::conditional_t<kIsPacked, PackedRows<R>, std::monostate> packed_;  // as they are stored
  absl::flat_hash_set<Key> wanted_;
  std::vector<Slot*> dirty_, leaving_;
  int64_t turn_ = 0;
  void (*load_)(void*, Table&, const Key&) = nullptr;
  bool (*at_hand_)(void*, Table&, const Key&) = nullptr;
  void (*missing_)(void*, const Key&) = nullptr;
  void* loader_ = nullptr;
  void (*take_new_)(void*, const R&) = nullptr;
  void* taker_ = nullptr;
  void (*hear_loaded_)(void*, const R&) = nullptr;
  void* hearer_ = nullptr;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_TABLE_H_
