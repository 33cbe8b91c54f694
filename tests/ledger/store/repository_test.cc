// Between the working set and the tables: what is saved comes back, what is erased is gone, what was changed is never
// loaded over.
#include "ledger/store/repository.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/domain/external_ids.h"
#include "ledger/store/changes.h"
#include "ledger/store/counters.h"
#include "ledger/store/fresh_keys.h"
#include "ledger/store/migrations.h"
#include "ledger/store/row_mapping.h"
#include "tests/contract/stores.h"

namespace trailbook::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// A value for every column that its table takes, another one for each `seed`.
class Filler {
 public:
  explicit Filler(int64_t seed) : next_(seed * 1000) {}

  void operator()(const std::string& column, int64_t& v) { v = Number(column); }
  void operator()(const std::string& column, int32_t& v) { v = static_cast<int32_t>(Number(column)); }
  void operator()(const std::string&, bool& v) { v = ++next_ % 2 == 0; }
  void operator()(const std::string&, std::string& v) { v = "text \xE2\x82\xAC " + std::to_string(++next_); }
  void operator()(const std::string&, Currency& v) { v = "\xE2\x82\xAC" + std::to_string(++next_ % 10000); }
  void operator()(const std::string&, Bytes& v) { v.bytes = std::string("\0bytes ", 7) + std::to_string(++next_); }
  void operator()(const std::string&, DaySet& v) { v.Insert(static_cast<Day>(++next_)); }
  void operator()(const std::string&, Hash128& v) { v = IdKey('T', std::to_string(++next_)); }

 private:
  // The tables check that these stand to each other as they must.
  int64_t Number(const std::string& column) {
    ++next_;
    if (column == "rate_bps") return next_ % 1000;
    if (column == "collected") return next_ * 1000;
    if (column == "base") return next_ * 900;
    if (column == "accrued") return next_ * 50;
    if (column == "booked") return next_ * 40;
    return next_;
  }
  int64_t next_;
};

template <typename R>
R Filled(int64_t seed) {
  R row;
  Filler fill(seed);
  R::Visit(row, [&fill](const char* column, auto& field) { fill(column, field); });
  return row;
}

template <typename R>
Row ValuesOf(const R& row) {
  Row values;
  R::Visit(row, [&values](const char*, const auto& field) { values.push_back(ToValue(field)); });
  return values;
}

class RepositoryTest : public ::testing::TestWithParam<StoreCase> {
 protected:
  void SetUp() override {
    store_ = GetParam().make();
    if (store_ == nullptr) GTEST_SKIP() << kNoPostgres;
    db_ = *store_->engine().OpenWriter();
    EXPECT_TRUE(Migrate(*db_).ok());
    Restart();
  }

  // A new book that knows nothing but what is stored.
  void Restart() {
    book_ = std::make_unique<Book>();
    repository_ = std::make_unique<Repository>(db_.get(), book_.get());
  }
  absl::Status WriteChanges() {
    FreshKeys straight(db_.get(), 0);
    return Changes::Take(*book_, Changes::Of::kEveryTable).Write(*db_, straight);
  }
  void Save() {
    EXPECT_TRUE(db_->Begin(true).ok());
    const absl::Status saved = WriteChanges();
    EXPECT_TRUE(saved.ok()) << saved;
    EXPECT_TRUE(db_->Commit().ok());
    book_->Committed();
  }
  Partner PutPartner(int64_t number, int64_t rates) {
    Partner partner = Partner::WithKey({1, number});
    partner.rates = rates;
    return book_->partners.Put(partner);
  }

  std::unique_ptr<EmptyStore> store_;
  std::unique_ptr<Database> db_;
  std::unique_ptr<Book> book_;
  std::unique_ptr<Repository> repository_;
};

TEST_P(RepositoryTest, EveryKindOfRowComesBackAsItWasSaved) {
  book_->ForEach([](auto& table) {
    using R = std::decay_t<decltype(table.Put({}))>;
    for (int64_t seed = 1; seed <= 3; ++seed) table.Put(Filled<R>(seed));
  });
  Save();
  Restart();
  int kinds = 0;
  book_->ForEach([&kinds](auto& table) {
    using R = std::decay_t<decltype(table.Put({}))>;
    ++kinds;
    for (int64_t seed = 1; seed <= 3; ++seed) {
      const R expected = Filled<R>(seed);
      const R* found = table.Get(expected.key());
      ASSERT_NE(found, nullptr) << R::kTable;
      EXPECT_EQ(ValuesOf(*found), ValuesOf(expected)) << R::kTable;
    }
  });
  EXPECT_GE(kinds, 30);
  EXPECT_TRUE(repository_->TakeError().ok());
}

TEST_P(RepositoryTest, EveryKindOfRowIsChangedAndErased) {
  book_->ForEach([](auto& table) {
    using R = std::decay_t<decltype(table.Put({}))>;
    table.Put(Filled<R>(1));
    table.Put(Filled<R>(2));
  });
  Save();
  Restart();
  book_->ForEach([](auto& table) {
    using R = std::decay_t<decltype(table.Put({}))>;
    if constexpr (std::is_same_v<R, ExternalKey>) return;  // names what it names for ever
    table.Erase(Filled<R>(1).key());
    R changed = Filled<R>(3);
    const R old = Filled<R>(2);
    // The key stays.
    int at = 0;
    std::vector<Value> unused;
    R::Visit(changed, [&](const char*, auto& field) {
      int other = 0;
      R::Visit(old, [&](const char*, const auto& kept) {
        if constexpr (std::is_same_v<std::decay_t<decltype(kept)>, std::decay_t<decltype(field)>>) {
          if (other == at && at < R::kKeyColumns) field = kept;
        }
        ++other;
      });
      ++at;
    });
    table.Put(changed);
  });
  Save();
  Restart();
  book_->ForEach([](auto& table) {
    using R = std::decay_t<decltype(table.Put({}))>;
    if constexpr (std::is_same_v<R, ExternalKey>) return;
    EXPECT_EQ(table.Get(Filled<R>(1).key()), nullptr) << R::kTable;
    const R* changed = table.Get(Filled<R>(2).key());
    ASSERT_NE(changed, nullptr) << R::kTable;
    if (R::kKeyColumns < static_cast<int>(ColumnsOf<R>().size())) {
      EXPECT_EQ(ValuesOf(*changed).back(), ValuesOf(Filled<R>(3)).back()) << R::kTable;
    }
  });
}

TEST_P(RepositoryTest, AnOutsideIdNeverComesToNameSomethingElse) {
  ExternalKey id = ExternalKey::WithKey({1, IdKey('P', "in_1")});
  id.commission = 7;
  book_->external_keys.Put(id);
  Save();
  Restart();
  id.commission = 8;
  book_->external_keys.Put(id);
  ASSERT_TRUE(db_->Begin(true).ok());
  EXPECT_TRUE(absl::IsInternal(WriteChanges()));
  db_->Rollback();
  Restart();
  EXPECT_EQ(book_->external_keys.Get(id.key())->commission, 7);
}

TEST_P(RepositoryTest, WantedRowsAreLoadedInBulkAndAbsentOnesAreKnownToBeAbsent) {
  PutPartner(1, 10);
  PutPartner(3, 30);
  Save();
  Restart();
  for (const int64_t number : {1, 2, 3}) book_->partners.Want({1, number});
  ASSERT_TRUE(repository_->LoadWanted().ok());
  EXPECT_TRUE(book_->partners.wanted().empty());
  ASSERT_TRUE(db_->Execute("DELETE FROM partner").ok());  // nobody looks there again
  EXPECT_EQ(book_->partners.Get({1, 1})->rates, 10);
  EXPECT_EQ(book_->partners.Get({1, 2}), nullptr);
  EXPECT_EQ(book_->partners.Get({1, 3})->rates, 30);
}

TEST_P(RepositoryTest, ARowThatNobodyWantedIsLoadedWhenItIsAskedFor) {
  PutPartner(1, 10);
  Save();
  Restart();
  EXPECT_FALSE(book_->partners.Knows({1, 1}));
  EXPECT_EQ(book_->partners.Get({1, 1})->rates, 10);
  EXPECT_EQ(book_->partners.Get({1, 2}), nullptr);
}

TEST_P(RepositoryTest, LoadingNeverGoesOverWhatWasChanged) {
  PutPartner(1, 10);
  Save();
  book_->partners.Edit({1, 1}).rates = 11;
  book_->partners.Want({1, 1});
  ASSERT_TRUE(repository_->LoadWanted().ok());
  EXPECT_EQ(book_->partners.Get({1, 1})->rates, 11);
  Save();
  Restart();
  EXPECT_EQ(book_->partners.Get({1, 1})->rates, 11);
}

TEST_P(RepositoryTest, WhatWasMadeAndErasedBetweenTwoCommitsNeverWas) {
  PutPartner(1, 10);
  book_->partners.Erase({1, 1});
  Save();
  EXPECT_EQ(book_->partners.Get({1, 1}), nullptr);
  Restart();
  EXPECT_EQ(book_->partners.Get({1, 1}), nullptr);
}

TEST_P(RepositoryTest, AnErasedRowCanBeMadeAnew) {
  PutPartner(1, 10);
  Save();
  book_->partners.Erase({1, 1});
  PutPartner(1, 12);
  Save();
  book_->partners.Erase({1, 1});
  Save();
  PutPartner(1, 13);
  Save();
  Restart();
  EXPECT_EQ(book_->partners.Get({1, 1})->rates, 13);
}

TEST_P(RepositoryTest, WhatIsNotCommittedIsForgottenWithTheBook) {
  PutPartner(1, 10);
  Save();
  book_->partners.Edit({1, 1}).rates = 99;
  book_->Clear();
  EXPECT_EQ(book_->partners.Get({1, 1})->rates, 10);
}

TEST_P(RepositoryTest, ACommitForgetsRowsThatAreSeldomReadAgainAndStillFindsThem) {
  book_->commissions.Put(Filled<Commission>(1));
  Save();
  EXPECT_EQ(book_->commissions.size(), 0u);
  EXPECT_NE(book_->commissions.Get(Filled<Commission>(1).key()), nullptr);
}

TEST_P(RepositoryTest, AnErrorOfALoadIsKeptUntilSomebodyAsks) {
  ASSERT_TRUE(db_->Execute("DROP TABLE partner").ok());
  EXPECT_EQ(book_->partners.Get({1, 1}), nullptr);
  EXPECT_FALSE(repository_->TakeError().ok());
  EXPECT_TRUE(repository_->TakeError().ok());
  book_->partners.Want({1, 2});
  EXPECT_FALSE(repository_->LoadWanted().ok());
}

TEST_P(RepositoryTest, ARowThatMustBeThereAndIsNotIsEmptyAndDamage) {
  PutPartner(1, 10);
  Save();
  Restart();
  EXPECT_EQ(book_->partners.At({1, 1}).rates, 10);
  EXPECT_TRUE(repository_->TakeError().ok());
  EXPECT_EQ(book_->partners.At({1, 2}).rates, 0);
  const absl::Status missing = repository_->TakeError();
  EXPECT_EQ(ReasonOf(missing), "LEDGER_DAMAGED");
  EXPECT_EQ(missing.message(), "table partner, row (program_id 1, partner 2): it is missing, though others lead to it");
  // Nor is one made by whoever would change it.
  book_->partners.Edit({1, 3}).rates = 5;
  EXPECT_EQ(ReasonOf(repository_->TakeError()), "LEDGER_DAMAGED");
  Save();
  Restart();
  EXPECT_EQ(book_->partners.Get({1, 3}), nullptr);
}

TEST_P(RepositoryTest, ARowThatCouldNotBeReadIsNotSaidToBeMissing) {
  ASSERT_TRUE(db_->Execute("DROP TABLE partner").ok());
  EXPECT_EQ(book_->partners.At({1, 1}).rates, 0);
  EXPECT_TRUE(absl::IsInternal(repository_->TakeError()));
}

TEST_P(RepositoryTest, WhatCouldNotBeAskedIsNotTakenForAbsent) {
  ASSERT_TRUE(db_->Execute("ALTER TABLE parked RENAME TO elsewhere").ok());
  const Book::WaitKey waiting{1, IdKey('C', "cus_1")};
  const auto want = [&] {
    book_->wanted_parked.insert(waiting);
    book_->codes.Want({1, 3});
  };
  want();
  EXPECT_FALSE(repository_->LoadWanted().ok());
  EXPECT_FALSE(book_->stored_parked.contains(waiting)) << "nobody knows what waits";
  EXPECT_FALSE(book_->codes.Knows({1, 3}));
  ASSERT_TRUE(db_->Execute("ALTER TABLE elsewhere RENAME TO parked").ok());
  want();
  EXPECT_TRUE(repository_->LoadWanted().ok());
  EXPECT_TRUE(book_->codes.Knows({1, 3}));
  EXPECT_THAT(book_->stored_parked[waiting], IsEmpty());
}

TEST_P(RepositoryTest, TheSecretIsMadeOnceAndKept) {
  ASSERT_TRUE(LoadCounters(*db_, *book_, false).ok());
  EXPECT_EQ(book_->secret, "") << "nobody may make one yet";
  ASSERT_TRUE(LoadCounters(*db_, *book_, true).ok());
  const std::string secret = book_->secret;
  EXPECT_EQ(secret.size(), 32u);
  Restart();
  ASSERT_TRUE(LoadCounters(*db_, *book_, true).ok());
  EXPECT_EQ(book_->secret, secret);
}

TEST_P(RepositoryTest, CountersGoOnFromWhatIsStored) {
  book_->programs.Put(Program::WithKey({4}));
  Parked parked = Parked::WithKey({4, 17});
  book_->parked.Put(parked);
  Save();
  Restart();
  ASSERT_TRUE(LoadCounters(*db_, *book_, true).ok());
  EXPECT_EQ(book_->next_program, 5);
  EXPECT_EQ(book_->next_parked, 18);
  EXPECT_EQ(book_->parked_count, 1);
}

// ---- lists ----

Parked ParkedReport(int64_t number, int64_t program, const Hash128& wait_key, Day due_day) {
  Parked parked = Parked::WithKey({program, number});
  parked.wait_key = wait_key;
  parked.due_day = due_day;
  return parked;
}

TEST_P(RepositoryTest, ParkedReportsAreFoundByWhatTheyWaitFor) {
  const Hash128 customer = IdKey('C', "cus_1"), other = IdKey('C', "cus_2");
  book_->parked.Put(ParkedReport(1, 1, customer, 0));
  book_->parked.Put(ParkedReport(2, 1, other, 0));
  book_->parked.Put(ParkedReport(3, 2, customer, 0));
  book_->parked.Put(ParkedReport(4, 1, customer, 0));
  book_->parked.Put(ParkedReport(5, 1, Hash128(), 100));
  book_->parked.Put(ParkedReport(6, 1, Hash128(), 101));
  Save();
  const auto numbers = [](const std::vector<Parked>& rows) {
    std::vector<int64_t> numbers;
    for (const Parked& row : rows) numbers.push_back(row.number);
    return numbers;
  };
  EXPECT_THAT(numbers(repository_->ParkedFor(1, customer)), ElementsAre(1, 4));
  EXPECT_THAT(numbers(repository_->ParkedUntil(1, 100)), ElementsAre(5));
  EXPECT_THAT(numbers(repository_->ParkedUntil(1, 99)), IsEmpty());
  for (const Hash128& id : {other, customer}) book_->wanted_parked.insert({1, id});
  ASSERT_TRUE(repository_->LoadWanted().ok());
  EXPECT_THAT(book_->wanted_parked, IsEmpty());
  EXPECT_THAT((book_->stored_parked[{1, customer}]), ElementsAre(1, 4));
  EXPECT_THAT((book_->stored_parked[{1, other}]), ElementsAre(2));
}

TEST_P(RepositoryTest, DueEarnersComeInPagesByPartnerAndCurrency) {
  const std::tuple<int64_t, const char*, Day> kEarners[] = {
      {1, "EUR", 50}, {1, "USD", 60}, {2, "USD", 101}, {3, "EUR", 100}, {3, "USD", kNever}};
  for (const auto& [partner, currency, due] : kEarners) {
    Earner earner = Earner::WithKey({1, partner, currency});
    earner.next_due = due;
    book_->earners.Put(earner);
  }
  Save();
  const std::vector<Earner> first = repository_->DueEarners(1, 100, 0, "", 2);
  ASSERT_THAT(first, SizeIs(2));
  EXPECT_EQ(first[0].currency, "EUR");
  EXPECT_EQ(first[1].currency, "USD");
  const std::vector<Earner> next = repository_->DueEarners(1, 100, first[1].partner, first[1].currency, 2);
  ASSERT_THAT(next, SizeIs(1));
  EXPECT_EQ(next[0].partner, 3);
}

TEST_P(RepositoryTest, UnpaidLinesAreThoseThatNoPayoutHasTaken) {
  for (int64_t sequence = 1; sequence <= 3; ++sequence) {
    PayableLine line = PayableLine::WithKey({1, 7, "USD", sequence, 100});
    line.amount = sequence * 10;
    line.batch = sequence == 2 ? 1 : 0;
    line.payout = sequence == 2 ? 4 : 0;
    book_->payable_lines.Put(line);
  }
  PayableLine other = PayableLine::WithKey({1, 8, "USD", 4, 100});
  other.amount = 77;
  book_->payable_lines.Put(other);
  Save();
  const auto of_each = repository_->UnpaidLines(1, "USD", {9, 7, 8});
  ASSERT_THAT(of_each, SizeIs(3));
  EXPECT_THAT(of_each[0], IsEmpty());
  ASSERT_THAT(of_each[2], SizeIs(1)) << "each gets his own";
  EXPECT_EQ(of_each[2][0].amount, 77);
  const std::vector<PayableLine>& unpaid = of_each[1];
  ASSERT_THAT(unpaid, SizeIs(2));
  EXPECT_EQ(unpaid[0].amount, 10);
  EXPECT_EQ(unpaid[1].amount, 30);
  EXPECT_THAT(repository_->UnpaidLines(1, "EUR", {7}).front(), IsEmpty());
}

TEST_P(RepositoryTest, LinesOfACommissionAreItsOwnAndTheFirstMaturityAfterIt) {
  const auto put = [this](int64_t sequence, int64_t commission, Day matures_on) {
    PayableLine line = PayableLine::WithKey({1, 7, "USD", sequence, 100});
    line.amount = 1;
    line.commission = commission;
    line.matures_on = matures_on;
    book_->payable_lines.Put(line);
  };
  put(5, 0, 130);   // before the commission was recorded
  put(20, 0, 130);  // took it along
  put(21, 0, 130);  // a later one of the same day
  put(22, 0, 131);  // of another day
  put(23, 10, 0);   // its own
  put(24, 11, 0);   // another's
  Save();
  Commission c = Commission::WithKey({1, 10});
  c.partner = 7;
  c.currency = "USD";
  c.matures_on = 130;
  std::vector<int64_t> sequences;
  for (const PayableLine& line : repository_->LinesOf(c, c.partner, c.number)) sequences.push_back(line.sequence);
  EXPECT_THAT(sequences, ::testing::UnorderedElementsAre(20, 23));
}

TEST_P(RepositoryTest, DaysThatAreDueComeWithTheirEarner) {
  Earner earner = Earner::WithKey({1, 7, "USD"});
  for (const Day day : {20, -3, 10}) earner.due_days.Insert(day);
  book_->earners.Put(earner);
  book_->earners.Put(Earner::WithKey({1, 8, "USD"}));
  Save();
  Restart();
  EXPECT_THAT(book_->earners.Get({1, 7, "USD"})->due_days.Between(kFromEver, kNever), ElementsAre(-3, 10, 20));
  EXPECT_TRUE(book_->earners.Get({1, 8, "USD"})->due_days.empty());
}

std::string NameOf(const ::testing::TestParamInfo<StoreCase>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Stores, RepositoryTest, ::testing::ValuesIn(AllStores()), NameOf);

}  // namespace
}  // namespace trailbook::store
