// When the book lets go of what it holds of customers.
#include "ledger/domain/book.h"

#include <gtest/gtest.h>

namespace trailbook {
namespace {

constexpr int64_t kProgram = 1;

void Load(Book& book, int64_t from, int64_t to) {
  for (int64_t n = from; n < to; ++n) book.referrals.Loaded(Referral::WithKey({kProgram, n}));
}

void Make(Book& book, int64_t count) {
  for (int64_t n = 0; n < count; ++n) book.referrals.PutNew(Referral::WithKey({kProgram, n}));
}

TEST(Book, CustomersArePackedOnceManyCame) {
  Book book;
  Load(book, 0, 9);
  book.PackCustomers(10);
  EXPECT_EQ(book.customer_rows(), 9u);
  Load(book, 9, 10);
  book.PackCustomers(10);
  EXPECT_EQ(book.customer_rows(), 0u);
  EXPECT_TRUE(book.referrals.Knows({kProgram, 3}));
  EXPECT_EQ(book.customer_rows(), 1u) << "who is asked for comes back";
}

TEST(Book, WhatChangedIsLookedThroughOnceForManyThatCame) {
  Book book;
  Make(book, 50);
  book.PackCustomers(10);
  EXPECT_EQ(book.customer_rows(), 50u) << "none is stored";
  Load(book, 100, 109);
  book.PackCustomers(10);
  EXPECT_EQ(book.customer_rows(), 59u);
  Load(book, 109, 110);
  book.PackCustomers(10);
  EXPECT_EQ(book.customer_rows(), 50u);
  // When they are stored they go with the next that come, and fewer are left from then on.
  book.referrals.TakeChanges();
  book.referrals.Committed();
  Load(book, 200, 210);
  book.PackCustomers(10);
  EXPECT_EQ(book.customer_rows(), 0u);
  Load(book, 300, 310);
  book.PackCustomers(10);
  EXPECT_EQ(book.customer_rows(), 0u);
}

TEST(Book, AfterAllWasForgottenCustomersArePackedAsBefore) {
  Book book;
  Make(book, 50);
  book.PackCustomers(10);
  book.Clear();
  Load(book, 0, 5);
  book.PackCustomers(10);
  Load(book, 5, 15);
  book.PackCustomers(10);
  EXPECT_EQ(book.customer_rows(), 0u);
}

}  // namespace
}  // namespace trailbook
