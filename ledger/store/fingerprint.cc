#include "ledger/store/fingerprint.h"

#include <cstring>
#include <utility>

namespace trailbook::store {
namespace {

void Append(char kind, uint64_t number, std::string& text) {
  char bytes[1 + sizeof(number)];
  bytes[0] = kind;
  std::memcpy(bytes + 1, &number, sizeof(number));
  text.append(bytes, sizeof(bytes));
}

std::pair<uint64_t, uint64_t> HalvesOf(const Hash128& hash) {
  std::pair<uint64_t, uint64_t> halves;
  std::memcpy(&halves.first, hash.bytes.data(), sizeof(halves.first));
  std::memcpy(&halves.second, hash.bytes.data() + sizeof(halves.first), sizeof(halves.second));
  return halves;
}

}  // namespace

void Fingerprint::Encoder::BindInt(int, int64_t value) { Append('i', static_cast<uint64_t>(value), text); }

void Fingerprint::Encoder::BindText(int, absl::string_view value) {
  Append('t', value.size(), text);
  text.append(value.data(), value.size());
}

void Fingerprint::Encoder::BindBlob(int, absl::string_view value) {
  Append('b', value.size(), text);
  text.append(value.data(), value.size());
}

void Fingerprint::Encoder::BindNull(int) { text.push_back('n'); }

void Fingerprint::Encode(const Statement& row) {
  encoder_.text.clear();
  const int columns = row.ColumnCount();
  for (int at = 0; at < columns; ++at) encoder_.Bind(at + 1, row.Column(at));
}

void Fingerprint::Add(const Statement& row) {
  Encode(row);
  AddEncoded();
}

void Fingerprint::Remove(const Statement& row) {
  Encode(row);
  const auto [low, high] = HalvesOf(ShortHash(key_, encoder_.text));
  low_ -= low;
  high_ -= high;
  --rows_;
}

void Fingerprint::AddEncoded() {
  const auto [low, high] = HalvesOf(ShortHash(key_, encoder_.text));
  low_ += low;
  high_ += high;
  ++rows_;
}

}  // namespace trailbook::store
