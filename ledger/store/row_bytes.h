// A row as bytes: its values one after the other, each a data item of CBOR (RFC 8949) in its shortest form
// (section 4.2.1), an integer, a text, a byte string or null. Of rows with as many columns no two give the same bytes,
// and none gives the beginning of another's. Small numbers take one. Thread-safe: a function, and a class of one
// thread.
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

  void Clear() { size_ = 0; }
  // Valid until the next change.
  absl::string_view bytes() const { return absl::string_view(buffer_).substr(0, size_); }

 private:
  char* RoomFor(size_t bytes);
  void AppendHead(uint8_t major, uint64_t argument);
  void AppendContent(uint8_t major, absl::string_view content);

  std::string buffer_ = std::string(1024, '\0');  // its first size_ bytes count: there are many small values
  size_t size_ = 0;
};

// Binds the next `columns` values of `bytes` to the parameters 1, 2, ... and takes them off. REQUIRES: RowBytes made
// them.
void BindFrom(absl::string_view& bytes, int columns, Binder& binder);

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_ROW_BYTES_H_
