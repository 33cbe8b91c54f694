// What is asked for in bulk is all that is needed: nothing is left to load row by row, which costs a round trip each
// where the store is another machine.
#include "ledger/jobs/prefetch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/domain/operations.h"
#include "ledger/store/repository.h"
#include "ledger/writer/log_ends.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

// From now on counts what a table is asked for and has not, instead of loading it.
template <typename R>
void CountLoads(Table<R>& table, int& count) {
  table.SetLoader([](void* counter, Table<R>&, const typename R::Key&) { ++*static_cast<int*>(counter); }, nullptr,
                  &count);
}

PartnerSpec Row(const std::string& id, const std::string& link, const std::string& coupon) {
  PartnerSpec row;
  row.partner_id = row.display_name = id;
  row.link_code = link;
  row.coupon_code = coupon;
  return row;
}

// A writer's book over books that nobody else has open, in a transaction that is never committed.
class Bench {
 public:
  Bench(TestLedger& books, absl::string_view today)
      : engine_(*store::OpenSqlite((books.ledger().Drain(), books.Path()))), db_(*engine_->OpenWriter()) {
    journal_.SetContext(TestLedger::Noon(today) * 1000000, "noor");
    EXPECT_TRUE(db_->Begin(true).ok());
  }
  ~Bench() { db_->Rollback(); }

  Book& book() { return book_; }
  store::Repository& repository() { return repository_; }
  Operations& operations() { return operations_; }

 private:
  std::unique_ptr<store::Engine> engine_;
  std::unique_ptr<store::Database> db_;
  Book book_;
  store::Repository repository_{db_.get(), &book_};
  LogEnds ends_{db_.get()};
  Journal journal_{&book_, &ends_};
  Operations operations_{&book_, &journal_};
};

TEST(Prefetch, AnImportOfPartnersLoadsNothingRowByRow) {
  TestLedger books;
  Bench bench(books, "2026-01-01");
  Book& book = bench.book();
  const std::vector<PartnerSpec> rows = {Row("new-1", "New-1", ""), Row("jane", "jane", ""), Row("new-2", "", "NEW2"),
                                         Row("tom", "jane", "")};
  for (int round = 0; round < 3; ++round) {
    WantPartners(book, "p", rows);
    ASSERT_TRUE(bench.repository().LoadWanted().ok());
  }
  WantPartners(book, "p", {Row(std::string("a\0b", 3), std::string("c\0d", 3), "")});
  EXPECT_TRUE(book.partner_keys.wanted().empty() && book.code_keys.wanted().empty()) << "PostgreSQL takes no such text";
  int loads = 0;
  CountLoads(book.partner_keys, loads);
  CountLoads(book.partner_identities, loads);
  CountLoads(book.partners, loads);
  CountLoads(book.payout_methods, loads);
  CountLoads(book.codes, loads);
  CountLoads(book.code_keys, loads);
  CountLoads(book.code_identities, loads);
  std::vector<ImportRowOutcome::Kind> kinds;
  for (const PartnerSpec& row : rows) kinds.push_back(bench.operations().Import("p", row).kind);
  using enum ImportRowOutcome::Kind;
  EXPECT_EQ(kinds[0], kCreated);
  EXPECT_EQ(kinds[2], kCreated);
  EXPECT_EQ(kinds[3], kDiffers) << "the code is another partner's";
  EXPECT_EQ(loads, 0);
}

TEST(Prefetch, ABatchThatIsTriedAgainAsksForEverythingAgain) {
  TestLedger books("2026-01-01");
  books.SignUp("cus_1", "jane", "2026-01-01");
  Bench bench(books, "2026-01-02");
  Book& book = bench.book();
  std::vector<Report> reports;
  for (const char* id : {"in_1", "in_2"}) {
    reports.push_back(PaymentReport{id, "cus_1", {"EUR", 1000}, 1000, TestLedger::Noon("2026-01-02"), {}, false});
  }
  ReportPrefetch prefetch(reports);
  for (int tries = 0; tries < 2; ++tries) {
    book.Clear();  // as after a failure
    for (int round = 0; round < 4; ++round) {
      prefetch.Want(book, "p", round == 0);
      ASSERT_TRUE(bench.repository().LoadWanted().ok());
    }
    EXPECT_EQ(book.referrals.size(), 1u) << tries;
    EXPECT_EQ(book.external_keys.size(), 2u) << tries;
    EXPECT_EQ(book.earners.size(), 1u) << tries;
    EXPECT_EQ(book.earner_days.size(), 2u) << tries << ": of the payment, and of its maturity";
  }
}

TEST(Prefetch, ANewPaymentWhoseRowsAreThereIsLookedOverOnce) {
  TestLedger books("2026-01-01");
  books.SignUp("cus_1", "jane", "2026-01-01");
  books.Pay("in_1", "cus_1", 1000, "2026-01-01");
  Bench bench(books, "2026-01-02");
  Book& book = bench.book();
  const auto payment = [](const char* id) {
    return PaymentReport{id, "cus_1", {"EUR", 1000}, 1000, TestLedger::Noon("2026-01-02"), {}, false};
  };
  const std::vector<Report> warm = {payment("in_2")};
  ReportPrefetch first(warm);
  for (int round = 0; round < 4; ++round) {
    first.Want(book, "p", round == 0);
    ASSERT_TRUE(bench.repository().LoadWanted().ok());
  }
  // Of its id it is known at once that it is new.
  int asked = 0;
  book.external_keys.SetLoader(nullptr, nullptr, &asked);
  book.external_keys.SetAtHand([](void* counter, Table<ExternalKey>& table, const ExternalKey::Key& key) {
    ++*static_cast<int*>(counter);
    table.LoadedAbsent(key);
    return true;
  });
  const std::vector<Report> reports = {payment("in_3")};
  ReportPrefetch prefetch(reports);
  prefetch.Want(book, "p", true);
  EXPECT_EQ(asked, 1);
  book.ForEach([](auto& table) { EXPECT_TRUE(table.wanted().empty()); });
  book.external_keys.Clear();
  prefetch.Want(book, "p", false);
  EXPECT_EQ(asked, 1) << "it was complete";
  prefetch.Want(book, "p", true);
  EXPECT_EQ(asked, 2);
}

// What a payout batch asks about each partner.
void CountPayoutLoads(Book& book, int& loads) {
  CountLoads(book.partners, loads);
  CountLoads(book.partner_identities, loads);
  CountLoads(book.payout_methods, loads);
  CountLoads(book.earners, loads);
  CountLoads(book.earner_days, loads);
  CountLoads(book.payable_lines, loads);
  CountLoads(book.payouts, loads);
  CountLoads(book.payout_destinations, loads);
}

TEST(Prefetch, APayoutBatchLoadsNothingRowByRow) {
  TestLedger books("2026-01-01");
  for (const char* id : {"jane", "tom"}) {
    books.SignUp(absl::StrCat("cus_", id), id, "2026-01-01");
    books.Pay(absl::StrCat("in_", id), absl::StrCat("cus_", id), 10000, "2026-01-01");
  }
  books.SetNow("2026-03-01");
  books.Mature();
  ASSERT_TRUE(books.Do(CreatePayoutBatch{"p", "EUR", "", "main"}).ok());
  {
    Bench bench(books, "2026-03-01");
    int loads = 0;
    CountPayoutLoads(bench.book(), loads);
    const auto submitted = bench.operations().Do(SubmitPayoutBatch{"p", 1});
    ASSERT_TRUE(submitted.ok()) << submitted.status();
    EXPECT_EQ(bench.book().payouts.dirty().size(), 2u);
    EXPECT_EQ(loads, 0);
  }
  books.Reopen();
  ASSERT_TRUE(books.Do(SubmitPayoutBatch{"p", 1}).ok());
  Bench bench(books, "2026-03-01");
  const std::string hash = Hex(bench.book().payout_batches.Get({1, 1})->content_hash.bytes);
  int loads = 0;
  CountPayoutLoads(bench.book(), loads);
  ASSERT_TRUE(bench.operations().Do(ApprovePayoutBatch{"p", 1, hash}).ok());
  ASSERT_TRUE(bench.operations().Do(ExportPayoutBatch{"p", 1}).ok());
  EXPECT_EQ(bench.book().payouts.dirty().size(), 2u);
  EXPECT_EQ(loads, 0);
}

}  // namespace
}  // namespace trailbook
