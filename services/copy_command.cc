#include "services/copy_command.h"

#include <unistd.h>

#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/store/copy.h"
#include "services/data_dir.h"
#include "services/open_store.h"

namespace trailbook::services {
namespace {

// A store that nobody else writes to while this lives.
struct HeldStore {
  std::unique_ptr<DataDir> dir;  // null for a URI
  std::unique_ptr<store::Engine> engine;
  std::unique_ptr<store::Database> db;
};

// Where daemons share a store, a lease that has not ended is a daemon that may write.
absl::Status CheckNobodyWrites(store::Database& db, const std::string& place) {
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string address, store::WriterOf(db));
  if (address.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat(place, ": the daemon at ", address, " writes to it; stop it, and wait a few seconds"));
}

absl::StatusOr<HeldStore> Hold(const std::string& place) {
  HeldStore held;
  const bool uri = CheckStore(place).ok();
  if (!uri) {
    TRAILBOOK_ASSIGN_OR_RETURN(held.dir, DataDir::Open(place));
  }
  TRAILBOOK_ASSIGN_OR_RETURN(held.engine, OpenStore(uri ? place : "", uri ? "" : held.dir->database(), false));
  TRAILBOOK_ASSIGN_OR_RETURN(held.db, held.engine->OpenWriter());
  if (held.engine->shared()) TRAILBOOK_RETURN_IF_ERROR(CheckNobodyWrites(*held.db, place));
  return held;
}

absl::Status SayWhatIsProved(store::Database& db) {
  TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<std::string> logs, store::DescribeLogs(db));
  for (const std::string& log : logs) std::cout << log << "\n";
  std::cout << "every row of every table is the same in both" << std::endl;
  return absl::OkStatus();
}

}  // namespace

absl::Status CopyBooks(const std::string& from, const std::string& to) {
  // Opening would make it: a name that was mistyped must not become an empty ledger.
  if (!CheckStore(from).ok() && access(absl::StrCat(from, "/trailbook.db").c_str(), F_OK) != 0) {
    return Refuse(absl::StatusCode::kNotFound, "NOT_FOUND", "from",
                  absl::StrCat("--from: there is no ledger in ", from));
  }
  TRAILBOOK_ASSIGN_OR_RETURN(const HeldStore source, Hold(from));
  TRAILBOOK_ASSIGN_OR_RETURN(const HeldStore target, Hold(to));
  std::string table;
  TRAILBOOK_RETURN_IF_ERROR(store::CopyRows(*source.db, *target.db, [&table](const std::string& now, int64_t) {
    if (now != table) std::cerr << "trailbookd: copying table " << now << "\n";
    table = now;
  }));
  // Scans need transactions; that of the target began after the last commit, so that it sees all of it.
  TRAILBOOK_RETURN_IF_ERROR(source.db->Begin(false));
  TRAILBOOK_RETURN_IF_ERROR(target.db->Begin(false));
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string difference, store::FindDifference(*source.db, *target.db));
  if (difference.empty()) {
    TRAILBOOK_RETURN_IF_ERROR(SayWhatIsProved(*target.db));
  }
  source.db->Rollback();
  target.db->Rollback();
  if (difference.empty()) return absl::OkStatus();
  return Refuse(
      absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
      absl::StrCat(
          difference,
          ". The source was written to since the copy began, or the target was: copy into an empty store again"));
}

}  // namespace trailbook::services
