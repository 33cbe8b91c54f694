// One thread decides while another commits: whoever looks sees what he would see if each command waited for the one
// before.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/domain/reporter.h"
#include "ledger/store/migrations.h"
#include "ledger/store/row_mapping.h"
#include "ledger/writer/writer.h"
#include "tests/contract/stores.h"
#include "tests/ledger/changed_engine.h"
#include "tests/ledger/losing_database.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

// Every commit on the other thread, rows a few records later, ids on their way to their table all the time.
Ledger::Options Pipelined(int64_t max_unsaved = 5, size_t max_book_rows = 500000) {
  Ledger::Options options;
  options.max_book_rows = max_book_rows;
  options.handover_events = 1;
  options.max_unsaved = max_unsaved;
  options.id_buffer = 20;
  return options;
}

using Outcomes = std::vector<ReportOutcome>;

std::future<absl::StatusOr<Outcomes>> Send(Ledger& ledger, std::vector<Report> reports) {
  auto done = std::make_shared<std::promise<absl::StatusOr<Outcomes>>>();
  ledger.Report("p", std::move(reports), "reporter",
                [done](absl::StatusOr<Outcomes> outcomes) { done->set_value(std::move(outcomes)); });
  return done->get_future();
}

std::future<absl::StatusOr<Outcomes>> Send(TestLedger& books, std::vector<Report> reports) {
  return Send(books.ledger(), std::move(reports));
}

PaymentReport Payment(const std::string& id, const std::string& customer, int64_t euro_cents,
                      absl::string_view day = "2026-01-10") {
  return {id, customer, {"EUR", euro_cents}, euro_cents, TestLedger::Noon(day), {}, false};
}

std::string Verified(TestLedger& books) {
  const auto report = books.Ask([](Queries& queries) { return queries.Verify("p"); });
  return report.ok() ? report->problem : std::string(report.status().message());
}

std::string Root(TestLedger& books) {
  return books.Ask([](Queries& queries) {
    const auto head = queries.GetLogHead("p");
    return head.ok() ? absl::StrCat(head->size, " ", head->root_hash_hex) : head.status().ToString();
  });
}

// Reports of every kind about few customers and payments, so that most depend on what was reported just before:
// repeated, contradicted, parked and released, refunded and disputed.
class Reports {
 public:
  explicit Reports(uint32_t seed) : random_(seed) {}

  std::vector<Report> Next() {
    std::vector<Report> reports(1 + random_() % 6);
    for (Report& report : reports) report = One();
    return reports;
  }

 private:
  int Pick(int from) { return static_cast<int>(random_() % static_cast<uint32_t>(from)); }
  std::string Customer() { return absl::StrCat("cus_", Pick(12)); }
  std::string PaymentId() { return absl::StrCat("in_", Pick(made_ / 2 + 10)); }
  // Time goes on while commands come, so that what was earned matures on the way.
  int64_t Time() { return TestLedger::Noon("2026-01-05") + 86400 * (made_ / 10 + Pick(20)); }

  Report One() {
    switch (Pick(10)) {
      case 0: {
        SignUpReport report;
        report.customer_id = Customer();
        report.link_code = Pick(2) == 0 ? "jane" : "tom";
        report.time = TestLedger::Noon("2026-01-01");
        return report;
      }
      case 1:
        return RefundReport{absl::StrCat("re_", Pick(50)), PaymentId(), {"EUR", 100 + Pick(3)}, Pick(6) == 0, Time()};
      case 2: {
        const auto phase = Pick(2) == 0 ? DisputePhase::kOpen : Pick(2) == 0 ? DisputePhase::kWon : DisputePhase::kLost;
        return DisputeReport{absl::StrCat("dp_", Pick(30)), PaymentId(), {"EUR", 300}, phase, Time()};
      }
      case 3: return AliasReport{PaymentId(), absl::StrCat("in_", Pick(made_ + 10)), Time()};
      default: break;
    }
    ++made_;
    PaymentReport payment = Payment(PaymentId(), Customer(), 1000 + Pick(2));
    payment.time = Time();
    return payment;
  }

  std::mt19937 random_;
  int made_ = 0;
};

std::string Told(const absl::StatusOr<Outcomes>& outcomes) {
  if (!outcomes.ok()) return outcomes.status().ToString();
  std::string told;
  for (const ReportOutcome& outcome : *outcomes) {
    absl::StrAppend(&told, outcome.status.ToString(), outcome.replayed ? " again" : "", "\n");
  }
  return told;
}

// What waits for its customer or payment, in the order of numbers: those of what was decided again are not used again.
std::string Waiting(TestLedger& books) {
  books.ledger().Drain();
  const auto engine = books.OpenEngine();
  const auto reader = *engine->OpenReader();
  const auto rows = store::SelectRows<Parked>(*reader, store::SelectFrom<Parked>("ORDER BY number"), {});
  std::string waiting = rows.ok() ? "" : rows.status().ToString();
  for (const Parked& row : *rows) {
    absl::StrAppend(&waiting, Hex(row.wait_key.view()), " ", row.event_time, " ", row.refused, "\n");
  }
  return waiting;
}

// The same calls, each before the one before is answered (but no more than some `in_flight`), and one after the other.
void ExpectTheSame(uint32_t seed, size_t count, TestLedger& pipelined, TestLedger& one_by_one,
                   size_t in_flight = 1000) {
  Reports reports(seed);
  std::vector<std::vector<Report>> calls(count);
  for (auto& call : calls) call = reports.Next();
  std::vector<std::future<absl::StatusOr<Outcomes>>> answers;
  for (size_t at = 0; at < count; ++at) {
    if (at >= in_flight) answers[at - in_flight].wait();
    answers.push_back(Send(pipelined, calls[at]));
    // Commands that want everything stored before, and readers that want the rows, in between.
    if (at % 97 == 50) pipelined.Mature();
    if (at == count / 2) pipelined.Send();
    if (at % 31 == 7) pipelined.ledger().Read([](absl::StatusOr<Queries*> queries) { EXPECT_TRUE(queries.ok()); });
  }
  for (size_t at = 0; at < count; ++at) {
    const std::string expected = Told(Send(one_by_one, calls[at]).get());
    ASSERT_EQ(Told(answers[at].get()), expected) << "seed " << seed << ", call " << at;
    if (at % 97 == 50) one_by_one.Mature();
    if (at == count / 2) one_by_one.Send();
  }
  EXPECT_EQ(Verified(pipelined), "") << "seed " << seed;
  EXPECT_EQ(Root(pipelined), Root(one_by_one)) << "seed " << seed;
  EXPECT_EQ(Waiting(pipelined), Waiting(one_by_one)) << "seed " << seed;
}

TEST(Pipeline, WhatIsDecidedWhileItCommitsIsWhatWouldBeDecidedAfterwards) {
  for (uint32_t seed = 1; seed <= 8; ++seed) {
    // Half of the runs forget what they loaded all the time.
    const size_t rows = seed % 2 == 0 ? 500000 : 30 * seed;
    TestLedger one_by_one("2026-06-01"), pipelined("2026-06-01", Pipelined(1 + static_cast<int64_t>(seed) * 3, rows));
    ExpectTheSame(seed, 400, pipelined, one_by_one);
  }
}

TEST(Pipeline, ACommitThatFailsTakesAlongWhatWasDecidedOnItAndEachIsDecidedAgain) {
  TestLedger books("2026-02-01", Pipelined());
  ASSERT_TRUE(books.SignUp("cus", "jane", "2026-01-02").status.ok());
  books.ledger().Drain();
  const auto change = [&books](const std::string& sql) {
    const auto engine = *store::OpenSqlite(books.Path());
    const absl::Status changed = (*engine->OpenWriter())->Execute(sql);
    ASSERT_TRUE(changed.ok()) << changed;
  };
  change(
      "CREATE TRIGGER poison BEFORE INSERT ON log_record WHEN instr(NEW.body, CAST('poison' AS BLOB)) > 0 BEGIN SELECT "
      "RAISE(ABORT, 'refused'); END");
  books.Reopen();
  std::vector<std::future<absl::StatusOr<Outcomes>>> answers;
  for (int call = 0; call < 200; ++call) {
    const std::string id = call % 20 == 13 ? absl::StrCat("in_poison_", call) : absl::StrCat("in_", call);
    // Each reports what the one before reported too.
    answers.push_back(Send(books, {Payment(id, "cus", 1000), Payment(absl::StrCat("in_", call - 1), "cus", 1000)}));
  }
  int recorded = 0;
  for (int call = 0; call < 200; ++call) {
    const auto outcomes = answers[static_cast<size_t>(call)].get();
    ASSERT_EQ(outcomes.ok(), call % 20 != 13) << call << ": " << outcomes.status();
    if (!outcomes.ok()) continue;
    EXPECT_TRUE((*outcomes)[0].status.ok() && !(*outcomes)[0].replayed) << call;
    // Nobody has reported it yet if the call before was refused, or would have under another name.
    const bool known = call > 0 && (call - 1) % 20 != 13;
    EXPECT_EQ((*outcomes)[1].replayed, known) << call;
    recorded += known ? 1 : 2;
  }
  EXPECT_EQ(books.Balance("jane").pending, 100 * recorded);
  books.ledger().Drain();
  change("DROP TRIGGER poison");
  books.Reopen();
  EXPECT_EQ(Verified(books), "");
}

TEST(Pipeline, ACommandThatFailsHalfDoneTakesNothingElseAlong) {
  TestLedger books("2026-02-01");
  ASSERT_TRUE(books.SignUp("cus", "jane", "2026-01-02").status.ok());
  books.ledger().Drain();
  const auto engine = *store::OpenSqlite(books.Path());
  auto writer = *Writer::Open(engine.get(), {.handover_weight = 1, .max_unsaved = 5});
  std::vector<std::promise<absl::Status>> answers(60);
  for (int call = 0; call < 60; ++call) {
    WriteJob job;
    job.program_id = "p";
    job.rows_may_wait = true;
    job.decide = [call](WriteContext& context) -> absl::Status {
      Reporter reporter(context.book, context.journal, 1, absl::UTCTimeZone(), context.now_seconds);
      const ReportOutcome outcome = reporter.Take(Payment(absl::StrCat("in_", call), "cus", 1000));
      return call % 20 == 13 ? absl::AbortedError("half done") : outcome.status;
    };
    job.finish = [&answers, call](absl::Status status) {
      answers[static_cast<size_t>(call)].set_value(std::move(status));
    };
    writer->Submit(std::move(job));
  }
  for (int call = 0; call < 60; ++call) {
    const absl::Status answer = answers[static_cast<size_t>(call)].get_future().get();
    EXPECT_EQ(answer.ok(), call % 20 != 13) << call << ": " << answer;
  }
  writer.reset();
  books.Reopen();
  EXPECT_EQ(books.Balance("jane").pending, 100 * 57);
  EXPECT_EQ(Verified(books), "");
}

TEST(Pipeline, WhoeverWasAnsweredReadsWhatHeReported) {
  TestLedger books("2026-02-01", Pipelined(1000));
  ASSERT_TRUE(books.SignUp("cus_jane", "jane", "2026-01-02").status.ok());
  ASSERT_TRUE(books.SignUp("cus_tom", "tom", "2026-01-02").status.ok());
  std::vector<std::thread> clients;
  for (const std::string partner : {"jane", "tom"}) {
    clients.emplace_back([&books, partner] {
      for (int n = 1; n <= 150; ++n) {
        const auto outcomes =
            Send(books, {Payment(absl::StrCat("in_", partner, n), absl::StrCat("cus_", partner), 1000)}).get();
        ASSERT_TRUE(outcomes.ok() && (*outcomes)[0].status.ok());
        if (n % 3 == 0) {
          ASSERT_EQ(books.Balance(partner).pending, 100 * n) << partner;
        }
      }
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(Verified(books), "");
}

// Where other daemons may write.
class PipelineOnPostgres : public testing::Test {
 protected:
  void SetUp() override {
    store_ = store::NewPostgresStore();
    if (store_ == nullptr) GTEST_SKIP() << store::kNoPostgres;
  }
  TestLedger::OpenStore Opener() {
    return [this] { return store_->Open(); };
  }

  std::unique_ptr<store::EmptyStore> store_;
};

TEST_F(PipelineOnPostgres, WhatIsDecidedWhileItCommitsIsWhatWouldBeDecidedAfterwards) {
  for (uint32_t seed = 11; seed <= 14; ++seed) {
    store_ = store::NewPostgresStore();
    const size_t rows = seed % 2 == 0 ? 500000 : 100;
    TestLedger one_by_one("2026-06-01"), pipelined("2026-06-01", Pipelined(seed, rows), Opener());
    ExpectTheSame(seed, 300, pipelined, one_by_one, seed % 4 < 2 ? 1000 : 20);
  }
}

// The first reader leads to another server than all that follow.
class BehindAtFirst final : public ChangedEngine {
 public:
  BehindAtFirst(std::unique_ptr<store::Engine> engine, std::unique_ptr<store::Engine> behind)
      : ChangedEngine(std::move(engine)), behind_(std::move(behind)) {}
  absl::StatusOr<std::unique_ptr<store::Database>> OpenReader() override {
    return std::exchange(first_, false) ? behind_->OpenReader() : engine_->OpenReader();
  }

 private:
  std::unique_ptr<store::Engine> behind_;
  bool first_ = true;
};

// Rows are written to another server than the log.
class RowsElsewhere final : public ChangedEngine {
 public:
  RowsElsewhere(std::unique_ptr<store::Engine> engine, std::unique_ptr<store::Engine> elsewhere)
      : ChangedEngine(std::move(engine)), elsewhere_(std::move(elsewhere)) {}
  absl::StatusOr<std::unique_ptr<store::Database>> OpenSecondWriter() override { return elsewhere_->OpenWriter(); }

 private:
  std::unique_ptr<store::Engine> elsewhere_;
};

// Of the commits of rows, some are lost, and of others the answers.
class LosesRows final : public ChangedEngine {
 public:
  LosesRows(std::unique_ptr<store::Engine> engine, std::atomic<int>* commits)
      : ChangedEngine(std::move(engine)), commits_(commits) {}
  absl::StatusOr<std::unique_ptr<store::Database>> OpenSecondWriter() override {
    auto opened = engine_->OpenSecondWriter();
    if (!opened.ok()) return opened;
    return std::make_unique<LosingDatabase>(*std::move(opened), [commits = commits_] {
      constexpr Lost kLost[] = {Lost::kTheCommit, Lost::kTheAnswer, Lost::kNothing};
      return kLost[(*commits)++ % 3];
    });
  }

 private:
  std::atomic<int>* commits_;
};

TEST_F(PipelineOnPostgres, NothingIsDecidedOnAServerThatIsBehind) {
  {
    TestLedger books("2026-02-01", Pipelined(), Opener());
    ASSERT_TRUE(books.SignUp("cus", "jane", "2026-01-02").status.ok());
    for (int call = 0; call < 200; ++call) {
      ASSERT_TRUE(books.Pay(absl::StrCat("in_", call), "cus", 1000, "2026-01-10").status.ok());
    }
  }
  // Its tables are there, and empty: on it every payment is new and its customer unknown.
  const auto behind = store::NewPostgresStore();
  ASSERT_TRUE(store::Migrate(**behind->engine().OpenWriter()).ok());
  Ledger::Options options = Pipelined();
  options.clock = [] { return absl::FromUnixSeconds(TestLedger::Noon("2026-02-01")); };
  const auto ledger = *Ledger::Open(std::make_unique<BehindAtFirst>(*store_->Open(), *behind->Open()), options);
  std::vector<std::future<absl::StatusOr<Outcomes>>> answers;
  for (int call = 0; call < 300; ++call) {
    answers.push_back(Send(*ledger, {Payment(absl::StrCat("in_", call), "cus", 1000)}));
  }
  for (int call = 0; call < 300; ++call) {
    const auto outcomes = answers[static_cast<size_t>(call)].get();
    ASSERT_TRUE(outcomes.ok() && (*outcomes)[0].status.ok()) << call << ": " << Told(outcomes);
    EXPECT_EQ((*outcomes)[0].replayed, call < 200) << call;
  }
}

TEST_F(PipelineOnPostgres, RowsThatWereNotWrittenAreMadeAgainFromTheLog) {
  int written = 0;
  for (uint32_t seed = 21; seed <= 24; ++seed) {
    store_ = store::NewPostgresStore();
    const int first =
        static_cast<int>(seed % 3);  // how few there are is a matter of time, so each loses something else first
    std::atomic<int> commits = first;
    TestLedger one_by_one("2026-06-01");
    TestLedger losing("2026-06-01", Pipelined(seed),
                      [&] { return std::make_unique<LosesRows>(*store_->Open(), &commits); });
    ExpectTheSame(seed, 300, losing, one_by_one, 20);
    written += commits - first;
  }
  EXPECT_GT(written, 0) << "no rows were written beside the log";
}

TEST_F(PipelineOnPostgres, RowsAreNotWrittenWhereTheirLogIsNot) {
  const auto elsewhere = store::NewPostgresStore();
  ASSERT_TRUE(store::Migrate(**elsewhere->engine().OpenWriter()).ok());
  TestLedger one_by_one("2026-06-01");
  TestLedger books("2026-06-01", Pipelined(),
                   [&] { return std::make_unique<RowsElsewhere>(*store_->Open(), *elsewhere->Open()); });
  ExpectTheSame(31, 150, books, one_by_one, 20);
  const auto db = *elsewhere->engine().OpenWriter();
  EXPECT_EQ(*store::SelectInt(*db, "SELECT COUNT(*) FROM earner_day") +
                *store::SelectInt(*db, "SELECT COUNT(*) FROM watermark"),
            0);
}

TEST_F(PipelineOnPostgres, ALeaseThatEndsMeanwhileLosesNothingAndDoublesNothing) {
  TestLedger first("2026-02-01", Pipelined(), Opener());
  ASSERT_TRUE(first.SignUp("cus", "jane", "2026-01-02").status.ok());
  Ledger::Options options = Pipelined();
  options.clock = [] { return absl::FromUnixSeconds(TestLedger::Noon("2026-02-01")); };
  options.address = "127.0.0.1:2";
  const auto second = *Ledger::Open(*store_->Open(), options);
  const auto db = *store_->engine().OpenWriter();
  constexpr int kCalls = 400;
  std::vector<std::future<absl::StatusOr<Outcomes>>> answers;
  for (int call = 0; call < kCalls; ++call) {
    answers.push_back(Send(first, {Payment(absl::StrCat("in_", call), "cus", 1000)}));
    // Another daemon had it, wrote nothing, and is gone.
    if (call % 50 == 25) {
      ASSERT_TRUE(
          db->Execute(
                "UPDATE lease SET expire_time = now() - interval '1 second', epoch = epoch + 1, holder = 'nobody'")
              .ok());
    }
  }
  int elsewhere = 0;
  for (int call = 0; call < kCalls; ++call) {
    auto outcomes = answers[static_cast<size_t>(call)].get();
    // The second may have taken over, for rows that seemed to be left behind.
    if (ReasonOf(outcomes.status()) == "HELD_ELSEWHERE") {
      ++elsewhere;
      outcomes = Send(*second, {Payment(absl::StrCat("in_", call), "cus", 1000)}).get();
    }
    ASSERT_TRUE(outcomes.ok() && (*outcomes)[0].status.ok()) << call << ": " << Told(outcomes);
    EXPECT_FALSE((*outcomes)[0].replayed) << call << ", " << elsewhere << " sent to the second";
  }
  EXPECT_EQ(first.Balance("jane").pending, 100 * kCalls);
  EXPECT_EQ(Verified(first), "");
}

}  // namespace
}  // namespace trailbook
