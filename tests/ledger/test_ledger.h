// A ledger in a directory of its own, or in another store, with a clock that a test sets: every call waits for its
// answer. Not thread-safe.
#ifndef TRAILBOOK_TESTS_LEDGER_TEST_LEDGER_H_
#define TRAILBOOK_TESTS_LEDGER_TEST_LEDGER_H_

#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "ledger/ledger.h"
#include "ledger/store/migrations.h"
#include "ledger/store/row_mapping.h"
#include "ledger/store/sqlite.h"
#include "tests/ledger/iban.h"

namespace trailbook {

class TestLedger {
 public:
  using OpenStore = std::function<absl::StatusOr<std::unique_ptr<store::Engine>>()>;
  // The program "p" at 10 %, hold 30 days, with the partners "jane" (code "jane") and "tom" (code "tom") paid by sepa
  // in EUR.
  explicit TestLedger(absl::string_view now = "2026-01-01", Ledger::Options options = {},
                      OpenStore open_store = nullptr)
      : options_(std::move(options)),
        open_store_(open_store != nullptr ? std::move(open_store) : [this] { return store::OpenSqlite(Path()); }) {
    static int next = 0;
    dir_ = testing::TempDir() + absl::StrCat("trailbook-", getpid(), "-", next++);
    std::filesystem::create_directories(dir_);
    SetNow(now);
    {
      auto engine = open_store_();
      auto db = (*engine)->OpenWriter();
      EXPECT_TRUE(store::Migrate(**db).ok());
      // The same secret in every ledger, so that the same commands make the same log: what is logged of bank details
      // hangs on it.
      const std::string secret(32, 's');
      EXPECT_TRUE((*db)
                      ->InsertMany({"secret", {"name", "value", store::kSealColumn}, 1},
                                   {{std::string(store::kSecretName), store::Blob{secret},
                                     store::ToValue(store::SealOfSecret(secret))}})
                      .ok());
    }
    Open();
    CreateProgram program;
    program.program_id = "p";
    program.display_name = "Program";
    program.terms.rate_bps = 1000;
    program.terms.hold_days = 30;
    EXPECT_TRUE(Do(program).ok());
    for (const char* id : {"jane", "tom"}) {
      PartnerSpec partner;
      partner.partner_id = partner.display_name = partner.link_code = id;
      partner.email = absl::StrCat(id, "@clinic.example");
      partner.method_type = "sepa";
      partner.method_account = IbanFor(id);
      const auto made = Do(CreatePartner{"p", partner});
      EXPECT_TRUE(made.ok()) << made.status();
    }
  }
  ~TestLedger() {
    ledger_.reset();
    std::filesystem::remove_all(dir_);
  }

  void Open() {
    Ledger::Options options = options_;
    options.clock = [this] { return now_; };
    ledger_ = *Ledger::Open(*open_store_(), options);
  }
  void Reopen() {
    ledger_.reset();
    Open();
  }
  Ledger& ledger() { return *ledger_; }
  // The same store once more.
  std::unique_ptr<store::Engine> OpenEngine() { return *open_store_(); }
  std::string Path() const { return dir_ + "/trailbook.db"; }

  // Noon of a day.
  void SetNow(absl::string_view day) { now_ = absl::FromUnixSeconds(Noon(day)); }
  static int64_t Noon(absl::string_view day) {
    return absl::ToUnixSeconds(StartOf(*ParseDay(day), absl::UTCTimeZone())) + 12 * 3600;
  }

  absl::StatusOr<MutationReply> Do(Mutation mutation, const std::string& actor = "ann") {
    std::promise<absl::StatusOr<MutationReply>> done;
    ledger_->Mutate(std::move(mutation), {absl::StrCat("r", ++requests_), "content"}, actor,
                    [&done](absl::StatusOr<MutationReply> reply) { done.set_value(std::move(reply)); });
    return done.get_future().get();
  }

  ReportOutcome Report(trailbook::Report report) {
    std::promise<absl::StatusOr<std::vector<ReportOutcome>>> done;
    ledger_->Report("p", {std::move(report)}, "reporter", [&done](absl::StatusOr<std::vector<ReportOutcome>> outcomes) {
      done.set_value(std::move(outcomes));
    });
    auto outcomes = done.get_future().get();
    if (outcomes.ok()) return outcomes->front();
    ReportOutcome refused;
    refused.status = outcomes.status();
    return refused;
  }
  std::vector<ReportOutcome> ReportAll(std::vector<trailbook::Report> reports) {
    std::promise<absl::StatusOr<std::vector<ReportOutcome>>> done;
    ledger_->Report("p", std::move(reports), "reporter", [&done](absl::StatusOr<std::vector<ReportOutcome>> outcomes) {
      done.set_value(std::move(outcomes));
    });
    auto outcomes = done.get_future().get();
    EXPECT_TRUE(outcomes.ok()) << outcomes.status();
    return outcomes.ok() ? *std::move(outcomes) : std::vector<ReportOutcome>();
  }
  ReportOutcome SignUp(const std::string& customer, const std::string& code, absl::string_view day,
                       const std::string& email = "") {
    SignUpReport report;
    report.customer_id = customer;
    report.link_code = code;
    report.email = email;
    report.time = Noon(day);
    return Report(report);
  }
  ReportOutcome Pay(const std::string& id, const std::string& customer, int64_t euro_cents, absl::string_view day) {
    return Report(PaymentReport{id, customer, {"EUR", euro_cents}, euro_cents, Noon(day), {}, false});
  }
  ReportOutcome Refund(const std::string& id, const std::string& payment, int64_t euro_cents, absl::string_view day) {
    return Report(RefundReport{id, payment, {"EUR", euro_cents}, false, Noon(day)});
  }

  void Mature() {
    std::promise<absl::Status> done;
    ledger_->RunMaturity("p", "", "ann",
                         [&done](absl::StatusOr<MaturityReply> reply) { done.set_value(reply.status()); });
    EXPECT_TRUE(done.get_future().get().ok());
  }

  // Runs a query; its value.
  template <typename F>
  auto Ask(F&& question) -> decltype(question(std::declval<Queries&>())) {
    std::promise<decltype(question(std::declval<Queries&>()))> done;
    ledger_->Read([&](absl::StatusOr<Queries*> queries) { done.set_value(question(**queries)); });
    return done.get_future().get();
  }

  // What a partner has in EUR at the end of a day (empty: now).
  EarningsView Balance(const std::string& partner, const std::string& day = "") {
    const auto all = Ask([&](Queries& queries) { return queries.GetPartnerEarnings("p", partner, day); });
    for (const EarningsView& view : all->earnings) {
      if (view.currency == "EUR") return view;
    }
    return {};
  }
  // Sends a batch of what is payable in EUR; its number.
  int64_t Send(const std::string& currency = "EUR") {
    const auto made = Do(CreatePayoutBatch{"p", currency, "", "main"});
    EXPECT_TRUE(made.ok()) << made.status();
    const int64_t batch = made->number;
    const absl::Status submitted = Do(SubmitPayoutBatch{"p", batch}).status();
    EXPECT_TRUE(submitted.ok()) << submitted;
    const auto view = Ask([batch](Queries& queries) { return queries.GetBatch("p", batch); });
    EXPECT_TRUE(Do(ApprovePayoutBatch{"p", batch, view->content_hash_hex}, "bob").ok());
    EXPECT_TRUE(Do(ExportPayoutBatch{"p", batch}).ok());
    return batch;
  }
  absl::Status Result(int64_t batch, int64_t payout, PayoutResultKind result) {
    return Do(RecordPayoutResult{"p", batch, payout, result, "statement", ""}).status();
  }

  // Every balance of a partner is the sum of the parts that explain it, a page of two at a time; what is due on a day
  // is the sum of its commissions.
  void ExpectExplained(const std::string& partner, const std::string& currency = "EUR") {
    const auto all = Ask([&](Queries& queries) { return queries.GetPartnerEarnings("p", partner, ""); });
    EarningsView now;
    for (const EarningsView& view : all->earnings) {
      if (view.currency == currency) now = view;
    }
    const int64_t balances[] = {now.pending, now.held, now.payable, now.reserved, now.receivable, now.paid};
    for (int kind = 1; kind <= 6; ++kind) {
      int64_t sum = 0;
      PageRequest page{2, ""};
      do {
        const auto view = Ask([&](Queries& queries) {
          return queries.ExplainBalance("p", partner, currency, static_cast<BalanceKind>(kind), page);
        });
        ASSERT_TRUE(view.ok()) << view.status();
        EXPECT_EQ(view->amount, balances[kind - 1]) << "balance " << kind << " of " << partner;
        for (const BalancePartView& part : view->parts.items) {
          sum += part.amount;
          EXPECT_FALSE(part.text.empty()) << part.kind;
          if (part.kind == "MATURES") ExpectDue(partner, currency, part.mature_date, part.amount);
        }
        page.cursor = view->parts.next;
      } while (!page.cursor.empty());
      EXPECT_EQ(sum, balances[kind - 1]) << "parts of balance " << kind << " of " << partner;
    }
  }
  void ExpectDue(const std::string& partner, const std::string& currency, const std::string& day, int64_t amount) {
    int64_t sum = 0;
    PageRequest page{2, ""};
    do {
      const auto due =
          Ask([&](Queries& queries) { return queries.ListDueCommissions("p", partner, currency, day, page); });
      ASSERT_TRUE(due.ok()) << due.status();
      for (const DueCommissionView& item : due->items) {
        if (item.sequence == 0) sum += item.amount;
      }
      page.cursor = due->next;
    } while (!page.cursor.empty());
    EXPECT_EQ(sum, amount) << "due to " << partner << " on " << day;
  }
  // The rebuilt tables equal the live ones, every entry nets to zero.
  void ExpectVerified() {
    const auto report = Ask([](Queries& queries) { return queries.Verify("p"); });
    ASSERT_TRUE(report.ok()) << report.status();
    EXPECT_TRUE(report->ok) << report->problem;
  }

 private:
  std::string dir_;
  Ledger::Options options_;
  OpenStore open_store_;
  absl::Time now_;
  std::unique_ptr<Ledger> ledger_;
  int64_t requests_ = 0;
};

}  // namespace trailbook

#endif  // TRAILBOOK_TESTS_LEDGER_TEST_LEDGER_H_
