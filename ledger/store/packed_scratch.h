// A scratch store for tables that grow by rows which come in the order of their keys and are hardly ever asked for
// again: they are packed, many into one row of a table beside it, at a fraction of what a row of its own costs. One
// that is asked for gets its own, and is from then on like all others. Of no table is a key looked for that was never
// written: most keys that a rebuild asks for are of rows that are about to be made.
//
// To SQL a packed row is not there, nor does any CHECK see it. InsertMany, UpsertMany and AskByKeys (of keys that
// differ) work as on any Database, for a scratch store that has one program and is thrown away once something failed:
// what is packed is not rolled back. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_STORE_PACKED_SCRATCH_H_
#define TRAILBOOK_LEDGER_STORE_PACKED_SCRATCH_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

class PackedScratch : public Database {
 public:
  using Database::InsertMany;
  // A row of a table that is packed, as RowBytes has it: what InsertMany would do.
  virtual absl::Status InsertBytes(const TableShape& shape, absl::string_view row) = 0;
  // Makes an empty table of this shape, every column a BLOB, beside those of the schema.
  virtual absl::Status MakeTableOfBytes(const TableShape& shape) = 0;
};

// `packed`: tables whose key is a program and a number, of which no row is ever erased. A row whose number is not above
// those before is not packed. What `scratch` does not know yet, its tables, may be made later. Errors of the driver.
absl::StatusOr<std::unique_ptr<PackedScratch>> PackScratch(std::unique_ptr<Database> scratch,
                                                           std::vector<const TableShape*> packed);

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_PACKED_SCRATCH_H_
