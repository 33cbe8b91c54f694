// What waits is released once, and whatever else waits is still known to.
#include "ledger/domain/parking.h"

#include <gtest/gtest.h>

#include "ledger/domain/book.h"

namespace trailbook {
namespace {

PaymentReport Payment(const std::string& id) { return {id, "cus", {"EUR", 1000}, 1000, 1767960000, {}, false}; }

TEST(Parking, WhatIsOnItsWayToTheStoreAndShownByItIsReleasedOnce) {
  Book book;
  Parking parking(&book, 1);
  const Hash128 waits_for = WaitForCustomer("cus"), other = WaitForCustomer("another");
  parking.Park(Payment("in_1"), waits_for, 0);
  parking.Park(Payment("in_2"), waits_for, 0);
  parking.Park(Payment("in_3"), other, 0);
  // The commit that takes them along is over, and nobody has noted that yet.
  book.parked.TakeChanges();
  book.stored_parked[{1, waits_for}] = {1, 2};
  book.stored_parked[{1, other}] = {3};
  EXPECT_EQ(parking.Release(waits_for).size(), 2u);
  EXPECT_EQ(book.parked_count, 1);
  EXPECT_NE(parking.Find(Payment("in_3")), nullptr);
  EXPECT_EQ(parking.Release(other).size(), 1u);
  EXPECT_EQ(book.parked_count, 0);
}

}  // namespace
}  // namespace trailbook
