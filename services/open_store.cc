#include "services/open_store.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/store/copy.h"
#include "ledger/store/migrations.h"
#include "ledger/store/postgres.h"
#include "ledger/store/sqlite.h"
#include "services/log.h"

namespace trailbook::services {
namespace {

absl::Status PrepareSchema(store::Engine& engine, bool migrate) {
  TRAILBOOK_ASSIGN_OR_RETURN(const auto db, engine.OpenWriter());
  TRAILBOOK_ASSIGN_OR_RETURN(const int version, store::SchemaVersion(*db));
  if (version == 0 || (migrate && version < store::NewestSchemaVersion())) {
    const absl::Status made = store::Migrate(*db);
    // Another daemon may have made it in the meantime.
    if (!made.ok() && !store::CheckSchema(*db).ok()) return made;
    LogInfo("schema made", {{"from", absl::StrCat(version)}, {"to", absl::StrCat(store::NewestSchemaVersion())}});
  }
  return store::CheckSchema(*db);
}

}  // namespace

absl::Status CheckWhole(store::Engine& engine) {
  TRAILBOOK_ASSIGN_OR_RETURN(const auto db, engine.OpenReader());
  TRAILBOOK_ASSIGN_OR_RETURN(const bool half, store::IsHalfCopied(*db));
  if (!half) return absl::OkStatus();
  return absl::FailedPreconditionError("the copy into this store is not finished: run `trailbookd copy` again");
}

absl::Status CheckStore(absl::string_view store) {
  if (store.empty() || store::IsPostgresUrl(store)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("store is \"", store,
                   "\"; it must be postgres://USER@HOST:PORT/DATABASE, or empty for the file of the data directory"));
}

absl::StatusOr<std::unique_ptr<store::Engine>> OpenStore(absl::string_view store, const std::string& file,
                                                         bool migrate) {
  TRAILBOOK_RETURN_IF_ERROR(CheckStore(store));
  TRAILBOOK_ASSIGN_OR_RETURN(auto engine, store.empty() ? store::OpenSqlite(file) : store::OpenPostgres(store));
  TRAILBOOK_RETURN_IF_ERROR(PrepareSchema(*engine, migrate));
  return engine;
}

}  // namespace trailbook::services
