// Records whose rows are not in the tables yet: nobody notices, whenever the daemon dies.
#include "ledger/store/watermark.h"

#include <gtest/gtest.h>

#include <deque>
#include <future>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ledger/base/status.h"
#include "ledger/store/copy.h"
#include "ledger/store/fresh_keys.h"
#include "tests/contract/stores.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

// Rows wait until somebody reads or changes something else than by a report.
Ledger::Options Patient() {
  Ledger::Options options;
  options.max_unsaved = 100000;
  options.max_unsaved_time = absl::Hours(1);
  return options;
}

// What a file of books is when the daemon is killed now: its pages and what is committed beside them.
class KilledCopy {
 public:
  explicit KilledCopy(const TestLedger& books) : path_(books.Path() + ".killed") {
    std::filesystem::copy_file(books.Path() + "-wal", path_ + "-wal");
    std::filesystem::copy_file(books.Path(), path_);
  }
  const std::string& path() const { return path_; }
  std::unique_ptr<Ledger> Start(Ledger::Options options = Patient()) const {
    return *Ledger::Open(*store::OpenSqlite(path_), options);
  }

  std::vector<store::UnsavedRange> Unsaved() const {
    const auto engine = *store::OpenSqlite(path_);
    return *FindUnsaved(**engine->OpenReader());
  }
  std::string Problem() const {
    const auto engine = *store::OpenSqlite(path_);
    const auto reader = *engine->OpenReader();
    const auto report = Queries(engine.get(), reader.get(), absl::Now()).Verify("p");
    return report.ok() ? report->problem : std::string(report.status().message());
  }
  void Change(const std::string& sql) const {
    const auto engine = *store::OpenSqlite(path_);
    const auto changed = (*engine->OpenWriter())->Execute(sql);
    EXPECT_TRUE(changed.ok()) << changed;
  }

 private:
  std::string path_;
};

// Reports of every kind, one after the other; what nobody is asked for is not written.
void ReportEverything(TestLedger& books) {
  ClickReport click;
  click.click_id = "click_1";
  click.link_code = "jane";
  click.time = TestLedger::Noon("2026-01-01");
  ASSERT_TRUE(books.Report(click).status.ok());
  SignUpReport sign_up;
  sign_up.customer_id = "cus_1";
  sign_up.click_id = "click_1";
  sign_up.time = TestLedger::Noon("2026-01-02");
  ASSERT_TRUE(books.Report(sign_up).status.ok());
  ASSERT_TRUE(books.SignUp("cus_2", "tom", "2026-01-02", "someone@clinic.example").status.ok());
  ASSERT_TRUE(books.SignUp("cus_2", "jane", "2026-01-03").status.ok()) << "a touch that is lost";
  for (int n = 1; n <= 20; ++n) {
    ASSERT_TRUE(
        books
            .Pay(absl::StrCat("in_", n), n % 3 == 0 ? "cus_2" : "cus_1", 1000 * n, absl::StrCat("2026-01-", 10 + n % 7))
            .status.ok());
  }
  ASSERT_TRUE(books.Pay("in_parked", "cus_later", 5000, "2026-01-10").status.ok());
  ASSERT_TRUE(books.SignUp("cus_later", "tom", "2026-01-04").status.ok()) << "takes what was parked";
  ASSERT_TRUE(books.Pay("in_waits", "cus_never", 5000, "2026-01-10").status.ok());
  ASSERT_TRUE(books.Report(AliasReport{"in_1", "alias_1", TestLedger::Noon("2026-01-19")}).status.ok());
  ASSERT_TRUE(books.Refund("re_1", "in_2", 500, "2026-01-20").status.ok());
  ASSERT_TRUE(books.Refund("re_2", "alias_1", 1000, "2026-01-21").status.ok());
  ASSERT_TRUE(
      books.Report(DisputeReport{"dp_1", "in_5", {"EUR", 5000}, DisputePhase::kOpen, TestLedger::Noon("2026-01-22")})
          .status.ok());
  ASSERT_TRUE(
      books.Report(DisputeReport{"dp_1", "in_5", {"EUR", 5000}, DisputePhase::kLost, TestLedger::Noon("2026-01-23")})
          .status.ok());
  ASSERT_TRUE(
      books.Report(DisputeReport{"dp_2", "in_6", {"EUR", 6000}, DisputePhase::kOpen, TestLedger::Noon("2026-01-23")})
          .status.ok());
}

std::string Difference(const std::string& left, const std::string& right) {
  const auto left_engine = *store::OpenSqlite(left), right_engine = *store::OpenSqlite(right);
  const auto left_db = *left_engine->OpenWriter(), right_db = *right_engine->OpenWriter();
  // Ids are grouped by the commits that wrote them.
  EXPECT_TRUE(store::SettleFreshKeys(*left_db).ok() && store::SettleFreshKeys(*right_db).ok());
  const auto difference = store::FindDifference(*left_db, *right_db);
  return difference.ok() ? *difference : std::string(difference.status().message());
}

TEST(Watermark, ADaemonThatIsKilledBeforeItWroteTheRowsWritesTheSameRowsLater) {
  TestLedger books("2026-02-01", Patient());
  ReportEverything(books);
  const KilledCopy killed(books);
  const auto unsaved = killed.Unsaved();
  ASSERT_EQ(unsaved.size(), 1u);
  EXPECT_GE(unsaved[0].size - unsaved[0].watermark, 30) << "the rows of nothing that was reported are there";
  EXPECT_EQ(killed.Problem(), "") << "what is there is right, and the log is whole";

  killed.Start()->Drain();
  books.ledger().Drain();
  EXPECT_TRUE(killed.Unsaved().empty());
  EXPECT_EQ(Difference(books.Path(), killed.path()), "");
  EXPECT_EQ(killed.Problem(), "");
}

TEST(Watermark, ALedgerThatGoesOnFromWhatWasUnsavedDecidesAsIfNothingHadHappened) {
  TestLedger books("2026-02-01", Patient());
  books.SignUp("cus_1", "jane", "2026-01-02");
  for (int n = 1; n <= 5; ++n) books.Pay(absl::StrCat("in_", n), "cus_1", 1000, "2026-01-10");
  const KilledCopy killed(books);
  const auto again = killed.Start();
  std::promise<absl::StatusOr<std::vector<ReportOutcome>>> done;
  const PaymentReport known{"in_3", "cus_1", {"EUR", 1000}, 1000, TestLedger::Noon("2026-01-10"), {}, false};
  const RefundReport refund{"re_1", "in_4", {"EUR", 1000}, false, TestLedger::Noon("2026-01-11")};
  again->Report("p", {known, refund}, "reporter",
                [&done](absl::StatusOr<std::vector<ReportOutcome>> outcomes) { done.set_value(std::move(outcomes)); });
  const auto outcomes = done.get_future().get();
  ASSERT_TRUE(outcomes.ok()) << outcomes.status();
  EXPECT_TRUE((*outcomes)[0].replayed);
  EXPECT_TRUE((*outcomes)[1].status.ok()) << (*outcomes)[1].status;
  std::promise<int64_t> payable;
  again->Read([&payable](absl::StatusOr<Queries*> queries) {
    payable.set_value((*queries)->GetPartnerEarnings("p", "jane", "")->earnings[0].payable);
  });
  EXPECT_EQ(payable.get_future().get(), 400) << "by today's clock it is due";
}

TEST(Watermark, WhoeverReadsSeesWhatWasAnsweredBefore) {
  TestLedger books("2026-02-01", Patient());
  books.SignUp("cus_1", "jane", "2026-01-02");
  for (int n = 1; n <= 10; ++n) {
    books.Pay(absl::StrCat("in_", n), "cus_1", 1000, "2026-01-10");
    EXPECT_EQ(books.Balance("jane").pending, 100 * n);
  }
  EXPECT_TRUE(KilledCopy(books).Unsaved().empty());
}

TEST(Watermark, RowsWaitNoLongerThanTheyMay) {
  Ledger::Options options = Patient();
  options.max_unsaved_time = absl::Milliseconds(1);
  TestLedger soon("2026-02-01", options);
  soon.SignUp("cus_1", "jane", "2026-01-02");
  for (const absl::Time end = absl::Now() + absl::Seconds(20); absl::Now() < end;
       absl::SleepFor(absl::Milliseconds(5))) {
    const auto engine = *store::OpenSqlite(soon.Path());
    if (FindUnsaved(**engine->OpenReader())->empty()) break;
  }
  EXPECT_TRUE(KilledCopy(soon).Unsaved().empty());

  options = Patient();
  options.max_unsaved = 4;
  TestLedger few("2026-02-01", options);
  few.SignUp("cus_1", "jane", "2026-01-02");
  for (int n = 1; n <= 3; ++n) few.Pay(absl::StrCat("in_", n), "cus_1", 1000, "2026-01-10");
  EXPECT_TRUE(KilledCopy(few).Unsaved().empty()) << "the fourth record writes the rows of all";
}

// Where one connection writes, many are written soon, since all callers wait while they are; for a few that is not
// worth it.
TEST(Watermark, ManyRowsWaitAFifthAsLongAsAFew) {
  Ledger::Options options = Patient();
  options.max_unsaved_time = absl::Seconds(20);
  TestLedger many("2026-02-01", options), few("2026-02-01", options);
  for (TestLedger* books : {&many, &few}) {
    books->SignUp("cus_1", "jane", "2026-01-02");
    for (int n = 1; n <= (books == &many ? 100 : 5); ++n) {
      books->Pay(absl::StrCat("in_", n), "cus_1", 1000, "2026-01-10");
    }
  }
  const auto wait = [](const TestLedger& books) {
    const auto engine = *store::OpenSqlite(books.Path());
    return !FindUnsaved(**engine->OpenReader())->empty();
  };
  EXPECT_TRUE(wait(many));
  absl::SleepFor(absl::Seconds(6));
  EXPECT_FALSE(wait(many));
  EXPECT_TRUE(wait(few));
}

TEST(Watermark, ACommandThatIsNoReportWritesTheRowsOfAll) {
  TestLedger books("2026-02-01", Patient());
  books.SignUp("cus_1", "jane", "2026-01-02");
  books.Pay("in_1", "cus_1", 1000, "2026-01-10");
  ASSERT_TRUE(books.Do(SetPartnerRate{"p", "jane", 500, "2026-03-01"}).ok());
  EXPECT_TRUE(KilledCopy(books).Unsaved().empty());
}

TEST(Watermark, ADamagedRecordThatWaitsForItsRowsStopsWritesAndIsNamed) {
  TestLedger books("2026-02-01", Patient());
  books.SignUp("cus_1", "jane", "2026-01-02");
  books.Balance("jane");
  books.Pay("in_1", "cus_1", 1000, "2026-01-10");
  const KilledCopy killed(books);
  killed.Change(
      "DROP TRIGGER log_record_no_update; UPDATE log_record SET body = x'00' WHERE sequence = (SELECT MAX(sequence) "
      "FROM log_record)");
  const auto opened = killed.Start();
  std::promise<absl::Status> refused;
  opened->Report("p", {SignUpReport()}, "reporter",
                 [&refused](auto outcomes) { refused.set_value(outcomes.status()); });
  const absl::Status status = refused.get_future().get();
  EXPECT_EQ(ReasonOf(status), "LEDGER_DAMAGED") << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "table log_record: record ")) << status;
  EXPECT_EQ(ReasonOf(opened->WriteHealth()), "LEDGER_DAMAGED");
  std::promise<absl::Status> read;
  opened->Read([&read](absl::StatusOr<Queries*> queries) { read.set_value((*queries)->GetProgram("p").status()); });
  EXPECT_TRUE(read.get_future().get().ok()) << "damaged books can be looked at";
}

TEST(Watermark, ACommissionThatAWaitingRecordChangesAndThatIsGoneIsNamed) {
  TestLedger books("2026-02-01", Patient());
  books.SignUp("cus_1", "jane", "2026-01-02");
  books.Pay("in_1", "cus_1", 1000, "2026-01-10");
  books.Balance("jane");
  ASSERT_TRUE(books.Refund("re_1", "in_1", 500, "2026-01-20").status.ok());
  const KilledCopy killed(books);
  killed.Change("PRAGMA foreign_keys = OFF; DELETE FROM commission");
  const auto opened = killed.Start();
  EXPECT_EQ(ReasonOf(opened->WriteHealth()), "LEDGER_DAMAGED");
  EXPECT_TRUE(absl::StrContains(opened->WriteHealth().message(), "table commission, row (program_id 1"))
      << opened->WriteHealth();
}

TEST(Watermark, VerificationFindsAWatermarkThatWasMoved) {
  TestLedger books("2026-02-01", Patient());
  books.SignUp("cus_1", "jane", "2026-01-02");
  books.Pay("in_1", "cus_1", 1000, "2026-01-10");
  books.Balance("jane");
  {
    const KilledCopy killed(books);
    killed.Change("UPDATE watermark SET sequence = sequence - 1");
    EXPECT_TRUE(absl::StrContains(killed.Problem(), "the log")) << killed.Problem();
    std::filesystem::remove(killed.path());
    std::filesystem::remove(killed.path() + "-wal");
  }
  const KilledCopy killed(books);
  killed.Change("UPDATE watermark SET sequence = sequence + 1");
  EXPECT_TRUE(absl::StrContains(killed.Problem(), "table watermark")) << killed.Problem();
}

TEST(Watermark, MovesOnlyFromWhereItIsKnownToBeAndNeverPastTheLog) {
  TestLedger books;
  books.ledger().Drain();
  const auto engine = *store::OpenSqlite(books.Path());
  const auto db = *engine->OpenWriter();
  const int64_t at = *WatermarkOf(*db, 1);
  EXPECT_EQ(*LogSizeOf(*db, 1), at);
  EXPECT_TRUE(absl::IsUnavailable(RaiseWatermark(*db, 1, at, at + 1))) << "no such record";
  EXPECT_TRUE(absl::IsUnavailable(RaiseWatermark(*db, 2, 0, 7))) << "no such log";
  ASSERT_TRUE(db->Execute("UPDATE log_head SET size = size + 1; INSERT INTO log_head (program_id, size, root) VALUES "
                          "(2, 7, zeroblob(32))")
                  .ok());
  EXPECT_TRUE(absl::IsUnavailable(RaiseWatermark(*db, 1, at - 1, at + 1)));
  EXPECT_TRUE(absl::IsUnavailable(RaiseWatermark(*db, 1, 0, at + 1)));
  EXPECT_TRUE(absl::IsUnavailable(RaiseWatermark(*db, 1, at, at + 2)));
  EXPECT_TRUE(RaiseWatermark(*db, 1, at, at + 1).ok());
  EXPECT_TRUE(RaiseWatermark(*db, 2, 0, 7).ok()) << "the first of another program";
  EXPECT_EQ(*WatermarkOf(*db, 1), at + 1);
  EXPECT_EQ(*WatermarkOf(*db, 2), 7);
  EXPECT_EQ(*WatermarkOf(*db, 3), 0);
}

// Two daemons on one PostgreSQL.
class TwoDaemons : public testing::Test {
 protected:
  void SetUp() override {
    store_ = store::NewPostgresStore();
    if (store_ == nullptr) GTEST_SKIP() << store::kNoPostgres;
    db_ = *store_->engine().OpenWriter();
    ASSERT_TRUE(store::Migrate(*db_).ok());
    first_ = Start("127.0.0.1:1");
    second_ = Start("127.0.0.1:2");
    CreateProgram program;
    program.program_id = "p";
    program.display_name = "Program";
    program.terms.rate_bps = 1000;
    program.terms.hold_days = 30;
    ASSERT_TRUE(Do(program).ok());
    PartnerSpec jane;
    jane.partner_id = jane.display_name = jane.link_code = "jane";
    ASSERT_TRUE(Do(CreatePartner{"p", jane}).ok());
    SignUpReport sign_up;
    sign_up.customer_id = "cus_1";
    sign_up.link_code = "jane";
    sign_up.time = absl::ToUnixSeconds(absl::Now()) - 60;
    ASSERT_TRUE(Report(*first_, sign_up).ok());
  }
  std::unique_ptr<Ledger> Start(const std::string& address, Ledger::Options options = Patient()) {
    options.address = address;
    return *Ledger::Open(*store_->Open(), options);
  }
  absl::Status Do(Mutation mutation) {
    std::promise<absl::Status> done;
    first_->Mutate(std::move(mutation), {absl::StrCat("r", ++requests_), "content"}, "ann",
                   [&done](const absl::StatusOr<MutationReply>& reply) { done.set_value(reply.status()); });
    return done.get_future().get();
  }
  static std::future<absl::Status> Send(Ledger& ledger, const std::string& program, trailbook::Report report) {
    auto done = std::make_shared<std::promise<absl::Status>>();
    ledger.Report(program, {std::move(report)}, "reporter",
                  [done](const absl::StatusOr<std::vector<ReportOutcome>>& outcomes) {
                    done->set_value(outcomes.ok() ? outcomes->front().status : outcomes.status());
                  });
    return done->get_future();
  }
  static absl::Status Report(Ledger& ledger, trailbook::Report report) {
    return Send(ledger, "p", std::move(report)).get();
  }
  static absl::Status Pay(Ledger& ledger, const std::string& id) {
    return Report(ledger, PaymentReport{id, "cus_1", {"EUR", 1000}, 1000, absl::ToUnixSeconds(absl::Now()), {}, false});
  }
  static absl::StatusOr<int64_t> Pending(Ledger& ledger) {
    std::promise<absl::StatusOr<int64_t>> done;
    ledger.Read([&done](absl::StatusOr<Queries*> queries) {
      const auto earnings = (*queries)->GetPartnerEarnings("p", "jane", "");
      done.set_value(earnings.ok()
                         ? absl::StatusOr<int64_t>(earnings->earnings.empty() ? 0 : earnings->earnings[0].pending)
                         : earnings.status());
    });
    return done.get_future().get();
  }
  void EndLeases() {
    EXPECT_TRUE(
        db_->Execute("UPDATE lease SET expire_time = now() - interval '1 second', epoch = epoch + 1, holder = 'nobody'")
            .ok());
  }
  bool AllIsSaved() {
    const auto unsaved = FindUnsaved(*db_);
    return unsaved.ok() && unsaved->empty();
  }

  std::unique_ptr<store::EmptyStore> store_;
  std::unique_ptr<store::Database> db_;
  std::unique_ptr<Ledger> first_, second_;
  int requests_ = 0;
};

TEST_F(TwoDaemons, TheOneThatReadsWaitsForTheRowsOfTheOneThatWrites) {
  ASSERT_TRUE(Pay(*first_, "in_1").ok());
  EXPECT_FALSE(AllIsSaved());
  // The writer is in no hurry here, so that the other gives up: it never shows less than what was answered.
  EXPECT_TRUE(absl::IsUnavailable(Pending(*second_).status()));
  EXPECT_EQ(*Pending(*first_), 100);
  EXPECT_TRUE(AllIsSaved());
  EXPECT_EQ(*Pending(*second_), 100);
}

// One that never comes to rest, so that a commit or rows are on their way whenever it could look.
TEST_F(TwoDaemons, WhatOneLeftUnsavedABusyOneSavesToo) {
  Ledger::Options busy = Patient();
  busy.max_unsaved = 20;
  busy.handover_events = 1;
  second_ = nullptr;
  second_ = Start("127.0.0.1:2", busy);
  CreateProgram program;
  program.program_id = "q";
  program.display_name = "Another program";
  program.terms.rate_bps = 1000;
  ASSERT_TRUE(Do(program).ok());
  const int64_t now = absl::ToUnixSeconds(absl::Now());
  const auto pay = [&](int n) {
    return Send(*second_, "q", PaymentReport{absl::StrCat("in_", n), "cus_1", {"EUR", 1000}, 1000, now, {}, false});
  };
  for (int n = 1; n <= 5; ++n) ASSERT_TRUE(Pay(*first_, absl::StrCat("in_", n)).ok());
  ASSERT_TRUE(db_->Execute("UPDATE lease SET expire_time = now() - interval '1 second', epoch = epoch + 1, holder = "
                           "'nobody' WHERE program_id = 1")
                  .ok());
  const auto saved = [this] { return *WatermarkOf(*db_, 1) == *LogSizeOf(*db_, 1); };
  std::deque<std::future<absl::Status>> answers;
  int sent = 0;
  for (const absl::Time end = absl::Now() + absl::Seconds(20); !saved() && absl::Now() < end;) {
    while (answers.size() < 300) answers.push_back(pay(sent++));
    EXPECT_TRUE(answers.front().get().ok());
    answers.pop_front();
  }
  EXPECT_TRUE(saved()) << "after " << sent << " payments of another program";
  EXPECT_EQ(*Pending(*second_), 500);
  for (auto& answer : answers) EXPECT_TRUE(answer.get().ok());
}

TEST_F(TwoDaemons, WhatOneLeftUnsavedAnotherSavesWithoutBeingAsked) {
  for (int n = 1; n <= 5; ++n) ASSERT_TRUE(Pay(*first_, absl::StrCat("in_", n)).ok());
  EndLeases();
  for (const absl::Time end = absl::Now() + absl::Seconds(20); !AllIsSaved() && absl::Now() < end;) {
    absl::SleepFor(absl::Milliseconds(20));
  }
  EXPECT_EQ(*Pending(*second_), 500);
  // The first still has the rows in memory; it cannot write them any more, nor anything that is decided on them.
  (void)Pay(*first_, "in_6");
  ASSERT_TRUE(Pay(*second_, "in_7").ok() || Pay(*first_, "in_7").ok());
  first_.reset();
  second_.reset();
  EXPECT_TRUE(AllIsSaved());
  const auto engine = *store_->Open();
  const auto reader = *engine->OpenReader();
  ASSERT_TRUE(reader->Begin(false).ok());
  const auto verified = Queries(engine.get(), reader.get(), absl::Now()).Verify("p");
  EXPECT_TRUE(verified.ok() && verified->ok) << verified.status() << verified->problem;
}

}  // namespace
}  // namespace trailbook
