// What questions cost: pages read for balances, a page of a statement, an explanation, a page of a list, however long
// the history. Asked at ten thousand commissions and again at a hundred times as many (TRAILBOOK_COST_COMMISSIONS sets
// another end).
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/domain/parking.h"
#include "ledger/store/repository.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

constexpr int64_t kFew = 10000;
constexpr int64_t kMany = 1000000;
constexpr int64_t kBatch = 5000;
constexpr int64_t kCustomers = 500;
constexpr int64_t kADay = 100;  // payments a day, half of them jane's

class CostTest : public testing::Test {
 protected:
  CostTest() {
    for (int64_t customer = 0; customer < kCustomers; ++customer) {
      ledger_.SignUp(CustomerOf(customer), customer % 2 == 0 ? "jane" : "tom", "2000-01-01");
    }
  }
  static std::string CustomerOf(int64_t n) { return absl::StrCat("cus_", n % kCustomers); }

  // Payments up to a number, a few hundred a day from 2000 on; some are refunded, some disputed for ever. The clock
  // follows.
  void GrowTo(int64_t commissions) {
    while (payments_ < commissions) {
      std::vector<Report> reports;
      for (int64_t n = 0; n < kBatch; ++n, ++payments_) {
        const int64_t time = TestLedger::Noon("2000-01-02") + payments_ / kADay * 86400;
        reports.push_back(
            PaymentReport{absl::StrCat("in_", payments_), CustomerOf(payments_), {"EUR", 1000}, 1000, time, {}, false});
        if (payments_ % 50 == 0) {
          reports.push_back(
              RefundReport{absl::StrCat("re_", payments_), absl::StrCat("in_", payments_), {"EUR", 400}, false, time});
        }
        now_ = time;
      }
      ledger_.SetNow(FormatDay(DayOf(now_, absl::UTCTimeZone())));
      for (const ReportOutcome& outcome : ledger_.ReportAll(std::move(reports))) {
        ASSERT_TRUE(outcome.status.ok()) << outcome.status;
      }
    }
    ledger_.Mature();
    if (batches_ < 2) {  // what is payable is paid: at the few and again at the many
      const int64_t batch = ledger_.Send();
      ASSERT_TRUE(ledger_.Result(batch, 1, PayoutResultKind::kSettled).ok());
      ++batches_;
    }
  }

  // Pages that each question reads, asked of a fresh working set over a warm connection.
  std::map<std::string, int64_t> Ask() {
    const auto engine = *store::OpenSqlite(ledger_.Path());
    const auto reader = *engine->OpenReader();
    std::map<std::string, int64_t> pages;
    const absl::Time now = absl::FromUnixSeconds(now_);
    const std::string today = FormatDay(DayOf(now_, absl::UTCTimeZone()));
    const auto ask = [&](const std::string& name, const std::function<absl::Status(Queries&)>& question) {
      for (int round = 0; round < 2; ++round) {
        Queries queries(engine.get(), reader.get(), now);
        const int64_t before = reader->PagesRead();
        const absl::Status status = question(queries);
        EXPECT_TRUE(status.ok()) << name << ": " << status;
        pages[name] = reader->PagesRead() - before;
      }
    };
    const int64_t newest = ledger_.Ask([](Queries& q) {
                                    return q.ListCommissions("p", "jane", {1, ""});
                                  })
                               ->items[0]
                               .number;
    const int64_t oldest = first_commission_;
    ask("earnings now", [](Queries& q) { return q.GetPartnerEarnings("p", "jane", "").status(); });
    ask("earnings as of last week", [&](Queries& q) {
      return q.GetPartnerEarnings("p", "jane", FormatDay(DayOf(now_, absl::UTCTimeZone()) - 7)).status();
    });
    ask("statement of this week, a page", [&](Queries& q) {
      return q.GetStatement("p", "jane", "EUR", FormatDay(DayOf(now_, absl::UTCTimeZone()) - 6), today, {50, ""})
          .status();
    });
    ask("statement of the first week, a page", [&](Queries& q) {
      return q.GetStatement("p", "jane", "EUR", "2000-01-02", "2000-01-08", {50, ""}).status();
    });
    ask("explain the newest", [&](Queries& q) { return q.Explain("p", newest).status(); });
    ask("explain the oldest", [&](Queries& q) { return q.Explain("p", oldest).status(); });
    ask("commissions, a page", [](Queries& q) { return q.ListCommissions("p", "jane", {50, ""}).status(); });
    ask("why pending, a page", [](Queries& q) {
      return q.ExplainBalance("p", "jane", "EUR", BalanceKind::kPending, {50, ""}).status();
    });
    ask("why payable, a page", [](Queries& q) {
      return q.ExplainBalance("p", "jane", "EUR", BalanceKind::kPayable, {50, ""}).status();
    });
    ask("due on a day, a page", [](Queries& q) {
      return q.ListDueCommissions("p", "jane", "EUR", "2000-02-01", {50, ""}).status();
    });
    ask("lines of a payout, a page", [](Queries& q) { return q.ListPayoutLines("p", 1, 1, {20, ""}).status(); });
    return pages;
  }

  TestLedger ledger_{"2000-01-01"};
  int64_t payments_ = 0, now_ = TestLedger::Noon("2000-01-01"), batches_ = 0, first_commission_ = 0;
};

int64_t End() {
  const char* given = std::getenv("TRAILBOOK_COST_COMMISSIONS");
  int64_t end = kMany;
  if (given != nullptr && !absl::SimpleAtoi(given, &end)) {
    ADD_FAILURE() << "TRAILBOOK_COST_COMMISSIONS=" << given << " is no number";
  }
  return end;
}

TEST_F(CostTest, AnswersReadWhatTheyReturnHoweverLongTheHistory) {
  ledger_.Pay("in_first", CustomerOf(0), 1000, "2000-01-01");
  first_commission_ = ledger_.Ask([](Queries& q) { return q.ListCommissions("p", "jane", {1, ""}); })->items[0].number;
  GrowTo(kFew);
  const auto few = Ask();
  GrowTo(End());
  const auto many = Ask();
  for (const auto& [question, pages] : few) {
    std::printf("%-40s %6lld pages at %lld commissions, %6lld at %lld\n", question.c_str(),
                static_cast<long long>(pages), static_cast<long long>(kFew), static_cast<long long>(many.at(question)),
                static_cast<long long>(payments_));
    // B-trees grow by a level or two; nothing else may.
    EXPECT_LE(many.at(question), pages * 2) << question;
  }
}

// One day with more records than many a history: its pages cost the same at its beginning, in its middle and at its
// end.
TEST_F(CostTest, APageOfABusyDayDoesNotReadTheDay) {
  std::vector<Report> reports;
  for (int64_t n = 0; n < kBatch; ++n) {
    reports.push_back(PaymentReport{
        absl::StrCat("in_", n), CustomerOf(0), {"EUR", 1000}, 1000, TestLedger::Noon("2000-01-01"), {}, false});
  }
  ledger_.ReportAll(std::move(reports));
  const auto engine = *store::OpenSqlite(ledger_.Path());
  const auto reader = *engine->OpenReader();
  std::vector<int64_t> pages;
  int64_t lines = 0, sum = 0;
  PageRequest page{100, ""};
  do {
    Queries queries(engine.get(), reader.get(), absl::FromUnixSeconds(TestLedger::Noon("2000-01-01")));
    const int64_t before = reader->PagesRead();
    const auto view = queries.GetStatement("p", "jane", "EUR", "2000-01-01", "2000-01-01", page);
    ASSERT_TRUE(view.ok()) << view.status();
    pages.push_back(reader->PagesRead() - before);
    for (const StatementLine& line : view->lines.items) sum += line.amount;
    lines += static_cast<int64_t>(view->lines.items.size());
    page.cursor = view->lines.next;
  } while (!page.cursor.empty());
  EXPECT_EQ(lines, kBatch);
  EXPECT_EQ(sum, kBatch * 100);
  EXPECT_EQ(static_cast<int64_t>(pages.size()), kBatch / 100);
  std::sort(pages.begin(), pages.end());
  EXPECT_LE(
      pages.back(),
      pages.front() * 3);  // a page that begins just after a mark reads fewer records than one that ends just before it
}

// Reports of customers whom nobody referred wait for a sign-up that never comes, and there are many: a payment costs
// the same beside them.
TEST_F(CostTest, WhatWaitsIsFoundByWhatItWaitsFor) {
  const auto park = [this](int64_t from, int64_t to) {
    std::vector<Report> reports;
    for (int64_t n = from; n < to; ++n) {
      reports.push_back(PaymentReport{absl::StrCat("in_", n),
                                      absl::StrCat("nobody_", n),
                                      {"EUR", 1000},
                                      1000,
                                      TestLedger::Noon("2000-01-01"),
                                      {},
                                      false});
    }
    for (const ReportOutcome& outcome : ledger_.ReportAll(std::move(reports))) {
      ASSERT_EQ(outcome.kind, OutcomeKind::kParked);
    }
  };
  const auto pages = [this](const std::function<void(store::Repository&, Book&)>& load) {
    const auto engine = *store::OpenSqlite(ledger_.Path());
    const auto reader = *engine->OpenReader();
    Book book;
    store::Repository repository(reader.get(), &book);
    const int64_t before = reader->PagesRead();
    load(repository, book);
    EXPECT_TRUE(repository.TakeError().ok());
    return reader->PagesRead() - before;
  };
  const Hash128 wanted = WaitForCustomer("nobody_77"), free = WaitForCustomer("somebody");
  const auto singly = [&](store::Repository& repository, Book&) {
    EXPECT_EQ(repository.ParkedFor(1, wanted).size(), 1u);
    EXPECT_TRUE(repository.ParkedFor(1, free).empty());
  };
  const auto in_bulk = [&](store::Repository& repository, Book& book) {
    book.wanted_parked = {{1, wanted}, {1, free}};
    EXPECT_TRUE(repository.LoadWanted().ok());
    EXPECT_EQ((book.stored_parked.at({1, wanted}).size()), 1u);
    EXPECT_TRUE((book.stored_parked.at({1, free}).empty()));
  };
  park(0, 100);
  const int64_t few = pages(singly), few_in_bulk = pages(in_bulk);
  park(100, 40000);
  EXPECT_LE(pages(singly), few + 10);
  EXPECT_LE(pages(in_bulk), few_in_bulk + 10);
}

}  // namespace
}  // namespace trailbook
