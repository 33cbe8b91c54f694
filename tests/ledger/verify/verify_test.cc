// Verification of a log that is longer than what a rebuild writes at once, and of one that grows meanwhile.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "ledger/verify/log_check.h"
#include "ledger/verify/tables.h"
#include "ledger/verify/verify.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

// Several times what a rebuild writes at once: then what was written is changed.
constexpr int kPayments = 45000;

std::vector<Report> Payments(int from, int count) {
  std::vector<Report> reports;
  for (int n = from; n < from + count; ++n) {
    reports.push_back(
        PaymentReport{absl::StrCat("in_", n), "cus", {"EUR", 1000}, 1000, TestLedger::Noon("2026-02-01"), {}, false});
  }
  return reports;
}

class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest() : books_("2026-03-01") {
    EXPECT_TRUE(books_.SignUp("cus", "jane", "2026-01-01").status.ok());
    for (int n = 0; n < kPayments; n += 5000) books_.ReportAll(Payments(n, 5000));
  }

  // The file alone may not be all of it: part of the WAL may still be on its way there.
  void CopyBooks(const std::string& to) { EXPECT_TRUE((*store::OpenSqlite(books_.Path()))->CopyTo(to).ok()); }

  std::string ProblemAfter(const std::string& sql) {
    const std::string copy = books_.Path() + ".copy";
    CopyBooks(copy);
    const auto engine = *store::OpenSqlite(copy);
    {
      const auto db = *engine->OpenWriter();
      const absl::Status changed = db->Execute(sql);
      EXPECT_TRUE(changed.ok()) << changed;
    }
    const auto reader = *engine->OpenReader();
    const auto report = Queries(engine.get(), reader.get(), absl::Now()).Verify("p");
    return report.ok() ? report->problem : std::string(report.status().message());
  }

  TestLedger books_;
};

TEST_F(VerifyTest, RowsThatChangeLongAfterTheyWereMadeAreThoseOfTheLog) {
  for (int n = 0; n < kPayments; n += 9000) {
    // Of a commission that was written long ago, once more, and of one that is in memory.
    ASSERT_TRUE(books_.Refund(absl::StrCat("re_", n), absl::StrCat("in_", n), 100, "2026-02-02").status.ok());
    ASSERT_TRUE(books_.Refund(absl::StrCat("re_", n, "_again"), absl::StrCat("in_", n), 900, "2026-02-03").status.ok());
  }
  books_.ReportAll(Payments(kPayments, 25000));
  books_.ExpectVerified();

  books_.ledger().Drain();
  const std::string problem = ProblemAfter(
      "UPDATE commission SET given_back = given_back - 1 WHERE number = (SELECT MIN(number) FROM commission WHERE "
      "given_back <> 0)");
  EXPECT_TRUE(absl::StartsWith(problem, "table commission, row (program_id 1, number ")) << problem;
  EXPECT_TRUE(absl::StrContains(problem, "given_back is 999, the log says 1000")) << problem;
}

// Payments that pass over the same two months three times: days are written, forgotten and loaded again, some changed
// by then and some not.
TEST(VerifyWithLittleMemory, IsTheSameHoweverManyRowsStay) {
  TestLedger books("2026-03-01");
  ASSERT_TRUE(books.SignUp("cus", "jane", "2026-01-01").status.ok());
  for (int pass = 0; pass < 3; ++pass) {
    std::vector<Report> reports;
    for (int day = pass; day < 56; day += pass + 1) {
      const std::string date = absl::StrFormat("2026-%02d-%02d", day / 28 + 1, day % 28 + 1);
      reports.push_back(PaymentReport{absl::StrCat("in_", pass, "_", day),
                                      "cus",
                                      {"EUR", 1000 + day},
                                      1000 + day,
                                      TestLedger::Noon(date),
                                      {},
                                      false});
    }
    books.ReportAll(std::move(reports));
  }
  books.ledger().Drain();
  const auto engine = *store::OpenSqlite(books.Path());
  const auto reader = *engine->OpenReader();
  int64_t rows_compared = 0;
  for (const size_t rows : {1, 4, 10, 30, 90, 1000}) {
    ASSERT_TRUE(reader->Begin(false).ok());
    const auto report =
        VerifyProgram(*reader, *engine, 1, {.records = 7, .rows_that_hardly_change = rows, .rows_that_change = rows});
    reader->Rollback();
    ASSERT_TRUE(report.ok()) << rows << ": " << report.status();
    EXPECT_TRUE(report->ok) << rows << ": " << report->problem;
    if (rows_compared == 0) rows_compared = report->rows_compared;
    EXPECT_EQ(report->rows_compared, rows_compared) << rows;
  }
  EXPECT_GT(rows_compared, 200);
}

TEST_F(VerifyTest, NothingIsReadOnOnceOneThreadHasGivenUp) {
  books_.ledger().Drain();
  const auto engine = *store::OpenSqlite(books_.Path());
  const auto reader = *engine->OpenReader();
  ASSERT_TRUE(reader->Begin(false).ok());
  // The log, when its records cannot be projected.
  VerifyReport report;
  LogCheck log(1, 0, report);
  int chunks = 0;
  const absl::Status checked = log.CheckRecords(*reader, kPayments, [&](std::unique_ptr<RecordChunk>) {
    return ++chunks == 2 ? absl::ResourceExhaustedError("no room") : absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsResourceExhausted(checked)) << checked;
  EXPECT_EQ(report.records, 2 * RecordChunk::kRecords);
  // The tables, when something is wrong with the log.
  int rows = 0;
  const auto tables = FingerprintTables(*reader, 1, ShortHashKey(), [&rows] { return ++rows < 1000; });
  EXPECT_TRUE(absl::IsCancelled(tables.status())) << tables.status();
  EXPECT_EQ(rows, 1000);
}

TEST_F(VerifyTest, TheTablesAreNotReadToTheirEndWhereTheLogIsWrong) {
  books_.ledger().Drain();
  const std::string copy = books_.Path() + ".copy";
  CopyBooks(copy);
  const auto pages_read = [&copy] {
    const auto engine = *store::OpenSqlite(copy);
    const auto reader = *engine->OpenReader();
    const auto report = Queries(engine.get(), reader.get(), absl::Now()).Verify("p");
    EXPECT_TRUE(report.ok()) << report.status();
    return std::pair(reader->PagesRead(), report->problem);
  };
  const auto [all, no_problem] = pages_read();
  EXPECT_EQ(no_problem, "");
  ASSERT_TRUE((*(*store::OpenSqlite(copy))->OpenWriter())
                  ->Execute("DROP TRIGGER log_tile_only_grows; UPDATE log_tile SET hashes = zeroblob(8192) WHERE level "
                            "= 0 AND tile = 0")
                  .ok());
  // The thread that reads the log may begin late once.
  bool stopped = false;
  for (int attempt = 0; attempt < 5 && !stopped; ++attempt) {
    const auto [read, problem] = pages_read();
    EXPECT_EQ(problem, "record 1 of the log: its stored bytes do not hash to the leaf in tile 0/0");
    stopped = read < all / 2;
  }
  EXPECT_TRUE(stopped) << all << " pages are read of a ledger that is well";
}

TEST_F(VerifyTest, ALogThatIsNotShownToItsEndIsNoFault) {
  books_.ledger().Drain();
  const auto engine = *store::OpenSqlite(books_.Path());
  const auto reader = *engine->OpenReader();
  VerifyReport report;
  LogCheck log(1, 0, report);
  const absl::Status checked =
      log.CheckRecords(*reader, 2 * kPayments, [](std::unique_ptr<RecordChunk>) { return absl::OkStatus(); });
  EXPECT_TRUE(absl::IsUnavailable(checked)) << checked;
  EXPECT_EQ(report.problem, "");
}

TEST_F(VerifyTest, WhatIsRecordedMeanwhileIsNotWaitedFor) {
  std::atomic<bool> stop = false;
  std::thread reports([&] {
    for (int n = kPayments; !stop; n += 50) books_.ReportAll(Payments(n, 50));
  });
  for (int round = 0; round < 3; ++round) books_.ExpectVerified();
  stop = true;
  reports.join();
}

}  // namespace
}  // namespace trailbook
