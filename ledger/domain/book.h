// The book: every kind of row that the ledger's tables hold, and the working set of them that commands decide on and records change. A row
// lists its columns once (Visit); loading, saving, comparing and the schema's shape follow from that list.
//
// A Table keeps what was loaded, knows what is absent, and which rows changed. What is not there yet is asked of a Loader: in bulk for what
// a batch wants (Want, then Loader::LoadWanted), singly for what a rare path still needs (Get). A loader that fails keeps the error; whoever
// commits asks for it first. Not thread-safe: a Book belongs to the thread that writes.
#ifndef TRAILBOOK_LEDGER_DOMAIN_BOOK_H_
#define TRAILBOOK_LEDGER_DOMAIN_BOOK_H_

#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/btree_set.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/node_hash_map.h"
#include "ledger/domain/rows.h"

namespace trailbook {

template <typename R>
class Table {
 public:
  using Key = typename R::Key;
  struct Slot {
    R row;
    bool present = false;
    bool dirty = false;
    bool stored = false;  // the store has a row under this key
  };

  // The row, or nullptr if there is none. Loads it if it was not asked for before. The pointer stays valid until Clear.
  const R* Get(const Key& key) { return Present(Load(key)); }
  // The row to change; marks it changed. REQUIRES: it exists.
  R& Edit(const Key& key) {
    Slot& slot = Load(key);
    MarkDirty(key, slot);
    return slot.row;
  }
  // The row to change; a new one if there is none.
  R& EditOrCreate(const Key& key) {
    Slot& slot = Load(key);
    if (!slot.present) {
      slot.row = R::WithKey(key);
      slot.present = true;
    }
    MarkDirty(key, slot);
    return slot.row;
  }
  R& Put(R row) {
    const Key key = row.key();
    R& place = EditOrCreate(key);
    place = std::move(row);
    return place;
  }
  // A new row under a key that was never used: nothing is loaded.
  R& PutNew(R row) {
    const Key key = row.key();
    Slot& slot = slots_[key];
    slot.row = std::move(row);
    slot.present = true;
    MarkDirty(key, slot);
    return slot.row;
  }
  void Erase(const Key& key) {
    Slot& slot = Load(key);
    if (!slot.present) return;
    slot.present = false;
    MarkDirty(key, slot);
  }

  bool Knows(const Key& key) const { return slots_.contains(key); }
  // Asks for a row at the next LoadWanted.
  void Want(const Key& key) {
    if (!slots_.contains(key)) wanted_.insert(key);
  }
  const absl::flat_hash_set<Key>& wanted() const { return wanted_; }
  // What a loader found: a row, or none under the key.
  void Loaded(R row) {
    const Key key = row.key();
    slots_[key] = Slot{std::move(row), true, false, true};
  }
  void LoadedAbsent(const Key& key) { slots_.try_emplace(key); }
  void WantedAreLoaded() { wanted_.clear(); }

  // Keys of changed rows, in the order of their first change.
  const std::vector<Key>& dirty() const { return dirty_; }
  const Slot& slot(const Key& key) const { return slots_.find(key)->second; }
  // After a commit: what was changed is stored. Rows that are seldom asked for again are forgotten, so that the working set stays small.
  void Committed() {
    for (const Key& key : dirty_) {
      if constexpr (requires { R::kSeldomReadAgain; }) {
        slots_.erase(key);
      } else {
        Slot& slot = slots_.find(key)->second;
        slot.dirty = false;
        slot.stored = slot.present;
      }
    }
    dirty_.clear();
  }
  void Clear() {
    slots_.clear();
    wanted_.clear();
    dirty_.clear();
  }
  size_t size() const { return slots_.size(); }

  // Loads one row: sets the slot through Loaded or LoadedAbsent. Set once, by the loader.
  void SetLoader(void (*load)(void*, Table&, const Key&), void* loader) {
    load_ = load;
    loader_ = loader;
  }

 private:
  Slot& Load(const Key& key) {
    auto it = slots_.find(key);
    if (it != slots_.end()) return it->second;
    if (load_ != nullptr) load_(loader_, *this, key);
    return slots_[key];
  }
  static const R* Present(const Slot& slot) { return slot.present ? &slot.row : nullptr; }
  void MarkDirty(const Key& key, Slot& slot) {
    if (slot.dirty) return;
    slot.dirty = true;
    dirty_.push_back(key);
  }

  absl::node_hash_map<Key, Slot> slots_;
  absl::flat_hash_set<Key> wanted_;
  std::vector<Key> dirty_;
  void (*load_)(void*, Table&, const Key&) = nullptr;
  void* loader_ = nullptr;
};

// Lists that no single key finds; asked of the store in the rare cases that need them. They see what is stored, not what the working set
// changed: callers overlay that themselves.
class Lists {
 public:
  virtual ~Lists() = default;
  // Loads in bulk what the book's tables want now.
  virtual void LoadWantedRows() = 0;
  // Parked reports that wait for a key, by event time.
  virtual std::vector<Parked> ParkedFor(int64_t program, const Hash128& wait_key) = 0;
  // Parked reports of a program of events before a time (seconds).
  virtual std::vector<Parked> ParkedBefore(int64_t program, int64_t time) = 0;
  // Parked reports whose day has come, by event time.
  virtual std::vector<Parked> ParkedUntil(int64_t program, Day day) = 0;
  // Clicks from before a time (seconds), the oldest first; at most `limit`.
  virtual std::vector<Click> ClicksBefore(int64_t program, int64_t time, int limit) = 0;
  // Days of a partner and currency that have something unmatured.
  virtual std::vector<EarnerDay> UnmaturedDays(int64_t program, int64_t partner, const std::string& currency,
                                               Day from) = 0;
  // The payable lines by which a commission became payable, its own and the first maturity of its day,
  // while `partner` had it, since a record.
  virtual std::vector<PayableLine> LinesOf(const Commission& commission, int64_t partner, int64_t since) = 0;
  // Of each of some partners, the lines that no payout has taken.
  virtual std::vector<std::vector<PayableLine>> UnpaidLines(int64_t program, const std::string& currency, const std::vector<int64_t>& partners) = 0;
  // Partners with something payable in a currency, by number.
  virtual std::vector<Earner> Earners(int64_t program, const std::string& currency) = 0;
  // Partners and currencies with something due by a day, after the given ones; at most `limit`.
  virtual std::vector<Earner> DueEarners(int64_t program, Day through, int64_t after_partner,
                                         const std::string& after_currency, int limit) = 0;
  virtual std::vector<Payout> PayoutsOf(int64_t program, int64_t batch) = 0;
  // The commissions on a customer's payments, newest first, along the chains of the partners who have or had them.
  virtual std::vector<Commission> CommissionsOfCustomer(int64_t program, int64_t customer, const std::vector<int64_t>& partners) = 0;
  // A partner's balances, by currency.
  virtual std::vector<Earner> EarnersOf(int64_t program, int64_t partner) = 0;
  // Commissions of a partner (0: of all) with something held or an open dispute.
  virtual std::vector<OpenHold> OpenHolds(int64_t program, int64_t partner) = 0;
};

// The working set.
struct Book {
  // Projections of the log.
  Table<Program> programs;
  Table<Terms> terms;
  Table<Partner> partners;
  Table<PartnerRate> partner_rates;
  Table<Code> codes;
  Table<Referral> referrals;
  Table<LosingTouch> losing_touches;
  Table<ExternalKey> external_keys;
  Table<Commission> commissions;
  Table<CommissionEvent> commission_events;
  Table<Refund> refunds;
  Table<Dispute> disputes;
  Table<OpenHold> open_holds;
  Table<Earner> earners;
  Table<EarnerDay> earner_days;
  Table<Account> accounts;
  Table<AccountDay> account_days;
  Table<PayableLine> payable_lines;
  Table<PayoutBatch> payout_batches;
  Table<Payout> payouts;
  Table<Correction> corrections;
  Table<Tier> tiers;
  Table<PartnerGroup> partner_groups;
  Table<GroupKey> group_keys;
  Table<GroupTerms> group_terms;
  Table<GroupMember> group_members;
  Table<Lowering> lowerings;
  Table<StatementMark> statement_marks;
  Table<BalanceLine> balance_lines;
  Table<ReferralMove> referral_moves;
  Table<FxRate> fx_rates;
  Table<FxPair> fx_pairs;
  // Beside the log: identities, bank details, clicks, what is parked, requests.
  Table<ProgramSlug> program_slugs;
  Table<PartnerIdentity> partner_identities;
  Table<PartnerKey> partner_keys;
  Table<CustomerIdentity> customer_identities;
  Table<CustomerKey> customer_keys;
  Table<CodeIdentity> code_identities;
  Table<CodeKey> code_keys;
  Table<PayoutMethod> payout_methods;
  Table<PayoutDestination> payout_destinations;
  Table<Click> clicks;
  Table<Parked> parked;
  Table<ParkedKey> parked_keys;
  Table<Request> requests;

  // Days with something unmatured, per partner and currency; loaded for what a batch wants, or with the first look.
  absl::node_hash_map<Earner::Key, absl::btree_set<Day>> due_days;
  absl::flat_hash_set<Earner::Key> wanted_due_days;

  // Numbers of parked reports by program and what they wait for: those that are stored, as far as they were loaded since the last commit for
  // what a batch wants; and those that were parked since then.
  using WaitKey = std::pair<int64_t, Hash128>;
  absl::flat_hash_map<WaitKey, std::vector<int64_t>> stored_parked, fresh_parked;
  absl::flat_hash_set<WaitKey> wanted_parked;

  Lists* lists = nullptr;     // not owned
  int64_t parked_count = 0;   // over all programs; 0 spares every look at parked reports
  int64_t next_parked = 1;
  int64_t next_program = 1;
  std::string secret;         // keys the hashes of what names people

  // Calls f with every table: projections first.
  template <typename F>
  void ForEachProjection(F&& f) {
    f(programs); f(terms); f(partners); f(partner_rates); f(codes); f(referrals); f(losing_touches);
    f(external_keys); f(commissions); f(commission_events); f(refunds); f(disputes); f(open_holds);
    f(earners); f(earner_days); f(accounts); f(account_days); f(payable_lines); f(payout_batches);
    f(payouts); f(corrections);
    f(tiers); f(partner_groups); f(group_keys); f(group_terms); f(group_members); f(lowerings);
    f(statement_marks); f(balance_lines); f(referral_moves); f(fx_rates); f(fx_pairs);
  }
  // Forgets every row; what was not committed is lost.
  void Clear() {
    ForEach([](auto& table) { table.Clear(); });
    due_days.clear();
    wanted_due_days.clear();
    ForgetParked();
  }
  // What was changed is stored now: everything, or only what does not follow from the log.
  void Committed() {
    ForEachProjection([](auto& table) { table.Committed(); });
    BesideLogCommitted();
  }
  void BesideLogCommitted() {
    ForEachBesideLog([](auto& table) { table.Committed(); });
    ForgetParked();
  }
  void ForgetParked() {
    stored_parked.clear();
    fresh_parked.clear();
    wanted_parked.clear();
  }
  size_t size() {
    size_t rows = 0;
    ForEach([&rows](auto& table) { rows += table.size(); });
    return rows;
  }
  template <typename F>
  void ForEach(F&& f) {
    ForEachProjection(f);
    ForEachBesideLog(f);
  }
  // What does not follow from the log: outside names, bank details, what waits, answered requests.
  template <typename F>
  void ForEachBesideLog(F&& f) {
    f(program_slugs); f(partner_identities); f(partner_keys); f(customer_identities);
    f(customer_keys); f(code_identities); f(code_keys); f(payout_methods); f(payout_destinations);
    f(clicks); f(parked); f(parked_keys); f(requests);
  }
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_BOOK_H_
