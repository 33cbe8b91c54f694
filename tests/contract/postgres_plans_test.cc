// That PostgreSQL finds rows by their keys, whatever it knew of a table when it was first asked.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/store/postgres.h"
#include "tests/contract/stores.h"

namespace trailbook::store {
namespace {

void Expect(const absl::Status& status) { EXPECT_TRUE(status.ok()) << status; }

std::string Setting(Database& db, const std::string& name) {
  const auto statement = db.Prepare(absl::StrCat("SELECT current_setting('", name, "')"));
  EXPECT_TRUE(statement.ok()) << statement.status();
  if (!statement.ok() || !(*statement)->Step().value_or(false)) return "";
  const std::string value((*statement)->ColumnText(0));
  (*statement)->Reset();
  return value;
}

void AskForThousand(Database& db) {
  const TableShape shape{"thing", {"program_id", "id", "number"}, 2};
  Expect(db.AskByKeys(
      shape, 1000,
      [](size_t at, Binder& binder) {
        binder.BindInt(1, 1);
        binder.BindInt(2, static_cast<int64_t>(at));
      },
      [](size_t, const Statement&) { return absl::OkStatus(); }));
  Expect(db.Collect());
}

TEST(PostgresPlans, ATableThatWasEmptyWhenItWasFirstAskedIsNotReadAsAWhole) {
  const auto store = NewPostgresStore();
  if (store == nullptr) GTEST_SKIP() << kNoPostgres;
  const auto writer = *store->engine().OpenWriter();
  Expect(writer->Execute(CreateTable(Dialect::kPostgres, "thing")));
  const auto count = [&writer](const std::string& what) {
    return *SelectInt(*writer,
                      absl::StrCat("SELECT ", what, " FROM pg_stat_xact_user_tables WHERE relid = 'thing'::regclass"));
  };
  Expect(writer->Begin(true));
  const int64_t scans = count("seq_scan"), lookups = count("idx_scan");
  // A server plans a statement anew for its first five times; then it keeps a plan.
  for (int time = 0; time < 8; ++time) AskForThousand(*writer);
  Expect(writer->Execute("INSERT INTO thing (program_id, id) SELECT 1, n FROM generate_series(0, 1999) AS n"));
  AskForThousand(*writer);
  EXPECT_EQ(count("seq_scan"), scans);
  EXPECT_EQ(count("idx_scan"), lookups + 9 * 1000);
  writer->Rollback();
}

TEST(PostgresPlans, AreSteadyOnEveryConnectionUnlessTheUriSaysOtherwise) {
  const std::string url = PostgresUrl();
  if (url.empty()) GTEST_SKIP() << kNoPostgres;
  const auto own = *OpenPostgres(url);
  for (const auto& db : {own->OpenWriter(), own->OpenReader(), own->OpenSecondWriter()}) {
    ASSERT_TRUE(db.ok()) << db.status();
    EXPECT_EQ(Setting(**db, "enable_seqscan"), "off");
    EXPECT_EQ(Setting(**db, "enable_hashjoin"), "off");
    EXPECT_EQ(Setting(**db, "enable_mergejoin"), "off");
    EXPECT_EQ(Setting(**db, "plan_cache_mode"), "force_generic_plan");
    EXPECT_EQ(Setting(**db, "jit"), "off");
  }
  const auto theirs =
      *OpenPostgres(absl::StrCat(url, absl::StrContains(url, "?") ? "&" : "?", "options=-c%20enable_seqscan%3Don"));
  const auto reader = theirs->OpenReader();
  ASSERT_TRUE(reader.ok()) << reader.status();
  EXPECT_EQ(Setting(**reader, "enable_seqscan"), "on");
  EXPECT_EQ(Setting(**reader, "enable_hashjoin"), "off");
}

}  // namespace
}  // namespace trailbook::store
