// Outside ids are unique for ever, at every step of their way to their table, and verification knows each of them.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

Ledger::Options Buffer(int64_t ids) {
  Ledger::Options options;
  options.id_buffer = ids;
  return options;
}

std::string Verified(TestLedger& books) {
  const auto report = books.Ask([](Queries& queries) { return queries.Verify("p"); });
  return report.ok() ? report->problem : std::string(report.status().message());
}

// Changes the file while nobody has it open.
void Change(const std::string& path, const std::string& sql) {
  const auto engine = *store::OpenSqlite(path);
  const auto db = *engine->OpenWriter();
  const absl::Status changed = db->Execute(sql);
  ASSERT_TRUE(changed.ok()) << changed;
}

class EveryBuffer : public ::testing::TestWithParam<int64_t> {};
INSTANTIATE_TEST_SUITE_P(Ids, EveryBuffer, ::testing::Values(0, 1, 3, 10, 500000));

TEST_P(EveryBuffer, APaymentReportedAgainIsTheSamePaymentAlsoAfterARestart) {
  TestLedger books("2026-03-01", Buffer(GetParam()));
  books.SignUp("cus", "jane", "2026-01-01");
  for (int n = 1; n <= 30; ++n) {
    const std::string id = absl::StrCat("in_", n);
    ASSERT_TRUE(books.Pay(id, "cus", 1000 + n, "2026-02-01").status.ok());
    if (n % 7 == 0) books.Reopen();
    for (int earlier : {1, n / 2 + 1, n}) {
      const ReportOutcome again = books.Pay(absl::StrCat("in_", earlier), "cus", 1000 + earlier, "2026-02-01");
      EXPECT_TRUE(again.status.ok() && again.replayed) << earlier << " after " << n;
      EXPECT_FALSE(books.Pay(absl::StrCat("in_", earlier), "cus", 1, "2026-02-01").status.ok())
          << "the same id with other content";
    }
    ASSERT_EQ(Verified(books), "") << "after " << n;
  }
  // A refund finds its payment by id, wherever that is, and its own id is as unique.
  EXPECT_TRUE(books.Refund("re_1", "in_2", 500, "2026-02-02").status.ok());
  books.Reopen();
  EXPECT_TRUE(books.Refund("re_1", "in_2", 500, "2026-02-02").replayed);
  EXPECT_EQ(Verified(books), "");
}

class WaitingIds : public ::testing::Test {
 protected:
  WaitingIds() : books_("2026-03-01", Buffer(500000)) {
    books_.SignUp("cus", "jane", "2026-01-01");
    for (int n = 1; n <= 5; ++n) books_.Pay(absl::StrCat("in_", n), "cus", 1000, "2026-02-01");
    copy_ = books_.Path() + ".copy";
    EXPECT_EQ(Verified(books_), "");
    books_.ledger().Drain();
    EXPECT_TRUE((*store::OpenSqlite(books_.Path()))->CopyTo(copy_).ok());
  }
  std::string ProblemAfter(const std::string& sql) {
    Change(copy_, sql);
    const auto engine = *store::OpenSqlite(copy_);
    const auto reader = *engine->OpenReader();
    Queries queries(engine.get(), reader.get(), absl::Now());
    const auto report = queries.Verify("p");
    return report.ok() ? report->problem : std::string(report.status().message());
  }
  TestLedger books_;
  std::string copy_;
};

TEST_F(WaitingIds, ARowLessIsFound) {
  EXPECT_TRUE(
      absl::StrContains(ProblemAfter("DELETE FROM fresh_key WHERE number = 1"), "table external_key: no row is left"));
}

TEST_F(WaitingIds, ARowThatWasChangedIsFound) {
  EXPECT_TRUE(absl::StrContains(ProblemAfter("UPDATE fresh_key SET ids = zeroblob(24) WHERE number = 1"),
                                "its seal does not fit"));
}

TEST_F(WaitingIds, AnIdInItsTableThatTheLogDoesNotKnowIsFound) {
  EXPECT_TRUE(absl::StrContains(
      ProblemAfter("INSERT INTO external_key (program_id, id_key, commission) VALUES (1, zeroblob(16), 1)"),
      "the log knows no such row"));
}

TEST_F(WaitingIds, AnIdThatNamesAnotherCommissionIsFound) {
  Change(copy_, "DELETE FROM external_key");
  {
    const auto engine = *store::OpenSqlite(copy_);
    const auto db = *engine->OpenWriter();
    ASSERT_TRUE(store::SettleFreshKeys(*db).ok());
  }
  const std::string problem = ProblemAfter(
      "UPDATE external_key SET commission = commission + 1 WHERE commission = (SELECT MAX(commission) FROM "
      "external_key)");
  EXPECT_TRUE(absl::StrContains(problem, "table external_key, row") && absl::StrContains(problem, "the log says"))
      << problem;
}

TEST_F(WaitingIds, ALedgerWithADamagedRowDoesNotStart) {
  Change(copy_, "UPDATE fresh_key SET seal = zeroblob(16)");
  const auto opened = Ledger::Open(*store::OpenSqlite(copy_), Buffer(500000));
  EXPECT_FALSE(opened.ok());
  EXPECT_TRUE(absl::StrContains(opened.status().message(), "fresh_key")) << opened.status();
}

}  // namespace
}  // namespace trailbook
