#include "ledger/store/settled_ids.h"

#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "ledger/store/row_mapping.h"

namespace trailbook::store {
namespace {

// Ids are hashes already. The same one in another program is another id.
Hash128 HashOf(const ExternalKey::Key& key) {
  const auto& [program, id] = key;
  Hash128 hash = id;
  uint64_t half;
  std::memcpy(&half, hash.bytes.data(), sizeof(half));
  half += static_cast<uint64_t>(program) * 0x9e3779b97f4a7c15;
  std::memcpy(hash.bytes.data(), &half, sizeof(half));
  return hash;
}

}  // namespace

SettledIds::~SettledIds() {
  stopped_ = true;
  if (filler_.joinable()) filler_.join();
}

void SettledIds::Add(const ExternalKey::Key& key) { filter_.Add(HashOf(key)); }

bool SettledIds::MayHold(const ExternalKey::Key& key) const { return !complete() || filter_.MayHold(HashOf(key)); }

void SettledIds::Fill(std::unique_ptr<Database> reader) {
  filler_ = std::thread([this, reader = std::move(reader)] {
    if (Read(*reader).ok() && !stopped_) complete_.store(true, std::memory_order_release);
  });
}

absl::Status SettledIds::Read(Database& reader) {
  static const std::string* slice = new std::string(
      SelectFrom<ExternalKey>("WHERE (program_id, id_key) > ($1, $2) ORDER BY program_id, id_key LIMIT 10000"));
  for (ExternalKey::Key after; !stopped_;) {
    TRAILBOOK_ASSIGN_OR_RETURN(
        const std::vector<ExternalKey> rows,
        SelectRows<ExternalKey>(reader, *slice, {ToValue(std::get<0>(after)), ToValue(std::get<1>(after))}));
    if (rows.empty()) break;
    for (const ExternalKey& row : rows) Add(row.key());
    after = rows.back().key();
  }
  return absl::OkStatus();
}

}  // namespace trailbook::store
