#include "ledger/store/keys_written.h"

#include <cstdint>

#include "absl/strings/string_view.h"

namespace trailbook::store {
namespace {

// What is bound to a row's first columns.
class KeyBytes final : public Binder {
 public:
  KeyBytes(RowBytes& bytes, int columns) : bytes_(bytes), columns_(columns) {}
  void BindInt(int index, int64_t value) override {
    if (index <= columns_) bytes_.BindInt(index, value);
  }
  void BindText(int index, absl::string_view value) override {
    if (index <= columns_) bytes_.BindText(index, value);
  }
  void BindBlob(int index, absl::string_view value) override {
    if (index <= columns_) bytes_.BindBlob(index, value);
  }
  void BindNull(int index) override {
    if (index <= columns_) bytes_.BindNull(index);
  }

 private:
  RowBytes& bytes_;
  const int columns_;
};

}  // namespace

void KeysWritten::Add(const TableShape& shape, size_t rows, Database::BindRow bind) {
  for (size_t at = 0; at < rows; ++at) filter_.Add(HashOf(shape, at, bind));
}

bool KeysWritten::MayHold(const TableShape& shape, size_t at, Database::BindRow bind) {
  return filter_.MayHold(HashOf(shape, at, bind));
}

Hash128 KeysWritten::HashOf(const TableShape& shape, size_t at, Database::BindRow bind) {
  bytes_.Clear();
  bytes_.BindText(0, shape.table);
  KeyBytes key(bytes_, shape.key_columns);
  bind(at, key);
  return ShortHash(hash_key_, bytes_.bytes());
}

}  // namespace trailbook::store
