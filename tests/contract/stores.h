// The stores that the contract suite runs over. A further engine is one more function here and one more line in the list of cases.
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
  // DDL: a table `name` whose keys are (program_id, id) with columns number (integer), body (blob) and note (text), all but the keys
  // nullable.
  virtual std::string CreateTable(const std::string& name) const = 0;
};

struct StoreCase {
  std::string name;
  std::function<std::unique_ptr<EmptyStore>()> make;
};
inline void PrintTo(const StoreCase& store, std::ostream* out) { *out << store.name; }

std::unique_ptr<EmptyStore> NewSqliteStore();

inline std::vector<StoreCase> AllStores() { return {{"Sqlite", NewSqliteStore}}; }

}  // namespace trailbook::store

#endif  // TRAILBOOK_TESTS_CONTRACT_STORES_H_
