#include "ledger/store/fingerprint.h"

#include <cstring>

namespace trailbook::store {
namespace {

void Append(char kind, uint64_t number, std::string& text) {
  char bytes[1 + sizeof(number)];
  bytes[0] = kind;
  std::memcpy(bytes + 1, &number, sizeof(number));
  text.append(bytes, sizeof(bytes));
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

void Fingerprint::Add(const Statement& row) {
  encoder_.text.clear();
  const int columns = row.ColumnCount();
  for (int at = 0; at < columns; ++at) encoder_.Bind(at + 1, row.Column(at));
  AddEncoded();
}

void Fingerprint::AddEncoded() {
  const Hash128 hash = ShortHash(key_, encoder_.text);
  uint64_t half = 0;
  std::memcpy(&half, hash.bytes.data(), sizeof(half));
  low_ += half;
  std::memcpy(&half, hash.bytes.data() + sizeof(half), sizeof(half));
  high_ += half;
  ++rows_;
}

}  // namespace trailbook::store
