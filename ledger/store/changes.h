// Changed rows on their way from a working set to the tables, as values: who decides goes on with the set while they
// are written, on another thread and connection. Movable; not thread-safe, belongs to whoever holds it.
#ifndef TRAILBOOK_LEDGER_STORE_CHANGES_H_
#define TRAILBOOK_LEDGER_STORE_CHANGES_H_

#include <memory>
#include <vector>

#include "absl/status/status.h"
#include "ledger/domain/book.h"
#include "ledger/store/fresh_keys.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

class Changes {
 public:
  enum class Of { kEveryTable, kProjections, kBesideLog };

  Changes() = default;
  // What changed in a book since changes last left it: everything, or only what follows from the log, or only the rest.
  // REQUIRES: what left of that before has arrived (Book::Committed and its parts).
  static Changes Take(Book& book, Of of);

  bool empty() const { return tables_.empty(); }
  // Writes them, table by table, in bulk; outside ids go by way of `ids`. REQUIRES: an open write transaction. INTERNAL
  // if an outside id would come to name something else; errors of the driver.
  absl::Status Write(Database& db, FreshKeys& ids) const;

 private:
  class OfTable {
   public:
    virtual ~OfTable() = default;
    virtual absl::Status Write(Database& db, FreshKeys& ids) const = 0;
  };
  template <typename R>
  class Rows;

  std::vector<std::unique_ptr<OfTable>> tables_;
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_CHANGES_H_
