// The tables that follow from a log: whether those that are stored are those that it makes, and if not, which row is the first that is not.
// Not thread-safe: the thread of the databases.
#ifndef TRAILBOOK_LEDGER_VERIFY_TABLES_H_
#define TRAILBOOK_LEDGER_VERIFY_TABLES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/base/hash.h"
#include "ledger/store/fingerprint.h"
#include "ledger/store/sql.h"
#include "ledger/views.h"

namespace trailbook {

struct TableFingerprints {
  std::vector<store::Fingerprint> tables;  // of TableReader
  std::optional<store::Fingerprint> ids;   // none: some are not what was written

  int64_t rows() const;
  friend bool operator==(const TableFingerprints&, const TableFingerprints&) = default;
};

// Reads the tables of a program, but for that of outside ids, as they are in a store, which has an open transaction: on and on, so that who
// reads them does something else as soon as it can be done.
class TableReader {
 public:
  TableReader(store::Database& db, int64_t program, const ShortHashKey& key);
  ~TableReader();

  // Some rows more. False: that was all, or an error ended it.
  bool ReadOn(int64_t rows);
  // What is left. The fingerprints in the order of the book; or the error that ended it.
  absl::StatusOr<std::vector<store::Fingerprint>> Finish();

 private:
  absl::StatusOr<bool> ReadRow();

  store::Database& db_;
  const int64_t program_;
  const ShortHashKey key_;
  const std::vector<std::string> selects_;
  store::Statement* select_ = nullptr;  // of the table that is read; the last one of fingerprints_
  std::vector<store::Fingerprint> fingerprints_;
  absl::Status status_;
};

// Row by row, in the order of their keys: says in `report` which is the first that differs, and how many it looked at. `scratch` holds what
// the log makes, outside ids too.
absl::Status CompareTables(store::Database& db, store::Database& scratch, int64_t program, VerifyReport& report);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_VERIFY_TABLES_H_
