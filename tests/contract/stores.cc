#include "tests/contract/stores.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

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
  std::string CreateTable(const std::string& name) const override {
    return "CREATE TABLE " + name +
           " (program_id INTEGER NOT NULL, id INTEGER NOT NULL, number INTEGER, body BLOB, note TEXT, "
           "PRIMARY KEY (program_id, id)) STRICT, WITHOUT ROWID";
  }

 private:
  std::string folder_;
  std::unique_ptr<Engine> engine_;
};

}  // namespace

std::unique_ptr<EmptyStore> NewSqliteStore() { return std::make_unique<SqliteStore>(); }

}  // namespace trailbook::store
