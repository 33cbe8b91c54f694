// The stores that the contract suite runs over. A further engine is one more function here and one more line in the
// list of cases.
#ifndef TRAILBOOK_TESTS_CONTRACT_STORES_H_
#define TRAILBOOK_TESTS_CONTRACT_STORES_H_

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "ledger/store/sql.h"

namespace trailbook::store {

// An empty store of an engine, gone with the object.
class EmptyStore {
 public:
  virtual ~EmptyStore() = default;
  virtual Engine& engine() = 0;
  // The same store once more, as another start would open it.
  virtual absl::StatusOr<std::unique_ptr<Engine>> Open() = 0;
};

// DDL: a table `name` whose keys are (program_id, id) with columns number (integer), body (blob) and note (text), all
// but the keys nullable.
std::string CreateTable(Dialect dialect, const std::string& name);

struct StoreCase {
  std::string name;
  std::function<std::unique_ptr<EmptyStore>()> make;
};
inline void PrintTo(const StoreCase& store, std::ostream* out) { *out << store.name; }

std::unique_ptr<EmptyStore> NewSqliteStore();
// A schema of its own in the cluster that tests/postgres started; null if there is none.
std::unique_ptr<EmptyStore> NewPostgresStore();
inline constexpr char kNoPostgres[] = "no PostgreSQL runs; start one with: tests/postgres start build/release/postgres";
// The cluster's URL; empty if there is none.
std::string PostgresUrl();

inline std::vector<StoreCase> AllStores() { return {{"Sqlite", NewSqliteStore}, {"Postgres", NewPostgresStore}}; }

}  // namespace trailbook::store

#endif  // TRAILBOOK_TESTS_CONTRACT_STORES_H_
