// Which customers count as paying ones: one bit each, so that every place of a block and its neighbours are looked at.
#include "ledger/domain/paying.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace trailbook {
namespace {

constexpr int64_t kProgram = 1;

// A book of so many customers, none of whom pays.
Book Of(int64_t customers) {
  Book book;
  for (int64_t customer = 1; customer <= customers; ++customer) {
    for (const int64_t program : {kProgram, kProgram + 1}) BeginPaying(book, program, customer, customer - 1);
  }
  return book;
}

TEST(Paying, NobodyPaysUntilHeDid) {
  Book book = Of(7);
  EXPECT_FALSE(IsPaying(book, kProgram, 7));
  PutPaying(book, kProgram, 7);
  EXPECT_TRUE(IsPaying(book, kProgram, 7));
  PutPaying(book, kProgram, 7);
  EXPECT_TRUE(IsPaying(book, kProgram, 7));
  EXPECT_FALSE(IsPaying(book, kProgram + 1, 7)) << "customers of another program have the same numbers";
}

TEST(Paying, EachCustomerHasAPlaceOfHisOwn) {
  constexpr int64_t kMost = 2 * PayingCustomers::kBlock + 20;
  for (const int64_t customer : std::vector<int64_t>{1, 7, 8, 63, PayingCustomers::kBlock - 1, PayingCustomers::kBlock,
                                                     PayingCustomers::kBlock + 1, 2 * PayingCustomers::kBlock - 1,
                                                     2 * PayingCustomers::kBlock}) {
    Book book = Of(kMost);
    PutPaying(book, kProgram, customer);
    for (int64_t other = 1; other <= kMost; ++other) {
      ASSERT_EQ(IsPaying(book, kProgram, other), other == customer) << customer << " and " << other;
    }
  }
}

TEST(Paying, ABlockIsTheSameWhoeverPaysFirst) {
  Book book = Of(4000), other = Of(4000);
  const std::vector<int64_t> customers = {3, 4000, 17, 16, 900};
  for (auto customer = customers.begin(); customer != customers.end(); ++customer) PutPaying(book, kProgram, *customer);
  for (auto customer = customers.rbegin(); customer != customers.rend(); ++customer) {
    PutPaying(other, kProgram, *customer);
  }
  EXPECT_EQ(book.paying_customers.At({kProgram, 0}).bits, other.paying_customers.At({kProgram, 0}).bits);
  EXPECT_EQ(book.paying_customers.At({kProgram, 0}).bits.bytes.size(), 4000u / 8 + 1) << "as long as it must be";
}

}  // namespace
}  // namespace trailbook
