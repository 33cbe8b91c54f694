// ReviewService over the ledger. Thread-safe.
#ifndef TRAILBOOK_SERVICES_REVIEW_SERVICE_H_
#define TRAILBOOK_SERVICES_REVIEW_SERVICE_H_

#include "services/call.h"
#include "trailbook/v1/review_service.grpc.pb.h"

namespace trailbook::services {

class ReviewServiceImpl final : public ::trailbook::v1::ReviewService::CallbackService {
 public:
  explicit ReviewServiceImpl(Funnel* funnel) : funnel_(*funnel) {}

  grpc::ServerUnaryReactor* ListReviews(grpc::CallbackServerContext* context,
                                        const ::trailbook::v1::ListReviewsRequest* request,
                                        ::trailbook::v1::ListReviewsResponse* response) override;
  grpc::ServerUnaryReactor* ListHolds(grpc::CallbackServerContext* context,
                                      const ::trailbook::v1::ListHoldsRequest* request,
                                      ::trailbook::v1::ListHoldsResponse* response) override;
  grpc::ServerUnaryReactor* DecideReview(grpc::CallbackServerContext* context,
                                         const ::trailbook::v1::DecideReviewRequest* request,
                                         ::trailbook::v1::DecideReviewResponse* response) override;
  grpc::ServerUnaryReactor* GetReferral(grpc::CallbackServerContext* context,
                                        const ::trailbook::v1::GetReferralRequest* request,
                                        ::trailbook::v1::Referral* response) override;
  grpc::ServerUnaryReactor* ReassignReferral(grpc::CallbackServerContext* context,
                                             const ::trailbook::v1::ReassignReferralRequest* request,
                                             ::trailbook::v1::ReassignReferralResponse* response) override;

 private:
  Funnel& funnel_;
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_REVIEW_SERVICE_H_
