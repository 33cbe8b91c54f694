#include "services/review_service.h"

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "services/mutate.h"
#include "services/names.h"
#include "services/pages.h"
#include "services/translate.h"

namespace trailbook::services {
namespace {

void Fill(absl::string_view program, const ReviewView& view, api::Review* out) {
  out->set_partner(Name(program, "partners", view.partner_id));
  out->set_customer_id(view.customer_id);
  FillTime(view.sign_up_time, out->mutable_sign_up_time());
  for (const Amount& held : view.held) FillMoney(held.currency, held.minor_units, out->add_held());
  out->set_age_days(static_cast<int32_t>(view.age_days));
}

void Fill(absl::string_view program, const HoldView& view, api::Hold* out) {
  out->set_commission(Name(program, "commissions", view.commission));
  out->set_partner(Name(program, "partners", view.partner_id));
  out->set_customer_id(view.customer_id);
  FillMoney(view.currency, view.held, out->mutable_held());
  for (const std::string& reason : view.reasons) out->add_reasons(reason);
  FillTime(view.since, out->mutable_since_time());
  out->set_age_days(static_cast<int32_t>(view.age_days));
}

void Fill(absl::string_view program, const ReferralView& view, api::Referral* out) {
  out->set_customer_id(view.customer_id);
  out->set_partner(Name(program, "partners", view.partner_id));
  FillTime(view.sign_up_time, out->mutable_sign_up_time());
  out->set_sign_up_date(view.sign_up_date);
  out->set_terms_version(static_cast<int32_t>(view.terms_version));
  out->set_rate_bps(static_cast<int32_t>(view.rate_bps));
  out->set_own_rate(view.own_rate);
  out->set_hold_days(static_cast<int32_t>(view.hold_days));
  out->set_review(view.review);
  out->set_decision(view.decision);
  for (const TouchView& touch : view.touches) {
    api::Touch* to = out->add_touches();
    to->set_partner(Name(program, "partners", touch.partner_id));
    to->set_kind(touch.kind);
    to->set_code(touch.code);
    FillTime(touch.sign_up_time, to->mutable_sign_up_time());
    if (touch.click_time != 0) FillTime(touch.click_time, to->mutable_click_time());
    to->set_decided(touch.decided);
    to->set_record(touch.sequence);
  }
  for (const ReferralMoveView& move : view.moves) {
    api::Referral::Move* to = out->add_moves();
    to->set_from_partner(Name(program, "partners", move.from_partner_id));
    to->set_partner(Name(program, "partners", move.partner_id));
    FillTime(move.time, to->mutable_time());
    to->set_actor(move.actor);
    to->set_reason(move.reason);
    to->set_unpaid_past(move.unpaid_past);
    to->set_record(move.sequence);
  }
  for (int64_t number : view.commissions.items) out->add_commissions(Name(program, "commissions", number));
}

}  // namespace

grpc::ServerUnaryReactor* ReviewServiceImpl::ListReviews(grpc::CallbackServerContext* context,
                                                         const api::ListReviewsRequest* request,
                                                         api::ListReviewsResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListReviews", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const std::string list = absl::StrCat("reviews\n", program);
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListReviews(program, page));
    for (const ReviewView& item : found.items) Fill(program, item, response->add_reviews());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ReviewServiceImpl::ListHolds(grpc::CallbackServerContext* context,
                                                       const api::ListHoldsRequest* request,
                                                       api::ListHoldsResponse* response) {
  return Call::ReadOnly(funnel_, context, "ListHolds", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const std::string list = absl::StrCat("holds\n", program);
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const auto found, queries.ListHolds(program, page));
    for (const HoldView& item : found.items) Fill(program, item, response->add_holds());
    response->set_next_page_token(ToToken(found.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ReviewServiceImpl::DecideReview(grpc::CallbackServerContext* context,
                                                          const api::DecideReviewRequest* request,
                                                          api::DecideReviewResponse*) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const auto decision = request->decision();
    if (decision != api::DecideReviewRequest::DECISION_RELEASE &&
        decision != api::DecideReviewRequest::DECISION_REJECT) {
      return InvalidField("decision", "must be DECISION_RELEASE or DECISION_REJECT");
    }
    return Mutation(trailbook::DecideReview{program, request->customer_id(),
                                            decision == api::DecideReviewRequest::DECISION_REJECT, request->reason()});
  };
  return MutateCall(funnel_, context, "DecideReview", *request, command,
                    [](Queries&, const MutationReply&) { return absl::OkStatus(); });
}

grpc::ServerUnaryReactor* ReviewServiceImpl::GetReferral(grpc::CallbackServerContext* context,
                                                         const api::GetReferralRequest* request,
                                                         api::Referral* response) {
  return Call::ReadOnly(funnel_, context, "GetReferral", [request, response](Queries& queries) -> absl::Status {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    const std::string list = absl::StrCat("referral\n", program, "\n", request->customer_id());
    TRAILBOOK_ASSIGN_OR_RETURN(const PageRequest page, ToPage(request->page_size(), request->page_token(), list));
    TRAILBOOK_ASSIGN_OR_RETURN(const ReferralView view, queries.GetReferral(program, request->customer_id(), page));
    Fill(program, view, response);
    response->set_next_page_token(ToToken(view.commissions.next, list));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* ReviewServiceImpl::ReassignReferral(grpc::CallbackServerContext* context,
                                                              const api::ReassignReferralRequest* request,
                                                              api::ReassignReferralResponse* response) {
  const auto command = [request]() -> absl::StatusOr<Mutation> {
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
    TRAILBOOK_ASSIGN_OR_RETURN(const std::string partner, IdIn(program, "partner", request->partner(), "partners"));
    if (partner.empty()) return InvalidField("partner", "is required");
    return Mutation(trailbook::ReassignReferral{program, request->customer_id(), partner, request->reason(),
                                                request->unpaid_past()});
  };
  return MutateCall(funnel_, context, "ReassignReferral", *request, command,
                    [request, response](Queries& queries, const MutationReply& made) -> absl::Status {
                      TRAILBOOK_ASSIGN_OR_RETURN(const std::string program, ProgramOf("parent", request->parent()));
                      TRAILBOOK_ASSIGN_OR_RETURN(const ReferralView view,
                                                 queries.GetReferral(program, request->customer_id(), {}));
                      Fill(program, view, response->mutable_referral());
                      response->set_moved_commissions(made.number);
                      return absl::OkStatus();
                    });
}

}  // namespace trailbook::services
