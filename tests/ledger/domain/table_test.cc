// What a table knows of its rows while they change, are on their way to the store, and have arrived.
#include "ledger/domain/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "ledger/domain/rows.h"

namespace trailbook {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr int64_t kProgram = 1;

Partner PartnerWith(int64_t number, int64_t rates) {
  Partner partner = Partner::WithKey({kProgram, number});
  partner.rates = rates;
  return partner;
}

// Of the rows that the store may not show, in the order in which they are told.
std::vector<int64_t> Unsaved(const Table<Partner>& table) {
  std::vector<int64_t> rates;
  for (const auto* rows : {&table.leaving(), &table.dirty()}) {
    for (const auto* slot : *rows) rates.push_back(slot->row.rates);
  }
  return rates;
}

TEST(Table, ChangesLeaveAsValuesAndTheRowsStay) {
  Table<Partner> table;
  table.Put(PartnerWith(2, 20));
  table.Put(PartnerWith(1, 10));
  table.Loaded(PartnerWith(3, 30));
  table.Edit({kProgram, 3}).rates = 31;
  const RowChanges<Partner> changes = table.TakeChanges();
  ASSERT_THAT(changes.made, SizeIs(2));
  EXPECT_EQ(changes.made[0].rates, 10) << "in the order of their keys";
  ASSERT_THAT(changes.changed, SizeIs(1));
  EXPECT_EQ(changes.changed[0].rates, 31);
  EXPECT_THAT(table.dirty(), IsEmpty());
  EXPECT_THAT(Unsaved(table), ElementsAre(10, 20, 31)) << "they are on their way";
  table.Committed();
  EXPECT_THAT(Unsaved(table), IsEmpty());
  EXPECT_EQ(table.Get({kProgram, 3})->rates, 31);
}

TEST(Table, WhatChangesAgainOnItsWayLeavesAgain) {
  Table<Partner> table;
  table.Put(PartnerWith(1, 10));
  EXPECT_THAT(table.TakeChanges().made, SizeIs(1));
  table.Edit({kProgram, 1}).rates = 11;
  EXPECT_THAT(Unsaved(table), ElementsAre(11, 11)) << "twice, as it is now";
  table.Committed();
  EXPECT_THAT(Unsaved(table), ElementsAre(11)) << "only what it was before has arrived";
  const RowChanges<Partner> changes = table.TakeChanges();
  EXPECT_THAT(changes.made, IsEmpty());
  ASSERT_THAT(changes.changed, SizeIs(1)) << "the store has the row by then";
  EXPECT_EQ(changes.changed[0].rates, 11);
}

TEST(Table, WhatIsErasedOnItsWayIsErasedAfterwards) {
  Table<Partner> table;
  table.Put(PartnerWith(1, 10));
  table.TakeChanges();
  table.Erase({kProgram, 1});
  table.Committed();
  EXPECT_EQ(table.Get({kProgram, 1}), nullptr);
  EXPECT_THAT(table.TakeChanges().erased, ElementsAre(Partner::Key{kProgram, 1}));
  table.Put(PartnerWith(1, 12));
  table.Committed();
  EXPECT_THAT(table.TakeChanges().made, SizeIs(1)) << "and is new when it comes again";
}

TEST(Table, ARowThatWasNeverStoredIsNotErasedFromTheStore) {
  Table<Partner> table;
  table.Put(PartnerWith(1, 10));
  table.Erase({kProgram, 1});
  EXPECT_TRUE(table.TakeChanges().empty());
}

TEST(Table, WhatIsSeldomReadAgainIsKeptUntilItHasArrived) {
  Table<Commission> table;
  table.PutNew(Commission::WithKey({kProgram, 1}));
  table.PutNew(Commission::WithKey({kProgram, 2}));
  table.TakeChanges();
  EXPECT_TRUE(table.Knows({kProgram, 1}) && table.Knows({kProgram, 2}));
  table.Edit({kProgram, 2}).pending = 5;
  table.Committed();
  EXPECT_FALSE(table.Knows({kProgram, 1}));
  ASSERT_TRUE(table.Knows({kProgram, 2})) << "it changed again";
  EXPECT_EQ(table.Get({kProgram, 2})->pending, 5);
}

TEST(Table, ForgetsOnlyWhatTheStoreShows) {
  Table<Partner> table;
  table.Loaded(PartnerWith(1, 10));
  table.LoadedAbsent({kProgram, 2});
  table.Put(PartnerWith(3, 30));
  table.TakeChanges();
  table.Put(PartnerWith(4, 40));
  table.ForgetUnchanged();
  EXPECT_FALSE(table.Knows({kProgram, 1}) || table.Knows({kProgram, 2}));
  EXPECT_TRUE(table.Knows({kProgram, 3})) << "on its way";
  EXPECT_TRUE(table.Knows({kProgram, 4}));
  table.Committed();
  table.ForgetUnchanged();
  EXPECT_FALSE(table.Knows({kProgram, 3}));
  EXPECT_TRUE(table.IsDirty({kProgram, 4}) && !table.IsDirty({kProgram, 3}));
}

TEST(Table, WhatIsStoredAtOnceIsAllThatChanged) {
  Table<Partner> table;
  table.Loaded(PartnerWith(1, 10));
  table.Loaded(PartnerWith(2, 20));
  table.Put(PartnerWith(4, 40));
  table.Put(PartnerWith(3, 30));
  table.Edit({kProgram, 1}).create_time = 11;
  table.Erase({kProgram, 2});
  std::vector<RowChanges<Partner>> stored;
  const auto store = [&stored](RowChanges<Partner> changes) { stored.push_back(std::move(changes)); };
  table.StoreChanges(4, store);
  ASSERT_THAT(stored, SizeIs(1));
  const RowChanges<Partner> changes = stored[0];
  ASSERT_THAT(changes.made, SizeIs(2));
  EXPECT_EQ(changes.made[0].key(), (Partner::Key{kProgram, 3})) << "in the order of their keys";
  ASSERT_THAT(changes.changed, SizeIs(1));
  EXPECT_EQ(changes.changed[0].create_time, 11);
  EXPECT_THAT(changes.erased, ElementsAre(Partner::Key{kProgram, 2}));
  EXPECT_THAT(table.dirty(), IsEmpty());
  table.StoreChanges(4, store);
  EXPECT_THAT(stored, SizeIs(1)) << "all is stored now";
  table.Edit({kProgram, 3}).create_time = 31;
  table.StoreChanges(4, store);
  EXPECT_THAT(stored.back().changed, SizeIs(1)) << "the store has the row by then";
}

TEST(Table, StoresSoManyRowsAtOnce) {
  Table<Partner> table;
  for (int64_t number : {5, 3, 1, 2, 4}) table.Put(PartnerWith(number, 10 * number));
  std::vector<std::vector<int64_t>> stored;
  table.StoreChanges(2, [&stored](const RowChanges<Partner>& changes) {
    stored.emplace_back();
    for (const Partner& row : changes.made) stored.back().push_back(row.rates);
  });
  EXPECT_THAT(stored, ElementsAre(ElementsAre(10, 20), ElementsAre(30, 40), ElementsAre(50)));
}

// A sum over what is not here, kept by what is loaded and what is forgotten, must come out right whatever happens in
// between.
TEST(Table, WhatIsLoadedIsHeardOfAsItWasAndWhatIsForgottenAsItIs) {
  Table<Partner> table;
  std::vector<int64_t> loaded, forgotten;
  table.TellLoaded(
      [](void* hearer, const Partner& row) { static_cast<std::vector<int64_t>*>(hearer)->push_back(row.rates); },
      &loaded);
  const auto forget = [&table, &forgotten] {
    table.ForgetUnchanged([&forgotten](const Partner& row) { forgotten.push_back(row.rates); });
  };
  table.Loaded(PartnerWith(1, 10));
  table.Loaded(PartnerWith(2, 20));
  table.Loaded(PartnerWith(3, 30));
  table.LoadedAbsent({kProgram, 4});
  table.Put(PartnerWith(5, 50));
  table.Edit({kProgram, 2}).rates = 21;
  table.Erase({kProgram, 3});
  EXPECT_THAT(loaded, ElementsAre(10, 20, 30));
  forget();
  EXPECT_THAT(forgotten, ElementsAre(10)) << "what changed stays until it is stored";
  table.StoreChanges(9, [](const RowChanges<Partner>&) {});
  forget();
  EXPECT_THAT(forgotten, UnorderedElementsAre(10, 21, 50)) << "of what was erased nothing is left to see";
  EXPECT_EQ(table.size(), 0u);
}

TEST(Table, WhatIsPassedOnIsLoadedLikeAnyOther) {
  Table<Partner> table;
  std::vector<Partner> passed_on;
  table.PassOnNew([](void* taker, const Partner& row) { static_cast<std::vector<Partner>*>(taker)->push_back(row); },
                  &passed_on);
  table.SetLoader(
      [](void* loader, Table<Partner>& asked, const Partner::Key& key) {
        for (const Partner& row : *static_cast<std::vector<Partner>*>(loader)) {
          if (row.key() == key) asked.Loaded(row);
        }
      },
      nullptr, &passed_on);
  EXPECT_EQ(table.Get({kProgram, 2}), nullptr);
  table.PutNew(PartnerWith(1, 10));
  table.PutNew(PartnerWith(2, 20));
  ASSERT_THAT(passed_on, SizeIs(1)) << "that there was no second one is known here, so it must be kept here";
  EXPECT_EQ(passed_on[0].key(), (Partner::Key{kProgram, 1}));
  EXPECT_FALSE(table.Knows({kProgram, 1}));
  ASSERT_NE(table.Get({kProgram, 2}), nullptr);
  table.Edit({kProgram, 1}).create_time = 11;
  const RowChanges<Partner> changes = table.TakeChanges();
  ASSERT_THAT(changes.changed, SizeIs(1));
  EXPECT_EQ(changes.changed[0].create_time, 11);
  EXPECT_THAT(changes.made, SizeIs(1));
}

TEST(Table, WhatIsAtHandIsNeitherWantedNorLoaded) {
  Table<Partner> table;
  int loads = 0;
  table.SetLoader([](void* count, Table<Partner>&, const Partner::Key&) { ++*static_cast<int*>(count); }, nullptr,
                  &loads);
  // The first partner is known without the store, and that there is no second one.
  table.SetAtHand([](void*, Table<Partner>& asked, const Partner::Key& key) {
    if (std::get<1>(key) == 1) asked.Loaded(PartnerWith(1, 10));
    if (std::get<1>(key) == 2) asked.LoadedAbsent(key);
    return std::get<1>(key) <= 2;
  });
  EXPECT_TRUE(table.Want({kProgram, 1}));
  EXPECT_TRUE(table.Want({kProgram, 2}));
  EXPECT_FALSE(table.Want({kProgram, 3}));
  EXPECT_THAT(table.wanted(), ElementsAre(Partner::Key{kProgram, 3}));
  ASSERT_NE(table.Get({kProgram, 1}), nullptr);
  EXPECT_EQ(table.Get({kProgram, 1})->rates, 10);
  EXPECT_EQ(table.Get({kProgram, 2}), nullptr);
  EXPECT_EQ(loads, 0);
  table.Clear();
  ASSERT_NE(table.Get({kProgram, 1}), nullptr) << "nobody wanted it first";
  EXPECT_EQ(table.Get({kProgram, 3}), nullptr);
  EXPECT_EQ(loads, 1);
}

// Rows of customers, which are packed instead.
Referral ReferralWith(int64_t customer, int64_t partner) {
  Referral row = Referral::WithKey({kProgram, customer});
  row.partner = partner;
  return row;
}

TEST(Table, WhatIsPackedIsThereWhenItIsAskedFor) {
  Table<Referral> table;
  table.Loaded(ReferralWith(1, 10));
  table.LoadedAbsent({kProgram, 2});
  table.ForgetUnchanged();
  EXPECT_EQ(table.size(), 0u);
  table.Want({kProgram, 1});
  table.Want({kProgram, 2});
  EXPECT_THAT(table.wanted(), ElementsAre(Referral::Key{kProgram, 2})) << "that there was none is not remembered";
  ASSERT_NE(table.Get({kProgram, 1}), nullptr);
  EXPECT_EQ(table.Get({kProgram, 1})->partner, 10);
  table.Edit({kProgram, 1}).partner = 11;
  const RowChanges<Referral> changes = table.TakeChanges();
  EXPECT_THAT(changes.made, IsEmpty());
  ASSERT_THAT(changes.changed, SizeIs(1)) << "the store has it";
  EXPECT_EQ(changes.changed[0].partner, 11);
}

TEST(Table, WhatChangedSinceItWasPackedIsNeverGivenAsItWas) {
  Table<Referral> table;
  table.Loaded(ReferralWith(1, 10));
  table.Loaded(ReferralWith(2, 20));
  table.ForgetUnchanged();
  table.Edit({kProgram, 1}).partner = 11;
  table.Erase({kProgram, 2});
  table.ForgetUnchanged();
  EXPECT_EQ(table.Get({kProgram, 1})->partner, 11);
  table.TakeChanges();
  table.ForgetUnchanged();
  EXPECT_EQ(table.Get({kProgram, 1})->partner, 11) << "on its way";
  table.Committed();
  table.ForgetUnchanged();
  EXPECT_EQ(table.Get({kProgram, 1})->partner, 11);
  EXPECT_EQ(table.Get({kProgram, 2}), nullptr);
}

TEST(Table, WhatIsClearedIsNotPackedEither) {
  Table<Referral> table;
  table.Loaded(ReferralWith(1, 10));
  table.ForgetUnchanged();
  table.Clear();
  EXPECT_FALSE(table.Knows({kProgram, 1}));
}

}  // namespace
}  // namespace trailbook
