// While the store cannot be reached, or rows are gone: whichever question fails, the answer is an error, never a part
// of the truth, and the ledger goes on.
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/ledger/flaky_engine.h"
#include "tests/model/generator.h"
#include "tests/model/real.h"

namespace trailbook::model {
namespace {

struct Question {
  std::string name;
  std::function<absl::Status(Queries&)> ask;
};

constexpr int64_t kNumbersOfAKind = 6;
const PageRequest kPage{20, ""};

void AskOfProgram(std::vector<Question>& questions) {
  const auto add = [&questions](const char* name, auto ask) {
    questions.push_back({name, [ask](Queries& q) { return ask(q).status(); }});
  };
  add("GetProgram", [](Queries& q) { return q.GetProgram("p"); });
  add("ListPrograms", [](Queries& q) { return q.ListPrograms(kPage); });
  add("ListTerms", [](Queries& q) { return q.ListTerms("p", kPage); });
  add("ListGroups", [](Queries& q) { return q.ListGroups("p", kPage); });
  add("ListLowerings", [](Queries& q) { return q.ListLowerings("p", kPage); });
  add("Simulate", [](Queries& q) { return q.Simulate("p", {}, kPage); });
  add("ListPartners", [](Queries& q) { return q.ListPartners("p", kPage); });
  add("ListCodes", [](Queries& q) { return q.ListCodes("p", "", kPage); });
  add("ListEarnings", [](Queries& q) { return q.ListEarnings("p", "", kPage); });
  add("Forecast", [](Queries& q) { return q.Forecast("p", "", ""); });
  add("ListParked", [](Queries& q) { return q.ListParked("p", kPage); });
  add("PreviewBatch", [](Queries& q) { return q.PreviewBatch("p", "EUR", ""); });
  add("ListBatches", [](Queries& q) { return q.ListBatches("p", kPage); });
  add("ListFxRates", [](Queries& q) { return q.ListFxRates("p", kPage); });
  add("ListCorrections", [](Queries& q) { return q.ListCorrections("p", kPage); });
  add("ListReviews", [](Queries& q) { return q.ListReviews("p", kPage); });
  add("ListHolds", [](Queries& q) { return q.ListHolds("p", kPage); });
  add("ListRecords", [](Queries& q) { return q.ListRecords("p", 0, false, kPage); });
  add("ListAccounts", [](Queries& q) { return q.ListAccounts("p", kPage); });
  add("TrialBalance", [](Queries& q) { return q.TrialBalance("p", ""); });
  add("GetInclusionProof", [](Queries& q) { return q.GetInclusionProof("p", 1, 0); });
  add("GetConsistencyProof", [](Queries& q) { return q.GetConsistencyProof("p", 1, 0); });
  add("GetLogHead", [](Queries& q) { return q.GetLogHead("p"); });
  add("ReadBundle", [](Queries& q) { return q.ReadBundle("p", 0, 1); });
  add("Verify", [](Queries& q) { return q.Verify("p"); });
}

void AskOfPartner(std::vector<Question>& questions, const std::string& id) {
  const auto add = [&](const char* name, auto ask) {
    questions.push_back({absl::StrCat(name, " of ", id), [ask, id](Queries& q) { return ask(q, id).status(); }});
  };
  add("GetPartner", [](Queries& q, const std::string& of) { return q.GetPartner("p", of); });
  add("GetPartnerEarnings", [](Queries& q, const std::string& of) { return q.GetPartnerEarnings("p", of, ""); });
  add("ListCommissions", [](Queries& q, const std::string& of) { return q.ListCommissions("p", of, kPage); });
  add("GetStatement",
      [](Queries& q, const std::string& of) { return q.GetStatement("p", of, "EUR", "2020-01-01", "", kPage); });
  for (int balance = 1; balance <= 6; ++balance) {
    add("ExplainBalance", [balance](Queries& q, const std::string& of) {
      return q.ExplainBalance("p", of, "EUR", static_cast<BalanceKind>(balance), kPage);
    });
  }
}

template <typename T>
std::vector<T> ItemsOf(absl::StatusOr<Page<T>> page) {
  EXPECT_TRUE(page.ok()) << page.status();
  return page.ok() ? std::move(page->items) : std::vector<T>();
}

// What is worth asking of these books.
std::vector<Question> QuestionsTo(Queries& queries) {
  std::vector<Question> questions;
  AskOfProgram(questions);
  const auto add = [&questions](std::string name, auto ask) {
    questions.push_back({std::move(name), [ask](Queries& q) { return ask(q).status(); }});
  };
  for (const PartnerView& partner : ItemsOf(queries.ListPartners("p", {kNumbersOfAKind, ""}))) {
    AskOfPartner(questions, partner.partner_id);
    for (const CommissionView& c : ItemsOf(queries.ListCommissions("p", partner.partner_id, {3, ""}))) {
      add(absl::StrCat("Explain ", c.number), [number = c.number](Queries& q) { return q.Explain("p", number); });
      add(absl::StrCat("GetReferral ", c.customer_id),
          [id = c.customer_id](Queries& q) { return q.GetReferral("p", id, kPage); });
      add(absl::StrCat("ListDueCommissions ", c.mature_date),
          [c](Queries& q) { return q.ListDueCommissions("p", c.partner_id, c.currency, c.mature_date, kPage); });
    }
  }
  for (const GroupView& group : ItemsOf(queries.ListGroups("p", {kNumbersOfAKind, ""}))) {
    add("GetGroup", [id = group.group_id](Queries& q) { return q.GetGroup("p", id); });
    add("ListGroupTerms", [id = group.group_id](Queries& q) { return q.ListGroupTerms("p", id, kPage); });
  }
  for (const BatchView& batch : ItemsOf(queries.ListBatches("p", {kNumbersOfAKind, ""}))) {
    add(absl::StrCat("GetBatch ", batch.batch), [n = batch.batch](Queries& q) { return q.GetBatch("p", n); });
    add(absl::StrCat("ListPayouts ", batch.batch),
        [n = batch.batch](Queries& q) { return q.ListPayouts("p", n, kPage); });
    add(absl::StrCat("ExportFile ", batch.batch), [n = batch.batch](Queries& q) { return q.ExportFile("p", n); });
    add(absl::StrCat("GetPayout ", batch.batch), [n = batch.batch](Queries& q) { return q.GetPayout("p", n, 1); });
    add(absl::StrCat("ListPayoutLines ", batch.batch),
        [n = batch.batch](Queries& q) { return q.ListPayoutLines("p", n, 1, kPage); });
  }
  for (const CorrectionView& correction : ItemsOf(queries.ListCorrections("p", {kNumbersOfAKind, ""}))) {
    add(absl::StrCat("GetCorrection ", correction.correction),
        [n = correction.correction](Queries& q) { return q.GetCorrection("p", n); });
  }
  return questions;
}

// One question to a store of which one call fails, and most after it.
class Asking {
 public:
  Asking(Real& real, std::unique_ptr<store::Engine> engine)
      : now_(absl::FromUnixSeconds(real.now())), engine_(std::move(engine)), db_(*engine_->OpenReader(), outages_) {}

  // The failure that the caller of the question hears of. `calls`: how many go well before one fails; fewer happen
  // where none fails.
  absl::Status Ask(const Question& question, int64_t calls, bool* struck) {
    EXPECT_TRUE(db_.Begin(false).ok());
    const int64_t before = outages_->count();
    outages_->StrikeAfter(calls);
    Queries queries(engine_.get(), &db_, now_);
    absl::Status answered = question.ask(queries);
    const absl::Status loaded = queries.Loaded();
    outages_->StrikeAfter(-1);
    db_.Rollback();
    *struck = outages_->count() > before;
    return loaded.ok() ? answered : loaded;
  }

 private:
  const absl::Time now_;
  const std::shared_ptr<Outages> outages_ = std::make_shared<Outages>(1);
  const std::unique_ptr<store::Engine> engine_;
  FlakyDatabase db_;
};

TEST(OutageTest, WhicheverCallFailsAReadSaysSo) {
  int64_t failures = 0;
  for (uint64_t seed = 1; seed <= 10; ++seed) {
    const Sequence sequence = Generator(seed, Style::kWild, 400).Make();
    Real real(sequence.start);
    for (const Command& command : sequence.commands) real.Apply({command});
    std::vector<Question> questions;
    real.Read([&questions](Queries& queries) { questions = QuestionsTo(queries); });
    Asking asking(real, real.OpenEngine());
    for (const Question& question : questions) {
      bool struck = true;
      // The first many one by one, then ever fewer.
      for (int64_t calls = 0; struck; calls += 1 + calls / 20) {
        const absl::Status status = asking.Ask(question, calls, &struck);
        if (!struck) break;
        ++failures;
        ASSERT_EQ(ReasonOf(status), "UNAVAILABLE")
            << "seed " << seed << ", " << question.name << ", call " << calls << ": " << status;
      }
    }
  }
  EXPECT_GT(failures, 5000);
}

// Somebody empties a table behind the ledger's back.
void Empty(store::Engine& engine, const std::string& table) {
  const auto db = *engine.OpenWriter();
  std::vector<std::string> triggers;
  store::Statement* select = *db->Prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'");
  while (*select->Step()) triggers.emplace_back(select->ColumnText(0));
  select->Reset();
  for (const std::string& trigger : triggers) ASSERT_TRUE(db->Execute(absl::StrCat("DROP TRIGGER ", trigger)).ok());
  ASSERT_TRUE(db->Execute(absl::StrCat("DELETE FROM ", table)).ok());
}

TEST(OutageTest, WhicheverTableIsEmptyCommandsAndReadsEndAndNothingIsCalledInternal) {
  const Sequence sequence = Generator(3, Style::kWild, 600).Make();
  const auto half = sequence.commands.begin() + static_cast<std::ptrdiff_t>(sequence.commands.size() / 2);
  std::vector<std::string> tables;
  Book().ForEach([&tables]<typename R>(const Table<R>&) { tables.push_back(R::kTable); });
  int64_t damaged = 0;
  for (const std::string& table : tables) {
    Real real(sequence.start);
    for (auto command = sequence.commands.begin(); command != half; ++command) real.Apply({*command});
    std::vector<Question> questions;
    real.Read([&questions](Queries& queries) { questions = QuestionsTo(queries); });
    Empty(*real.OpenEngine(), table);
    real.Kill();
    for (auto command = half; command != sequence.commands.end(); ++command) {
      for (const RealAnswer& answer : real.Apply({*command})) {
        damaged += ReasonOf(answer.status) == "LEDGER_DAMAGED" ? 1 : 0;
        EXPECT_FALSE(absl::IsInternal(answer.status)) << table << ", " << Print(*command) << ": " << answer.status;
      }
    }
    Asking asking(real, real.OpenEngine());
    for (const Question& question : questions) {
      bool struck = false;
      const absl::Status status = asking.Ask(question, -1, &struck);
      damaged += ReasonOf(status) == "LEDGER_DAMAGED" ? 1 : 0;
      EXPECT_FALSE(absl::IsInternal(status)) << table << ", " << question.name << ": " << status;
    }
  }
  EXPECT_GT(damaged, 300);
}

}  // namespace
}  // namespace trailbook::model
