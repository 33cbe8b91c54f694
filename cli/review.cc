// trailbook review: what is held and waits for a person.
#include "absl/strings/str_join.h"
#include "cli/session.h"
#include "cli/times.h"
#include "ledger/base/currency.h"
#include "trailbook/v1/review_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

std::string MoneyList(const google::protobuf::RepeatedPtrField<api::Money>& all) {
  return absl::StrJoin(all, ", ", [](std::string* out, const api::Money& money) {
    absl::StrAppend(out, money.currency_code(), " ", FormatMinor(money.minor_units(), money.currency_code()));
  });
}

void AddList(CLI::App* noun, Session& session) {
  auto* verb = Verb(noun, "list", "Referrals whose customer looks like their partner; held until a person decides",
                    "  trailbook review list --program pracflow\n");
  NeedsProgram(verb, session);
  verb->callback([&session] {
    session.run = [&session] {
      auto stub = api::ReviewService::NewStub(session.channel());
      std::vector<api::Review> reviews;
      const grpc::Status status = FetchAll<api::ListReviewsResponse>(
          [&](const std::string& token, api::ListReviewsResponse* response) {
            api::ListReviewsRequest request;
            request.set_parent(session.ProgramName());
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListReviews(session.context().get(), request, response);
          },
          [&](const api::ListReviewsResponse& page) {
            reviews.insert(reviews.end(), page.reviews().begin(), page.reviews().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      Sheet sheet{{"customer_id", "partner_id", "signed_up", "age_days", "held"}, {}};
      for (const api::Review& review : reviews) {
        sheet.rows.push_back({Text(review.customer_id()), Text(Last(review.partner())),
                              Text(FormatTime(review.sign_up_time().seconds())), Number(review.age_days()),
                              Text(MoneyList(review.held()))});
      }
      session.Print(sheet, reviews);
      return int{kOk};
    };
  });
}

void AddHolds(CLI::App* noun, Session& session) {
  auto* verb = Verb(noun, "holds", "Every commission of which something is held, with each reason and its age",
                    "  trailbook review holds --program pracflow\n");
  NeedsProgram(verb, session);
  verb->callback([&session] {
    session.run = [&session] {
      auto stub = api::ReviewService::NewStub(session.channel());
      std::vector<api::Hold> holds;
      const grpc::Status status = FetchAll<api::ListHoldsResponse>(
          [&](const std::string& token, api::ListHoldsResponse* response) {
            api::ListHoldsRequest request;
            request.set_parent(session.ProgramName());
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListHolds(session.context().get(), request, response);
          },
          [&](const api::ListHoldsResponse& page) {
            holds.insert(holds.end(), page.holds().begin(), page.holds().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      Sheet sheet{{"commission", "partner_id", "customer_id", "currency", "held", "reasons", "age_days"}, {}};
      for (const api::Hold& hold : holds) {
        const std::string& currency = hold.held().currency_code();
        sheet.rows.push_back({Text(Last(hold.commission())), Text(Last(hold.partner())), Text(hold.customer_id()), Text(currency),
                              Money(hold.held().minor_units(), currency), Text(absl::StrJoin(hold.reasons(), " ")),
                              Number(hold.age_days())});
      }
      session.Print(sheet, holds);
      return int{kOk};
    };
  });
}

void AddDecision(CLI::App* noun, Session& session, const std::string& name, const std::string& what, const std::string& example,
                 api::DecideReviewRequest::Decision decision) {
  auto request = std::make_shared<api::DecideReviewRequest>();
  auto* verb = Verb(noun, name, what, example);
  verb->add_option_function<std::string>(
          "customer", [request](const std::string& id) { request->set_customer_id(id); }, "Your id of the customer")
      ->required();
  verb->add_option_function<std::string>(
          "--reason", [request](const std::string& reason) { request->set_reason(reason); }, "Why; it stands in the log")
      ->required();
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, request, decision] {
    session.run = [&session, request, decision] {
      request->set_parent(session.ProgramName());
      request->set_decision(decision);
      request->set_request_id(session.NewRequestId());
      api::DecideReviewResponse response;
      const grpc::Status status =
          api::ReviewService::NewStub(session.channel())->DecideReview(session.context().get(), *request, &response);
      if (!status.ok()) return session.Fail(status);
      const bool released = decision == api::DecideReviewRequest::DECISION_RELEASE;
      session.PrintOne({{"customer_id", "decision"}, {{Text(request->customer_id()), Text(released ? "RELEASED" : "REJECTED")}}},
                       *request);
      return int{kOk};
    };
  });
}

}  // namespace

void AddReview(CLI::App& app, Session& session) {
  auto* noun = app.add_subcommand("review", "What is held and waits for a person");
  AddList(noun, session);
  AddHolds(noun, session);
  AddDecision(noun, session, "release", "A good referral: what was held is released, it earns on",
              "  trailbook --as noor review release cus_1 --reason \"two therapists share the address\" --program pracflow\n",
              api::DecideReviewRequest::DECISION_RELEASE);
  AddDecision(noun, session, "reject", "None: what was held is taken back, it earns nothing more",
              "  trailbook --as noor review reject cus_1 --reason \"own account\" --program pracflow\n",
              api::DecideReviewRequest::DECISION_REJECT);
}

}  // namespace trailbook::cli
