#include "tests/contract/stores.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "absl/strings/str_cat.h"
#include "ledger/store/postgres.h"
#include "ledger/store/sqlite.h"

namespace trailbook::store {
namespace {

class SqliteStore final : public EmptyStore {
 public:
  SqliteStore() {
    std::string folder = (std::filesystem::temp_directory_path() / "trailbook-store-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    folder_ = folder;
    auto engine = OpenSqlite(folder_ + "/store.db");
    if (!engine.ok()) std::abort();
    engine_ = *std::move(engine);
  }
  ~SqliteStore() override {
    engine_.reset();
    std::filesystem::remove_all(folder_);
  }
  Engine& engine() override { return *engine_; }
  absl::StatusOr<std::unique_ptr<Engine>> Open() override { return OpenSqlite(folder_ + "/store.db"); }

 private:
  std::string folder_;
  std::unique_ptr<Engine> engine_;
};

// Schemas are cheaper to make than databases, and as separate for what is tested here.
class PostgresStore final : public EmptyStore {
 public:
  explicit PostgresStore(const std::string& url) : url_(url) {
    static std::atomic<int> next = 0;
    schema_ = absl::StrCat("test_", getpid(), "_", next++);
    Administer(absl::StrCat("CREATE SCHEMA ", schema_));
    auto engine = Open();
    if (!engine.ok()) std::abort();
    engine_ = *std::move(engine);
  }
  ~PostgresStore() override {
    engine_.reset();
    Administer(absl::StrCat("DROP SCHEMA ", schema_, " CASCADE"));
  }
  Engine& engine() override { return *engine_; }
  absl::StatusOr<std::unique_ptr<Engine>> Open() override {
    return OpenPostgres(absl::StrCat(url_, "?options=-csearch_path%3D", schema_));
  }

 private:
  void Administer(const std::string& sql) const {
    const auto engine = OpenPostgres(url_);
    if (!engine.ok()) std::abort();
    const absl::Status done = (*(*engine)->OpenWriter())->Execute(sql);
    if (!done.ok()) std::fprintf(stderr, "%s: %s\n", sql.c_str(), done.ToString().c_str());
  }

  const std::string url_;
  std::string schema_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace

std::string CreateTable(Dialect dialect, const std::string& name) {
  if (dialect == Dialect::kPostgres) {
    return absl::StrCat(
        "CREATE TABLE ", name,
        " (program_id BIGINT NOT NULL, id BIGINT NOT NULL, number BIGINT, body BYTEA, note TEXT COLLATE \"C\", "
        "PRIMARY KEY (program_id, id))");
  }
  return absl::StrCat("CREATE TABLE ", name,
                      " (program_id INTEGER NOT NULL, id INTEGER NOT NULL, number INTEGER, body BLOB, note TEXT, "
                      "PRIMARY KEY (program_id, id)) STRICT, WITHOUT ROWID");
}

std::string PostgresUrl() {
  if (const char* url = std::getenv("TRAILBOOK_TEST_POSTGRES"); url != nullptr) return url;
  std::string url;
  std::ifstream(TRAILBOOK_BINARY_DIR "/postgres/url") >> url;
  return url;
}

std::unique_ptr<EmptyStore> NewPostgresStore() {
  const std::string url = PostgresUrl();
  return url.empty() ? nullptr : std::make_unique<PostgresStore>(url);
}

std::unique_ptr<EmptyStore> NewSqliteStore() { return std::make_unique<SqliteStore>(); }

}  // namespace trailbook::store
