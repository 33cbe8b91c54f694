// The schema's versions: made once, checked always, and never taken for another's.
#include "ledger/store/migrations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ledger/base/status.h"
#include "tests/contract/stores.h"

namespace trailbook::store {
namespace {

using ::testing::HasSubstr;

class MigrationsTest : public ::testing::TestWithParam<StoreCase> {
 protected:
  void SetUp() override {
    store_ = GetParam().make();
    if (store_ == nullptr) GTEST_SKIP() << kNoPostgres;
    db_ = *store_->engine().OpenWriter();
  }

  static void ExpectRefused(const absl::Status& status, const std::string& saying) {
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
    EXPECT_EQ(ReasonOf(status), "WRONG_STATE");
    EXPECT_THAT(std::string(status.message()), HasSubstr(saying));
  }

  std::unique_ptr<EmptyStore> store_;
  std::unique_ptr<Database> db_;
};

TEST_P(MigrationsTest, AnEmptyStoreHasVersion0AndNeedsMigrating) {
  EXPECT_EQ(*SchemaVersion(*db_), 0);
  ExpectRefused(CheckSchema(*db_), "--migrate");
}

TEST_P(MigrationsTest, MigratingBringsAnEmptyStoreToTheNewestVersion) {
  ASSERT_TRUE(Migrate(*db_).ok());
  EXPECT_EQ(*SchemaVersion(*db_), NewestSchemaVersion());
  EXPECT_TRUE(CheckSchema(*db_).ok());
}

TEST_P(MigrationsTest, MigratingAgainChangesNothing) {
  ASSERT_TRUE(Migrate(*db_).ok());
  ASSERT_TRUE(db_->InsertMany({"program_slug", {"slug", "program_id", "seal"}, 1},
                              {{std::string("acme"), int64_t{1}, Blob{"seal"}}})
                  .ok());
  ASSERT_TRUE(Migrate(*db_).ok());
  EXPECT_TRUE(CheckSchema(*db_).ok());
  const auto statement = *db_->Prepare("SELECT program_id FROM program_slug");
  EXPECT_TRUE(*statement->Step());
  statement->Reset();
}

TEST_P(MigrationsTest, ANewerStoreIsRefusedByAnOlderProgramAndLeftAsItIs) {
  ASSERT_TRUE(Migrate(*db_).ok());
  const std::string next = std::to_string(NewestSchemaVersion() + 1);
  ASSERT_TRUE(
      db_->Execute("INSERT INTO schema_migration (version, checksum) VALUES (" + next + ", 'of a later program')")
          .ok());
  EXPECT_EQ(*SchemaVersion(*db_), NewestSchemaVersion() + 1);
  ExpectRefused(CheckSchema(*db_), "version " + next);
  ExpectRefused(CheckSchema(*db_), "newer program");
  ExpectRefused(Migrate(*db_), "version " + next);
}

TEST_P(MigrationsTest, AStoreMadeByOtherMigrationsUnderTheSameNumberIsRefused) {
  ASSERT_TRUE(Migrate(*db_).ok());
  ASSERT_TRUE(db_->Execute("UPDATE schema_migration SET checksum = '0000' WHERE version = 1").ok());
  ExpectRefused(SchemaVersion(*db_).status(), "version 1");
  ExpectRefused(CheckSchema(*db_), "another build");
  ExpectRefused(Migrate(*db_), "another build");
}

TEST_P(MigrationsTest, AMigrationThatFailsHalfwayLeavesTheStoreAsItWas) {
  ASSERT_TRUE(db_->Execute("CREATE TABLE program_slug (a INTEGER)").ok());  // in the way of version 1
  EXPECT_FALSE(Migrate(*db_).ok());
  EXPECT_EQ(*SchemaVersion(*db_), 0);
  EXPECT_FALSE(db_->Prepare("SELECT program_id FROM log_record").ok()) << "what came before the failure is gone too";
}

std::string NameOf(const ::testing::TestParamInfo<StoreCase>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Stores, MigrationsTest, ::testing::ValuesIn(AllStores()), NameOf);

}  // namespace
}  // namespace trailbook::store
