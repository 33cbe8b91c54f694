#include "services/copy_command.h"

#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/hash.h"
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
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select, db.Prepare("SELECT address FROM lease WHERE expire_time > now() ORDER BY program_id LIMIT 1"));
  TRAILBOOK_ASSIGN_OR_RETURN(const bool held, select->Step());
  const std::string address = held ? std::string(select->ColumnText(0)) : "";
  select->Reset();
  if (!held) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat(place, ": the daemon at ", address, " writes to it; stop it, and wait a few seconds"));
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
  TRAILBOOK_ASSIGN_OR_RETURN(
      store::Statement * select,
      db.Prepare("SELECT program_slug.slug, log_head.size, log_head.root FROM log_head "
                 "JOIN program_slug ON program_slug.program_id = log_head.program_id ORDER BY log_head.program_id"));
  while (true) {
    TRAILBOOK_ASSIGN_OR_RETURN(const bool more, select->Step());
    if (!more) break;
    std::cout << "program " << select->ColumnText(0) << ": " << select->ColumnInt(1) << " records, root " << Hex(select->ColumnBlob(2)) << "\n";
  }
  select->Reset();
  std::cout << "every row of every table is the same in both" << std::endl;
  return absl::OkStatus();
}

}  // namespace

absl::Status CopyBooks(const std::string& from, const std::string& to) {
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
  return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                absl::StrCat(difference, ". The source was written to since the copy began, or the target was: copy into an empty store again"));
}

}  // namespace trailbook::services
