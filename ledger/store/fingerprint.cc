#include "ledger/store/fingerprint.h"

#include <cstring>
#include <utility>

namespace trailbook::store {
namespace {

std::pair<uint64_t, uint64_t> HalvesOf(const Hash128& hash) {
  std::pair<uint64_t, uint64_t> halves;
  std::memcpy(&halves.first, hash.bytes.data(), sizeof(halves.first));
  std::memcpy(&halves.second, hash.bytes.data() + sizeof(halves.first), sizeof(halves.second));
  return halves;
}

}  // namespace

void Fingerprint::Add(const Statement& row) {
  bytes_.Clear();
  const int columns = row.ColumnCount();
  for (int at = 0; at < columns; ++at) row.BindColumn(at, bytes_, at + 1);
  AddBytes(bytes_.bytes());
}

void Fingerprint::RemoveBytes(absl::string_view row) {
  const auto [low, high] = HalvesOf(ShortHash(key_, row));
  low_ -= low;
  high_ -= high;
  --rows_;
}

void Fingerprint::AddBytes(absl::string_view row) {
  const auto [low, high] = HalvesOf(ShortHash(key_, row));
  low_ += low;
  high_ += high;
  ++rows_;
}

}  // namespace trailbook::store
