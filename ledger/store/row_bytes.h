// A row as bytes: its values one after the other, each a data item of CBOR (RFC 8949) in its shortest form (section 4.2.1), an integer, a text, a
// byte string or null. No two rows give the same bytes, nor do bytes of one begin those of another with as many columns; small numbers take one.
// Thread-safe: a function, and a class of one thread.
#ifndef TRAILBOOK_LEDGER_STORE_ROW_BYTES_H_
#define TRAILBOOK_LEDGER_STORE_ROW_BYTES_H_

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

// Appends what is bound to it, in that order: the indexes say nothing.
class RowBytes final : public Binder {
 public:
  void BindInt(int index, int64_t value) override;
  void BindText(int index, absl::string_view value) override;
  void BindBlob(int index, absl::string_view value) override;
  void BindNull(int index) override;

  void Clear() { bytes_.clear(); }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

// Binds the next `columns` values of `bytes` to the parameters 1, 2, ... and takes them off. REQUIRES: RowBytes made them.
void BindFrom(absl::string_view& bytes, int columns, Binder& binder);

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_ROW_BYTES_H_
