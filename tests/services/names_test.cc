// Resource names and page tokens.
#include "services/names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ledger/base/status.h"
#include "services/pages.h"

namespace trailbook::services {
namespace {

using ::testing::HasSubstr;

TEST(Names, AreReadAsTheyAreWritten) {
  EXPECT_EQ(*ProgramOf("parent", Name("acme")), "acme");
  const auto partner = ChildOf("name", Name("acme", "partners", "jane"), "partners");
  ASSERT_TRUE(partner.ok());
  EXPECT_EQ(partner->program, "acme");
  EXPECT_EQ(partner->child, "jane");
  const auto commission = NumberOf("name", Name("acme", "commissions", 42), "commissions");
  ASSERT_TRUE(commission.ok());
  EXPECT_EQ(commission->program, "acme");
  EXPECT_EQ(commission->number, 42);
  const auto payout = PayoutOf("name", Name("acme", "payoutBatches", 3) + "/payouts/7");
  ASSERT_TRUE(payout.ok());
  EXPECT_EQ(payout->program, "acme");
  EXPECT_EQ(payout->batch, 3);
  EXPECT_EQ(payout->payout, 7);
}

// A refusal names the field and the shape that would be right.
void ExpectRefused(const absl::Status& status, const std::string& shape) {
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD") << status;
  EXPECT_EQ(FieldOf(status), "name");
  EXPECT_THAT(std::string(status.message()), HasSubstr(shape));
}

TEST(Names, OfAnotherShapeAreRefusedWithTheRightOne) {
  for (const char* name : {"", "acme", "programs", "programs/", "programs/acme/", "program/acme",
                           "programs/acme/partners", "/programs/acme"}) {
    ExpectRefused(ProgramOf("name", name).status(), "programs/{program}");
  }
  for (const char* name : {"", "jane", "programs/acme/partners", "programs/acme/partners/", "programs//partners/jane",
                           "programs/acme/links/jane", "programs/acme/partners/jane/x", "x/acme/partners/jane"}) {
    ExpectRefused(ChildOf("name", name, "partners").status(), "programs/{program}/partners/{id}");
  }
}

TEST(Names, ANumberIsAboveZero) {
  for (const char* number : {"0", "-1", "x", "1x", "99999999999999999999", "1.0"}) {
    ExpectRefused(NumberOf("name", std::string("programs/acme/commissions/") + number, "commissions").status(),
                  "{number}");
  }
}

TEST(Names, APayoutBelongsToABatch) {
  for (const char* name : {"programs/acme/payoutBatches/3", "programs/acme/payoutBatches/x/payouts/1",
                           "programs/acme/payoutBatches/1/payouts/", "programs/acme/batches/1/payouts/1",
                           "programs/acme/payoutBatches/0/payouts/1", "programs/acme/payoutBatches/1/payouts/0",
                           "programs/acme/payoutBatches/1/payouts/-2"}) {
    ExpectRefused(PayoutOf("name", name).status(), "payoutBatches/{batch}/payouts/{payout}");
  }
}

TEST(Pages, HaveASizeOf50UnlessAskedForAndOf1000AtMost) {
  EXPECT_EQ(ToPage(0, "", "list")->size, 50);
  EXPECT_EQ(ToPage(7, "", "list")->size, 7);
  EXPECT_EQ(ToPage(1000, "", "list")->size, 1000);
  EXPECT_EQ(ToPage(1000000, "", "list")->size, 1000);
  EXPECT_EQ(FieldOf(ToPage(-1, "", "list").status()), "page_size");
}

TEST(Pages, ATokenLeadsBackToItsCursor) {
  const std::string cursor("jane\0\xff", 6);
  EXPECT_EQ(ToPage(10, ToToken(cursor, "ListPartners acme"), "ListPartners acme")->cursor, cursor);
  EXPECT_EQ(ToPage(10, "", "ListPartners acme")->cursor, "");
  EXPECT_EQ(ToToken("", "ListPartners acme"), "") << "no cursor: the last page";
}

TEST(Pages, ATokenOfAnotherListOrFilterOrABrokenOneIsRefused) {
  const std::string token = ToToken("jane", "ListPartners acme");
  std::string broken = token;
  broken.back() = broken.back() == 'A' ? 'B' : 'A';
  broken[0] = broken[0] == 'A' ? 'B' : 'A';
  for (const auto& [text, list] : {std::pair<std::string, std::string>(token, "ListPartners globex"),
                                   {token, "ListLinks acme"},
                                   {broken, "ListPartners acme"},
                                   {"x", "ListPartners acme"},
                                   {"!!!", "ListPartners acme"},
                                   {"AAAAAAAAAAA", "ListPartners acme"}}) {
    const absl::Status status = ToPage(10, text, list).status();
    EXPECT_EQ(ReasonOf(status), "BAD_PAGE_TOKEN") << text;
    EXPECT_EQ(FieldOf(status), "page_token");
  }
}

}  // namespace
}  // namespace trailbook::services
