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
        sheet.rows.push_back({Text(Last(hold.commission())), Text(Last(hold.partner())), Text(hold.customer_id()),
                              Text(currency), Money(hold.held().minor_units(), currency),
                              Text(absl::StrJoin(hold.reasons(), " ")), Number(hold.age_days())});
      }
      session.Print(sheet, holds);
      return int{kOk};
    };
  });
}

void AddDecision(CLI::App* noun, Session& session, const std::string& name, const std::string& what,
                 const std::string& example, api::DecideReviewRequest::Decision decision) {
  auto request = std::make_shared<api::DecideReviewRequest>();
  auto* verb = Verb(noun, name, what, example);
  verb->add_option_function<std::string>(
          "customer", [request](const std::string& id) { request->set_customer_id(id); }, "Your id of the customer")
      ->required();
  verb->add_option_function<std::string>(
          "--reason", [request](const std::string& reason) { request->set_reason(reason); },
          "Why; it stands in the log")
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
      session.PrintOne(
          {{"customer_id", "decision"}, {{Text(request->customer_id()), Text(released ? "RELEASED" : "REJECTED")}}},
          *request);
      return int{kOk};
    };
  });
}

void PrintReferral(const api::Referral& r) {
  std::cout << "Customer " << r.customer_id() << " is " << Last(r.partner()) << "'s referral since " << r.sign_up_date()
            << "\n"
            << "  terms version " << r.terms_version() << ", " << r.rate_bps() << " bps"
            << (r.own_rate() ? " (the partner's own)" : "") << ", payable " << r.hold_days()
            << " days after each payment; review: " << r.review() << "\n"
            << "  " << r.decision() << "\n\n";
  Sheet touches{{"record", "signed_up", "partner_id", "named_by", "code", "clicked", "outcome"}, {}};
  for (const api::Touch& touch : r.touches()) {
    touches.rows.push_back({Number(touch.record()), Text(FormatTime(touch.sign_up_time().seconds())),
                            Text(Last(touch.partner())), Text(touch.kind()), Text(touch.code()),
                            Text(touch.has_click_time() ? FormatTime(touch.click_time().seconds()) : ""),
                            Text(touch.decided() ? "decided" : "lost")});
  }
  std::cout << ToTable(touches);
  for (const api::Referral::Move& move : r.moves()) {
    std::cout << FormatTime(move.time().seconds()) << ": reassigned from " << Last(move.from_partner()) << " to "
              << Last(move.partner()) << " by " << move.actor() << (move.unpaid_past() ? ", with what was unpaid" : "")
              << ": " << move.reason() << "\n";
  }
  std::cout << "\nCommissions, newest first:";
  for (const std::string& name : r.commissions()) std::cout << " " << Last(name);
  std::cout << (r.commissions().empty() ? " none\n" : "\n");
}

void AddReferral(CLI::App* noun, Session& session) {
  auto customer = std::make_shared<std::string>();
  auto* verb = Verb(noun, "show", "The dispute file of a customer: every touch, the rule that decided, what came of it",
                    "  trailbook referral show cus_1 --program pracflow\n");
  verb->add_option("customer", *customer, "Your id of the customer")->required();
  NeedsProgram(verb, session);
  verb->callback([&session, customer] {
    session.run = [&session, customer] {
      auto stub = api::ReviewService::NewStub(session.channel());
      api::Referral whole;
      const grpc::Status status = FetchAll<api::Referral>(
          [&](const std::string& token, api::Referral* response) {
            api::GetReferralRequest request;
            request.set_parent(session.ProgramName());
            request.set_customer_id(*customer);
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->GetReferral(session.context().get(), request, response);
          },
          [&](const api::Referral& page) {
            auto commissions = whole.commissions();
            commissions.MergeFrom(page.commissions());
            whole = page;
            *whole.mutable_commissions() = commissions;
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      if (session.format() == Format::kTable) {
        PrintReferral(whole);
      } else if (session.format() == Format::kJson) {
        std::cout << ToJson(whole) << "\n";
      } else {
        Sheet sheet{{"commission"}, {}};
        for (const std::string& name : whole.commissions()) sheet.rows.push_back({Text(Last(name))});
        std::cout << ToCsv(sheet);
      }
      return int{kOk};
    };
  });
}

void AddReassign(CLI::App* noun, Session& session) {
  struct Options {
    std::string customer, partner, reason;
    bool unpaid_past = false;
  };
  auto options = std::make_shared<Options>();
  auto* verb = Verb(
      noun, "reassign",
      "Moves a referral to another partner: what is reported from now on, and on request what is unpaid",
      "  trailbook --as noor referral reassign cus_1 --to partner-0002 --reason \"ticket 4711\" --program pracflow\n"
      "  trailbook --as noor referral reassign cus_1 --to partner-0002 --unpaid-past --reason \"ticket 4711\" "
      "--program pracflow\n");
  verb->add_option("customer", options->customer, "Your id of the customer")->required();
  verb->add_option("--to", options->partner, "The partner that gets it")->required();
  verb->add_option("--reason", options->reason, "Why")->required();
  verb->add_flag("--unpaid-past", options->unpaid_past, "Its unpaid commissions too; what was paid stays");
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::ReassignReferralRequest request;
      request.set_parent(session.ProgramName());
      request.set_customer_id(options->customer);
      request.set_partner(session.NameOf("partners", options->partner));
      request.set_reason(options->reason);
      request.set_unpaid_past(options->unpaid_past);
      request.set_request_id(session.NewRequestId());
      api::ReassignReferralResponse response;
      const grpc::Status status =
          api::ReviewService::NewStub(session.channel())->ReassignReferral(session.context().get(), request, &response);
      if (!status.ok()) return session.Fail(status);
      if (session.format() == Format::kJson) {
        std::cout << ToJson(response) << "\n";
        return int{kOk};
      }
      session.PrintOne({{"customer_id", "partner_id", "moved_commissions"},
                        {{Text(response.referral().customer_id()), Text(Last(response.referral().partner())),
                          Number(response.moved_commissions())}}},
                       response);
      if (options->unpaid_past && session.format() == Format::kTable) {
        std::cerr << "What was paid, or settled a debt, stays where it was earned; trailbook referral show "
                  << options->customer << " lists every commission\n";
      }
      return int{kOk};
    };
  });
}

}  // namespace

void AddReview(CLI::App& app, Session& session) {
  auto* noun = app.add_subcommand("review", "What is held and waits for a person");
  AddList(noun, session);
  AddHolds(noun, session);
  AddDecision(
      noun, session, "release", "A good referral: what was held is released, it earns on",
      "  trailbook --as noor review release cus_1 --reason \"two therapists share the address\" --program pracflow\n",
      api::DecideReviewRequest::DECISION_RELEASE);
  AddDecision(noun, session, "reject", "None: what was held is taken back, it earns nothing more",
              "  trailbook --as noor review reject cus_1 --reason \"own account\" --program pracflow\n",
              api::DecideReviewRequest::DECISION_REJECT);
}

void AddReferralNoun(CLI::App& app, Session& session) {
  auto* noun = app.add_subcommand("referral", "Who brought a customer, and why");
  AddReferral(noun, session);
  AddReassign(noun, session);
}

}  // namespace trailbook::cli
