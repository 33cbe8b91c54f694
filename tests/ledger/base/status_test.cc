// Refusals carry their reason and field.
#include "ledger/base/status.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace trailbook {
namespace {

TEST(Refuse, CarriesCodeReasonFieldAndMessage) {
  const absl::Status status = Refuse(absl::StatusCode::kAborted, "CONTENT_CHANGED", "content_hash", "it changed");
  EXPECT_EQ(status.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(ReasonOf(status), "CONTENT_CHANGED");
  EXPECT_EQ(FieldOf(status), "content_hash");
  EXPECT_EQ(status.message(), "it changed");
}

TEST(Refuse, MayNameNoField) { EXPECT_EQ(FieldOf(Refuse(absl::StatusCode::kInternal, "INTERNAL", "", "x")), ""); }

TEST(ReasonOf, AStatusThatSomebodyElseMadeHasNone) {
  EXPECT_EQ(ReasonOf(absl::NotFoundError("x")), "");
  EXPECT_EQ(ReasonOf(absl::OkStatus()), "");
}

TEST(InvalidField, SaysTheFieldInTheMessageToo) {
  const absl::Status status = InvalidField("payment_id", "is required");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD");
  EXPECT_EQ(status.message(), "payment_id: is required");
}

TEST(NotFound, SaysWhatOfWhichIdThereIsNot) {
  const absl::Status status = NotFound("partner", "jane");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReasonOf(status), "NOT_FOUND");
  EXPECT_EQ(status.message(), "there is no partner \"jane\"");
}

TEST(WithFieldPrefix, PutsThePathBeforeTheFieldAndKeepsTheRest) {
  const absl::Status status = WithFieldPrefix(InvalidField("payment_id", "is required"), "events[3].");
  EXPECT_EQ(FieldOf(status), "events[3].payment_id");
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD");
  EXPECT_EQ(FieldOf(WithFieldPrefix(Internal("x"), "events[3].")), "") << "no field, no path";
}

absl::Status UnlessOk(const absl::Status& status, bool* reached) {
  TRAILBOOK_RETURN_IF_ERROR(status);
  *reached = true;
  return absl::OkStatus();
}

TEST(ReturnIfError, StopsAtAnErrorAndOnlyThere) {
  bool reached = false;
  EXPECT_EQ(UnlessOk(NotFound("a", "b"), &reached), NotFound("a", "b"));
  EXPECT_FALSE(reached);
  EXPECT_TRUE(UnlessOk(absl::OkStatus(), &reached).ok());
  EXPECT_TRUE(reached);
}

absl::StatusOr<std::unique_ptr<int>> Pass(absl::StatusOr<std::unique_ptr<int>> in) {
  TRAILBOOK_ASSIGN_OR_RETURN(std::unique_ptr<int> value, std::move(in));
  ++*value;
  return value;
}

TEST(AssignOrReturn, MovesTheValueOutOrReturnsTheError) {
  EXPECT_EQ(**Pass(std::make_unique<int>(1)), 2);
  EXPECT_EQ(Pass(NotFound("a", "b")).status(), NotFound("a", "b"));
}

}  // namespace
}  // namespace trailbook
