#include "ledger/store/postgres.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "ledger/base/status.h"
#include "ledger/store/postgres_database.h"
#include "ledger/store/sqlite.h"

namespace trailbook::store {
namespace {

class PostgresEngine final : public Engine {
 public:
  explicit PostgresEngine(std::string url) : url_(std::move(url)) {}

  absl::StatusOr<std::unique_ptr<Database>> OpenWriter() override {
    if (writer_open_.exchange(true)) {
      return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "", "the writing connection is open already");
    }
    return Open(true, &writer_open_);
  }
  absl::StatusOr<std::unique_ptr<Database>> OpenSecondWriter() override { return Open(true, nullptr); }
  absl::StatusOr<std::unique_ptr<Database>> OpenReader() override { return Open(false, nullptr); }
  // What a rebuild is compared with need not be kept: a file of its own, where it costs no round trips.
  absl::StatusOr<std::unique_ptr<Database>> OpenScratch() override { return OpenSqliteScratch(); }
  bool shared() const override { return true; }
  bool CheckpointIsDue(Database&, bool) override { return false; }
  absl::Status Checkpoint(Database&) override { return absl::OkStatus(); }
  absl::StatusOr<std::unique_ptr<Engine>> CopyTo(const std::string&) override {
    return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "",
                  "the books are in PostgreSQL: back them up with its own tools (pg_basebackup, pg_dump)");
  }

 private:
  absl::StatusOr<std::unique_ptr<Database>> Open(bool writer, std::atomic<bool>* writer_open) {
    auto db = std::make_unique<PostgresDatabase>(url_, writer, writer_open);
    TRAILBOOK_RETURN_IF_ERROR(db->Connect());
    return db;
  }

  std::string url_;
  std::atomic<bool> writer_open_{false};
};

}  // namespace

bool IsPostgresUrl(absl::string_view text) {
  return absl::StartsWith(text, "postgres://") || absl::StartsWith(text, "postgresql://");
}

absl::StatusOr<std::unique_ptr<Engine>> OpenPostgres(absl::string_view url) {
  auto engine = std::make_unique<PostgresEngine>(std::string(url));
  TRAILBOOK_RETURN_IF_ERROR(engine->OpenWriter().status());
  return engine;
}

}  // namespace trailbook::store
