// Whatever is changed in the file behind Trailbook's back, verification finds: bits turned at thousands of random
// places (every one of them is found, or turned nothing that the store holds), and records that go, come, change places
// or are exchanged, each named. TRAILBOOK_TAMPER_TRIALS and TRAILBOOK_TAMPER_SEED set other numbers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/base/status.h"
#include "ledger/store/watermark.h"
#include "ledger/writer/log_appender.h"
#include "tests/ledger/changed_engine.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

int64_t FromEnvironment(const char* name, int64_t fallback) {
  int64_t number = 0;
  const char* text = std::getenv(name);
  return text != nullptr && absl::SimpleAtoi(text, &number) ? number : fallback;
}

std::string ReadBytes(const std::string& path) {
  std::ostringstream all;
  all << std::ifstream(path, std::ios::binary).rdbuf();
  return all.str();
}

// What verification says of a file: empty if the file is well.
std::string ProblemOf(const std::string& path) {
  const auto engine = store::OpenSqlite(path);
  if (!engine.ok()) return std::string(engine.status().message());
  const auto reader = (*engine)->OpenReader();
  if (!reader.ok()) return std::string(reader.status().message());
  const absl::Status schema = store::CheckSchema(**reader);
  if (!schema.ok()) return std::string(schema.message());
  Queries queries(engine->get(), reader->get(), absl::Now());
  const auto report = queries.Verify("p");
  if (!report.ok()) return std::string(report.status().message());
  return report->problem;
}

std::vector<store::Row> Select(store::Database& db, const std::string& sql) {
  std::vector<store::Row> rows;
  const auto select = db.Prepare(sql);
  if (!select.ok()) return {{std::string(select.status().message())}};
  while (true) {
    const auto more = (*select)->Step();
    if (!more.ok()) rows.push_back({std::string(more.status().message())});
    if (!more.ok() || !*more) break;
    store::Row row;
    for (int at = 0; at < (*select)->ColumnCount(); ++at) row.push_back((*select)->Column(at));
    rows.push_back(std::move(row));
  }
  (*select)->Reset();
  return rows;
}

// Everything that a store holds: what it is made of, and every value of every table.
std::vector<std::pair<std::string, std::vector<store::Row>>> ContentOf(const std::string& path) {
  std::vector<std::pair<std::string, std::vector<store::Row>>> content;
  const auto engine = *store::OpenSqlite(path);
  const auto db = *engine->OpenReader();
  for (const store::Row& row : Select(*db, "SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name")) {
    const std::string& table = std::get<std::string>(row[0]);
    content.emplace_back(table, Select(*db, absl::StrCat("SELECT * FROM ", table)));
  }
  content.emplace_back("schema", Select(*db, "SELECT type, name, sql FROM sqlite_schema ORDER BY type, name"));
  return content;
}

// What is said of a file after `sql`, run as somebody who has taken the triggers away and put them back.
std::string ProblemAfterChange(const std::string& path, const std::string& sql) {
  {
    const auto engine = *store::OpenSqlite(path);
    const auto db = *engine->OpenWriter();
    std::vector<std::string> triggers;
    for (const store::Row& row : Select(*db, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")) {
      EXPECT_TRUE(db->Execute(absl::StrCat("DROP TRIGGER ", std::get<std::string>(row[0]))).ok());
      triggers.push_back(std::get<std::string>(row[1]));
    }
    const absl::Status done = db->Execute(sql);
    EXPECT_TRUE(done.ok()) << sql << ": " << done;
    for (const std::string& trigger : triggers) EXPECT_TRUE(db->Execute(trigger).ok());
  }
  return ProblemOf(path);
}

void Remove(const std::string& path) {
  for (const char* suffix : {"", "-wal", "-shm"}) unlink((path + suffix).c_str());
}

class TamperTest : public testing::Test {
 protected:
  TamperTest() : original_(testing::TempDir() + absl::StrCat("tamper-", getpid(), ".db")), copy_(original_ + ".copy") {
    TestLedger ledger;
    ledger.SetNow("2026-03-01");
    for (const char* partner : {"jane", "tom"}) {
      EXPECT_TRUE(ledger.Do(SetPayoutMethod{"p", partner, "sepa", IbanFor(partner), "EUR"}, "edith").ok());
    }
    for (int n = 0; n < 12; ++n) {
      ledger.SignUp(absl::StrCat("c", n), n % 3 == 0 ? "tom" : "jane", "2026-01-02",
                    absl::StrCat("c", n, "@clinic.example"));
    }
    std::vector<Report> reports;
    for (int n = 0; n < 300; ++n) {
      reports.push_back(PaymentReport{absl::StrCat("in", n),
                                      absl::StrCat("c", n % 14),
                                      {"EUR", 1000 + n},
                                      1000 + n,
                                      TestLedger::Noon("2026-01-10"),
                                      {},
                                      false});
    }
    ledger.ReportAll(std::move(reports));
    ledger.Refund("re1", "in7", 500, "2026-01-12");
    ledger.Mature();
    const int64_t batch = ledger.Send();
    EXPECT_TRUE(ledger.Result(batch, 1, PayoutResultKind::kSettled).ok());
    EXPECT_TRUE(ledger.Result(batch, 2, PayoutResultKind::kFailed).ok());
    const auto saved = ledger.Ask([this](Queries& queries) { return queries.BackUp(original_); });
    EXPECT_TRUE(saved.ok()) << saved.status();
    records_ = saved->logs[0].size;
    bytes_ = ReadBytes(original_);
    EXPECT_EQ(ProblemOf(original_), "");
  }
  ~TamperTest() override {
    Remove(original_);
    Remove(copy_);
  }

  void WriteCopy(const std::string& bytes) {
    Remove(copy_);
    std::ofstream(copy_, std::ios::binary) << bytes;
  }
  std::string ProblemAfter(const std::string& sql) {
    WriteCopy(bytes_);
    return ProblemAfterChange(copy_, sql);
  }
  // Puts a record at the end of the copy's log, hashed as it must be; its rows are said to be written, or not.
  void AppendForged(log::v1::Record& record, bool written) {
    record.set_program(1);
    record.set_sequence(records_ + 1);
    record.set_actor("mallory");
    const auto engine = *store::OpenSqlite(copy_);
    const auto db = *engine->OpenWriter();
    ASSERT_TRUE(db->Begin(true).ok());
    ASSERT_TRUE(LogAppender(db.get()).Append({{1, records_ + 1, record.SerializeAsString()}}).ok());
    ASSERT_TRUE(!written || RaiseWatermark(*db, 1, records_, records_ + 1).ok());
    ASSERT_TRUE(db->Commit().ok());
  }
  int64_t CommissionOf(const std::string& payment) {
    const auto engine = *store::OpenSqlite(original_);
    const auto db = *engine->OpenReader();
    return std::get<int64_t>(
        Select(*db, absl::StrCat("SELECT number FROM commission WHERE payment_id = '", payment, "'")).at(0).at(0));
  }
  int64_t Below(int64_t n) { return std::uniform_int_distribution<int64_t>(0, n - 1)(random_); }

  const std::string original_, copy_;
  std::string bytes_;
  int64_t records_ = 0;
  std::mt19937_64 random_{static_cast<uint64_t>(FromEnvironment("TRAILBOOK_TAMPER_SEED", 7))};
};

// Whether it was rejected, nobody knows: then a refund that fails must bring nothing back.
TEST(DamageTest, ARefundOfAPaymentWhoseReferralIsGoneIsNotTakenNorAreItsHoldsPassedOver) {
  TestLedger books("2026-02-01");
  books.SignUp("cus_1", "jane", "2026-01-02");
  books.Pay("in_1", "cus_1", 1000, "2026-01-10");
  ASSERT_TRUE(
      books.Report(DisputeReport{"dp_1", "in_1", {"EUR", 1000}, DisputePhase::kOpen, TestLedger::Noon("2026-01-11")})
          .status.ok());
  const auto holds = [](Queries& queries) { return queries.ListHolds("p", {}).status(); };
  ASSERT_TRUE(books.Ask(holds).ok());
  {
    const auto engine = books.OpenEngine();
    ASSERT_TRUE((*engine->OpenWriter())->Execute("PRAGMA foreign_keys = OFF; DELETE FROM referral").ok());
  }
  books.Reopen();
  EXPECT_EQ(ReasonOf(books.Refund("re_1", "in_1", 500, "2026-01-20").status), "LEDGER_DAMAGED");
  EXPECT_EQ(ReasonOf(books.Ask(holds)), "LEDGER_DAMAGED");
  EXPECT_EQ(books.Balance("jane").held, 100);
}

// Whether he paid before, nobody knows: taken as his first payment it would count him twice, and bring a bonus again.
TEST(DamageTest, APaymentIsNotTakenWhereItIsLostWhoPays) {
  TestLedger books("2026-02-01");
  books.SignUp("cus_1", "jane", "2026-01-02");
  ASSERT_TRUE(books.Pay("in_1", "cus_1", 1000, "2026-01-10").status.ok());
  ASSERT_EQ(books.Balance("jane").pending, 100) << "and its rows are written";
  {
    const auto engine = books.OpenEngine();
    ASSERT_TRUE((*engine->OpenWriter())->Execute("DELETE FROM paying_customers").ok());
  }
  books.Reopen();
  const absl::Status status = books.Pay("in_2", "cus_1", 1000, "2026-01-20").status;
  EXPECT_EQ(ReasonOf(status), "LEDGER_DAMAGED");
  EXPECT_TRUE(absl::StrContains(status.message(), "paying_customers")) << status;
  EXPECT_EQ(books.Balance("jane").pending, 100) << "of the first payment alone";
}

// Whoever knows how the log is made can go on with it.
TEST_F(TamperTest, ARecordThatChangesWhatNoneMadeIsNamedWhetherOrNotItsRowsAreSaidToBeWritten) {
  for (const bool written : {false, true}) {
    WriteCopy(bytes_);
    log::v1::Record record;
    record.mutable_refund_recorded()->set_commission(4711);
    record.mutable_refund_recorded()->set_refund_id("re_forged");
    AppendForged(record, written);
    EXPECT_EQ(ProblemOf(copy_),
              "a record of the log changes what none made: table commission, row (program_id 1, number 4711): it is "
              "missing, though others lead to it");
  }
}

TEST_F(TamperTest, ARecordThatPromisesTooMuchOrComesTwiceIsNamedWhetherOrNotItsRowsAreSaidToBeWritten) {
  log::v1::Record payment, bound, again;
  payment.mutable_payment_recorded()->set_collected(1000);
  payment.mutable_payment_recorded()->set_base(1000);
  payment.mutable_payment_recorded()->mutable_state()->set_booked(500);
  bound.mutable_referral_bound()->set_customer(99);
  bound.mutable_referral_bound()->set_rate_bps(2000);
  again.mutable_referral_bound()->set_customer(1);
  for (const bool written : {false, true}) {
    const auto problem_with = [&](log::v1::Record& record) {
      WriteCopy(bytes_);
      AppendForged(record, written);
      return ProblemOf(copy_);
    };
    EXPECT_EQ(problem_with(payment),
              absl::StrCat("record ", records_ + 1, ": its commission of 500 is above a tenth of its base of 1000"));
    EXPECT_EQ(problem_with(bound),
              absl::StrCat("record ", records_ + 1, ": its rate of 2000 bps is above the 1000 that may be promised"));
    EXPECT_EQ(problem_with(again),
              "a record of the log makes what no table takes: table referral has a row of customer 1 already");
  }
}

TEST_F(TamperTest, ARecordThatPostsOtherThanItSaysIsNamedWhetherOrNotItsRowsAreSaidToBeWritten) {
  log::v1::Record payment, refund;
  payment.mutable_payment_recorded()->set_collected(1000);
  payment.mutable_payment_recorded()->set_base(1000);
  payment.mutable_payment_recorded()->mutable_state()->set_booked(100);
  const int64_t commission = CommissionOf("in3");
  refund.mutable_refund_recorded()->set_commission(commission);
  refund.mutable_refund_recorded()->set_refund_id("re_forged");
  for (const bool written : {false, true}) {
    WriteCopy(bytes_);
    AppendForged(payment, written);
    EXPECT_EQ(ProblemOf(copy_),
              absl::StrCat("record ", records_ + 1,
                           ": it posts 0 to what commissions cost, and says that its commission is 100"));
    WriteCopy(bytes_);
    AppendForged(refund, written);
    EXPECT_EQ(ProblemOf(copy_),
              absl::StrCat("record ", records_ + 1, ": it posts 0 to what commissions cost, and says that commission ",
                           commission, " changes by -100"));
  }
}

TEST_F(TamperTest, ARecordOfWhichHalfIsMissingEndsNobody) {
  std::vector<log::v1::Record> halves(3);
  halves[0].mutable_referral_bound()->set_customer(99);
  halves[1].mutable_touch_lost()->set_customer(1);
  halves[2].mutable_matured()->set_partner(1);
  for (log::v1::Record& record : halves) {
    WriteCopy(bytes_);
    AppendForged(record, true);
    EXPECT_TRUE(absl::StrContains(ProblemOf(copy_), "the log says"))
        << record.ShortDebugString() << ": " << ProblemOf(copy_);
  }
}

TEST_F(TamperTest, ABitAnywhereInTheFileIsFoundOrIsNoContent) {
  const auto content = ContentOf(original_);
  const int64_t trials = FromEnvironment("TRAILBOOK_TAMPER_TRIALS", 2000);
  int64_t found = 0;
  for (int64_t trial = 0; trial < trials; ++trial) {
    std::string bytes = bytes_;
    const auto at = static_cast<size_t>(Below(static_cast<int64_t>(bytes.size())));
    const auto bit = static_cast<int>(Below(8));
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << bit));
    WriteCopy(bytes);
    if (!ProblemOf(copy_).empty()) {
      ++found;
      continue;
    }
    const auto now = ContentOf(copy_);
    const auto [differs, original] = std::mismatch(now.begin(), now.end(), content.begin(), content.end());
    ASSERT_TRUE(differs == now.end() && original == content.end())
        << "byte " << at << " bit " << bit << " of " << bytes.size() << " changed "
        << (differs == now.end() ? "nothing" : differs->first);
  }
  RecordProperty("found", static_cast<int>(found));
  EXPECT_GT(found, trials / 4);  // the rest was room that nothing occupies
}

TEST_F(TamperTest, ARecordThatGoesComesOrChangesPlacesIsNamed) {
  for (int trial = 0; trial < 100; ++trial) {
    const int64_t first = 1 + Below(records_ - 1), second = first + 1 + Below(records_ - first);
    const auto named = [](const std::string& problem, int64_t record) {
      return absl::StrContains(problem, absl::StrCat("record ", record, " of the log"));
    };
    const std::string at = " WHERE program_id = 1 AND sequence = ";
    const std::string gone = ProblemAfter(absl::StrCat("DELETE FROM log_record", at, first));
    EXPECT_TRUE(named(gone, first)) << gone;
    const std::string swapped = ProblemAfter(absl::StrCat("UPDATE log_record SET sequence = 999999", at, first,
                                                          "; UPDATE log_record SET sequence = ", first, at, second,
                                                          "; UPDATE log_record SET sequence = ", second, at, 999999));
    EXPECT_TRUE(named(swapped, first)) << swapped;
    const std::string exchanged = ProblemAfter(
        absl::StrCat("UPDATE log_record SET body = (SELECT body FROM log_record", at, second, ")", at, first));
    EXPECT_TRUE(named(exchanged, first)) << exchanged;
    const std::string inserted = ProblemAfter(
        absl::StrCat("UPDATE log_record SET sequence = -sequence WHERE program_id = 1 AND sequence >= ", first,
                     "; UPDATE log_record SET sequence = 1 - sequence WHERE program_id = 1 AND sequence < 0",
                     "; INSERT INTO log_record SELECT program_id, ", first, ", body FROM log_record", at, first + 1));
    EXPECT_TRUE(named(inserted, first) || named(inserted, first + 1)) << inserted;
    const std::string cut =
        ProblemAfter(absl::StrCat("DELETE FROM log_record WHERE program_id = 1 AND sequence >= ", second));
    EXPECT_TRUE(absl::StrContains(cut, absl::StrCat("records after ", second - 1, " are missing")) ||
                absl::StrContains(cut, absl::StrCat("there are ", second - 1)))
        << cut;
  }
}

TEST_F(TamperTest, ARowBesideTheLogThatWasChangedOrIsGoneIsNamed) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"UPDATE partner_identity SET display_name = 'Mallory' WHERE partner = 1",
       "table partner_identity, row (program_id 1, partner 1)"},
      {"UPDATE payout_method SET account = 'DE-mallory' WHERE partner = 2",
       "table payout_method, row (program_id 1, partner 2)"},
      {"UPDATE payout_destination SET account = 'DE-mallory' WHERE payout = 1",
       "table payout_destination, row (program_id 1, batch 1, payout 1)"},
      {"UPDATE request SET number = number + 1 WHERE id_key = (SELECT MIN(id_key) FROM request)", "table request"},
      {"UPDATE parked SET event_time = event_time + 1 WHERE number = (SELECT MIN(number) FROM parked)", "table parked"},
      {"DELETE FROM partner_identity WHERE partner = 1", "table partner_identity: the row of number 1 is missing"},
      {"DELETE FROM partner_identity WHERE partner = 2", "table partner_identity has 1 rows, and the log says 2"},
      {"DELETE FROM partner_key WHERE partner = 2", "table partner_key: the name of number 2 is missing"},
      {"DELETE FROM customer_key WHERE customer = 5", "table customer_key: the name of number 5 is missing"},
      {"DELETE FROM customer_identity WHERE customer = 5", "table customer_identity: the row of number 5 is missing"},
      {"DELETE FROM code_key WHERE code = 1", "table code_key: the name of number 1 is missing"},
      {"DELETE FROM payout_destination WHERE payout = 2", "table payout_destination has 1 rows, and the log says 2"},
      {"UPDATE partner_identity SET partner = partner + 10; UPDATE partner_identity SET partner = 13 - partner",
       "table partner_identity"},
  };
  for (const auto& [sql, place] : cases) {
    const std::string problem = ProblemAfter(sql);
    EXPECT_TRUE(absl::StrContains(problem, place)) << sql << ": " << problem;
  }
}

TEST_F(TamperTest, RowsOfEveryTableThatFollowsFromTheLogAreMissed) {
  int emptied = 0;
  for (const auto& [table, rows] : ContentOf(original_)) {
    bool follows = false;
    Book shapes;
    shapes.ForEachProjection([&]<typename R>(Table<R>&) { follows = follows || table == R::kTable; });
    if (!follows || rows.empty()) continue;
    const std::string problem = ProblemAfter(absl::StrCat("DELETE FROM ", table));
    EXPECT_TRUE(absl::StrContains(problem, absl::StrCat("table ", table, ": "))) << table << ": " << problem;
    ++emptied;
  }
  EXPECT_GE(emptied, 15);
}

// A log of several chunks, so that it is still read while its first records are rebuilt (verify/rebuild.h). How many
// records it has.
int64_t SaveLongLog(const std::string& path, int payments = 9000) {
  TestLedger books("2026-03-01");
  for (int n = 0; n < 50; ++n) books.SignUp(absl::StrCat("c", n), n % 2 == 0 ? "jane" : "tom", "2026-01-02");
  std::vector<Report> reports;
  for (int n = 0; n < payments; ++n) {
    reports.push_back(PaymentReport{absl::StrCat("in", n),
                                    absl::StrCat("c", n % 50),
                                    {"EUR", 1000 + n},
                                    1000 + n,
                                    TestLedger::Noon("2026-01-10"),
                                    {},
                                    false});
  }
  books.ReportAll(std::move(reports));
  const auto saved = books.Ask([&path](Queries& queries) { return queries.BackUp(path); });
  EXPECT_TRUE(saved.ok()) << saved.status();
  return saved.ok() ? saved->logs[0].size : 0;
}

// Its empty stores have room for little.
class SmallScratch final : public ChangedEngine {
 public:
  using ChangedEngine::ChangedEngine;
  absl::StatusOr<std::unique_ptr<store::Database>> OpenScratch() override {
    auto scratch = ChangedEngine::OpenScratch();
    EXPECT_TRUE((*scratch)->Execute("PRAGMA main.max_page_count = 200; PRAGMA temp.max_page_count = 200").ok());
    return scratch;
  }
};

TEST(LongLogTest, WhereItsTablesHaveNoRoomToBeWrittenAnewThatIsSaid) {
  const std::string path = testing::TempDir() + absl::StrCat("small-", getpid(), ".db");
  ASSERT_GT(SaveLongLog(path, 45000), 45000);
  const auto whole = store::OpenSqlite(path);
  const auto reader = *(*whole)->OpenReader();
  EXPECT_TRUE(Queries(whole->get(), reader.get(), absl::Now()).Verify("p")->ok);
  SmallScratch engine(*store::OpenSqlite(path));
  const auto cut_short = *engine.OpenReader();
  const absl::Status verified = Queries(&engine, cut_short.get(), absl::Now()).Verify("p").status();
  EXPECT_EQ(ReasonOf(verified), "DISK_FULL");
  EXPECT_TRUE(absl::StrContains(verified.message(), "SQLITE_TMPDIR")) << verified;
  Remove(path);
}

TEST(LongLogTest, WhatIsWrongAnywhereInItIsNamed) {
  const std::string original = testing::TempDir() + absl::StrCat("long-", getpid(), ".db"), copy = original + ".copy";
  const int64_t records = SaveLongLog(original);
  ASSERT_GT(records, 9000);
  EXPECT_EQ(ProblemOf(original), "");
  const std::string first = "(SELECT MIN(number) FROM commission)", last = "(SELECT MAX(number) FROM commission)";
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"UPDATE commission SET flags = 7 WHERE number = " + first, "flags is 7, the log says 0"},
      {"UPDATE commission SET flags = 7 WHERE number = " + last, "flags is 7, the log says 0"},
      {"UPDATE log_record SET body = x'00' WHERE sequence = 60", "record 60 of the log: its stored bytes"},
      {absl::StrCat("UPDATE log_record SET body = x'00' WHERE sequence = ", records),
       absl::StrCat("record ", records, " of the log: its stored bytes")},
      {absl::StrCat("DELETE FROM log_record WHERE sequence = ", records),
       absl::StrCat("records after ", records - 1, " are missing")},
      {absl::StrCat("UPDATE watermark SET sequence = ", records + 1),
       "records are said to be written, but the log has"},
      {"UPDATE watermark SET sequence = 4500", "waits, the log knows no such id"},
      {"UPDATE watermark SET sequence = 0", "table program: row (program_id 1) is there, the log knows no such row"},
  };
  for (const auto& [sql, named] : cases) {
    Remove(copy);
    std::filesystem::copy_file(original, copy);
    const std::string problem = ProblemAfterChange(copy, sql);
    EXPECT_TRUE(absl::StrContains(problem, named)) << sql << ": " << problem;
  }
  Remove(original);
  Remove(copy);
}

TEST_F(TamperTest, ATriggerAnIndexOrAStatisticThatIsGoneIsNamed) {
  for (const char* sql :
       {"DROP TRIGGER log_record_no_delete", "DROP INDEX click_by_time", "DELETE FROM sqlite_stat1"}) {
    WriteCopy(bytes_);
    {
      const auto engine = *store::OpenSqlite(copy_);
      EXPECT_TRUE((*engine->OpenWriter())->Execute(sql).ok());
    }
    EXPECT_TRUE(absl::StrContains(ProblemOf(copy_), "the store's schema was changed"))
        << sql << ": " << ProblemOf(copy_);
  }
}

}  // namespace
}  // namespace trailbook
