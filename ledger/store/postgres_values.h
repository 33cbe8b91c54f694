// PostgreSQL's binary formats: numbers, and arrays of one dimension (src/backend/utils/adt/arrayfuncs.c, array_recv).
// Thread-safe: functions and values only.
#ifndef TRAILBOOK_LEDGER_STORE_POSTGRES_VALUES_H_
#define TRAILBOOK_LEDGER_STORE_POSTGRES_VALUES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

// The numbers of PostgreSQL's built-in types (pg_type.dat).
inline constexpr unsigned kBoolOid = 16, kByteaOid = 17, kInt8Oid = 20, kInt2Oid = 21, kInt4Oid = 23, kTextOid = 25;

bool IsIntType(unsigned type);
// What is bound to a column of the type, in words: "a number", "a blob", "text".
absl::string_view KindOf(unsigned type);
// "bigint[]", "bytea[]", "text[]".
absl::string_view ArrayTypeName(unsigned type);
// A number of 1, 2, 4 or 8 bytes, big-endian; 0 for anything else.
int64_t IntFromBinary(absl::string_view bytes);
// Lengths of values stand before them; that of NULL is -1.
inline constexpr int32_t kNull = -1;
void AppendInt32(std::string& out, int32_t value);

// Rows on their way into a table, an array a column.
class ColumnArrays final : public Binder {
 public:
  explicit ColumnArrays(const std::vector<unsigned>& types);
  // The row that is bound next; columns that are not bound are null.
  void StartRow();
  void BindInt(int index, int64_t value) override;
  void BindText(int index, absl::string_view value) override { Append(index, value, "text"); }
  void BindBlob(int index, absl::string_view value) override { Append(index, value, "a blob"); }
  void BindNull(int) override {}
  // FAILED_PRECONDITION if a value was bound to a column of another type.
  const absl::Status& status() const { return status_; }
  // The arrays, each in the binary format of its type.
  std::vector<std::string> Encode() &&;

 private:
  void Append(int index, absl::string_view bytes, absl::string_view kind);
  void EndRow();

  const std::vector<unsigned> types_;
  std::vector<std::string> elements_;
  std::vector<bool> bound_, has_null_;
  int32_t rows_ = 0;
  absl::Status status_;
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_POSTGRES_VALUES_H_
