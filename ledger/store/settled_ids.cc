#include "ledger/store/settled_ids.h"

#include <array>
#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "ledger/store/row_mapping.h"

namespace trailbook::store {
namespace {

constexpr size_t kBlockWords = 8;  // a cache line
constexpr size_t kBlocks = SettledIds::kBytes / sizeof(uint64_t) / kBlockWords;
constexpr int kBits = 6;      // set for an id
constexpr int kBitWidth = 9;  // of a bit's number within its block

// Where an id's bits are. Keys are hashes already: one half says which block, the other which bits of it.
struct Place {
  size_t block;
  uint64_t bits;
};

Place PlaceOf(const ExternalKey::Key& key) {
  std::array<uint64_t, 2> halves;
  const auto& [program, id] = key;
  std::memcpy(halves.data(), id.bytes.data(), sizeof(halves));
  // The same id in another program is another id.
  return {static_cast<size_t>(halves[0] + static_cast<uint64_t>(program) * 0x9e3779b97f4a7c15) % kBlocks * kBlockWords, halves[1]};
}

// Calls f with a word's number and a mask, until it gives false.
template <typename F>
bool ForEachBit(const ExternalKey::Key& key, F f) {
  auto [block, bits] = PlaceOf(key);
  for (int n = 0; n < kBits; ++n, bits >>= kBitWidth) {
    const uint64_t bit = bits % (kBlockWords * 64);
    if (!f(block + bit / 64, uint64_t{1} << bit % 64)) return false;
  }
  return true;
}

}  // namespace

void SettledIds::Free::operator()(void* memory) const { std::free(memory); }

SettledIds::SettledIds() : words_(static_cast<uint64_t*>(std::calloc(kBlocks * kBlockWords, sizeof(uint64_t)))) {}

SettledIds::~SettledIds() {
  stopped_ = true;
  if (filler_.joinable()) filler_.join();
}

void SettledIds::Add(const ExternalKey::Key& key) {
  ForEachBit(key, [this](size_t word, uint64_t mask) {
    std::atomic_ref<uint64_t>(words_[word]).fetch_or(mask, std::memory_order_relaxed);
    return true;
  });
}

bool SettledIds::MayHold(const ExternalKey::Key& key) const {
  return !complete() || ForEachBit(key, [this](size_t word, uint64_t mask) {
    return (std::atomic_ref<uint64_t>(words_[word]).load(std::memory_order_relaxed) & mask) != 0;
  });
}

void SettledIds::Fill(std::unique_ptr<Database> reader) {
  filler_ = std::thread([this, reader = std::move(reader)] {
    if (Read(*reader).ok() && !stopped_) complete_.store(true, std::memory_order_release);
  });
}

absl::Status SettledIds::Read(Database& reader) {
  static const std::string* slice = new std::string(
      SelectFrom<ExternalKey>("WHERE (program_id, id_key) > ($1, $2) ORDER BY program_id, id_key LIMIT 10000"));
  for (ExternalKey::Key after; !stopped_;) {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<ExternalKey> rows,
                               SelectRows<ExternalKey>(reader, *slice, {ToValue(std::get<0>(after)), ToValue(std::get<1>(after))}));
    if (rows.empty()) break;
    for (const ExternalKey& row : rows) Add(row.key());
    after = rows.back().key();
  }
  return absl::OkStatus();
}

}  // namespace trailbook::store
