// A table as bulk reads and writes know it: its columns, and the texts of SQL that follow from them, made once. Does
// not change.
#ifndef TRAILBOOK_LEDGER_STORE_TABLE_SHAPE_H_
#define TRAILBOOK_LEDGER_STORE_TABLE_SHAPE_H_

#include <cstddef>
#include <string>
#include <vector>

namespace trailbook::store {

struct TableShape {
  // The first `key_columns` columns are the primary key.
  TableShape(std::string table, std::vector<std::string> columns, int key_columns = 1);

  std::string table;
  std::vector<std::string> columns;
  int key_columns;

  // Of one row, whose values are $1, $2, ... in the order of the columns.
  std::string insert, upsert;
  // What comes after INSERT for several rows, the values of one after those of the other: a driver may say there what
  // becomes of one that fails.
  static constexpr size_t kRowsTogether = 8;
  std::string into_together;
  // What an upsert says after its values: that the other columns are replaced where the key exists.
  std::string on_conflict;
  // All columns of the row whose key is $1, $2, ...
  std::string find;
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_TABLE_SHAPE_H_
