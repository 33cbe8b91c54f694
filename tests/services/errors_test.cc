// Refusals as google.rpc errors, and the list of their reasons against the sources.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "google/rpc/error_details.pb.h"
#include "ledger/base/status.h"
#include "services/call.h"
#include "trailbook/v1/error_reason.pb.h"

namespace trailbook::services {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

google::rpc::ErrorInfo InfoOf(const google::rpc::Status& status) {
  google::rpc::ErrorInfo info;
  EXPECT_GE(status.details_size(), 1);
  if (status.details_size() > 0) {
    EXPECT_TRUE(status.details(0).UnpackTo(&info));
  }
  return info;
}

TEST(ToRpcStatus, NamesReasonAndDomain) {
  const google::rpc::Status status = ToRpcStatus(NotFound("partner", "jane"));
  EXPECT_EQ(status.code(), 5);
  EXPECT_EQ(status.message(), "there is no partner \"jane\"");
  EXPECT_EQ(InfoOf(status).reason(), "NOT_FOUND");
  EXPECT_EQ(InfoOf(status).domain(), "trailbook");
  EXPECT_EQ(status.details_size(), 1) << "no field, no BadRequest";
}

TEST(ToRpcStatus, AFieldIsABadRequestWithItsPath) {
  const google::rpc::Status status = ToRpcStatus(InvalidField("events[3].payment_id", "is required"));
  ASSERT_EQ(status.details_size(), 2);
  google::rpc::BadRequest bad;
  ASSERT_TRUE(status.details(1).UnpackTo(&bad));
  ASSERT_EQ(bad.field_violations_size(), 1);
  EXPECT_EQ(bad.field_violations(0).field(), "events[3].payment_id");
  EXPECT_THAT(bad.field_violations(0).description(), HasSubstr("is required"));
  EXPECT_EQ(InfoOf(status).metadata().at("field"), "events[3].payment_id");
}

TEST(ToRpcStatus, AStatusFromBelowGetsTheReasonOfItsCode) {
  EXPECT_EQ(InfoOf(ToRpcStatus(absl::InvalidArgumentError("x"))).reason(), "INVALID_FIELD");
  EXPECT_EQ(InfoOf(ToRpcStatus(absl::NotFoundError("x"))).reason(), "NOT_FOUND");
  EXPECT_EQ(InfoOf(ToRpcStatus(absl::UnavailableError("x"))).reason(), "UNAVAILABLE");
  EXPECT_EQ(InfoOf(ToRpcStatus(absl::UnknownError("x"))).reason(), "INTERNAL");
}

TEST(ToGrpc, CarriesTheWholeStatusInItsDetails) {
  const grpc::Status status = ToGrpc(InvalidField("parent", "is required"));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status.error_message(), "parent: is required");
  google::rpc::Status details;
  ASSERT_TRUE(details.ParseFromString(status.error_details()));
  EXPECT_EQ(details.code(), 3);
  EXPECT_EQ(InfoOf(details).reason(), "INVALID_FIELD");
}

TEST(ToGrpc, OkHasNoDetails) {
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
  EXPECT_EQ(ToGrpc(absl::OkStatus()).error_details(), "");
}

// ---- the reasons and the sources ----

// The sources that make errors, as one text.
std::string Sources() {
  std::ostringstream all;
  for (const char* folder : {"ledger", "services"}) {
    for (const auto& file :
         std::filesystem::recursive_directory_iterator(std::filesystem::path(TRAILBOOK_SOURCE_DIR) / folder)) {
      const auto ending = file.path().extension();
      if (ending == ".cc" || ending == ".h") all << std::ifstream(file.path()).rdbuf() << "\n";
    }
  }
  return all.str();
}

std::set<std::string> DocumentedReasons() {
  std::set<std::string> reasons;
  const auto* documented = ::trailbook::v1::ErrorReason_descriptor();
  for (int at = 0; at < documented->value_count(); ++at) {
    const std::string prefix = "ERROR_REASON_";
    EXPECT_THAT(documented->value(at)->name(), ::testing::StartsWith(prefix));
    if (documented->value(at)->number() != 0) reasons.insert(documented->value(at)->name().substr(prefix.size()));
  }
  return reasons;
}

TEST(ErrorReason, EveryDocumentedReasonIsGivenSomewhere) {
  const std::string sources = Sources();
  ASSERT_GT(sources.size(), 100000u);
  for (const std::string& reason : DocumentedReasons()) EXPECT_THAT(sources, HasSubstr("\"" + reason + "\""));
}

TEST(ErrorReason, EveryReasonThatIsGivenIsDocumented) {
  const std::set<std::string> documented = DocumentedReasons();
  const std::string sources = Sources();
  const std::regex refusal("Refuse\\(\\s*(?:absl::)?StatusCode::k\\w+,\\s*\"(\\w+)\"");
  int found = 0;
  for (std::sregex_iterator at(sources.begin(), sources.end(), refusal), end; at != end; ++at, ++found) {
    EXPECT_THAT(documented, Contains((*at)[1].str()));
  }
  EXPECT_GT(found, 30);
}

}  // namespace
}  // namespace trailbook::services
