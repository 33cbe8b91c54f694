// Between messages and values: reports in, outcomes and resources out.
#include "services/translate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <variant>

#include "google/rpc/error_details.pb.h"
#include "ledger/base/status.h"

namespace trailbook::services {
namespace {

using ::testing::ElementsAre;

api::ReportedEvent PaymentEvent() {
  api::ReportedEvent event;
  api::Payment& payment = *event.mutable_payment();
  payment.set_payment_id("in_1");
  payment.set_customer_id("cus_1");
  FillMoney("INR", 11800, payment.mutable_collected());
  payment.set_base_minor_units(10000);
  payment.mutable_occur_time()->set_seconds(1700000000);
  payment.add_alias_ids("pi_1");
  payment.add_alias_ids("ch_1");
  return event;
}
api::ReportedEvent RefundEvent() {
  api::ReportedEvent event;
  api::Refund& refund = *event.mutable_refund();
  refund.set_refund_id("re_1");
  refund.set_payment_id("pi_1");
  FillMoney("USD", 3333, refund.mutable_amount());
  refund.set_state(api::Refund::STATE_SUCCEEDED);
  refund.mutable_occur_time()->set_seconds(1700000001);
  return event;
}
api::ReportedEvent DisputeEvent() {
  api::ReportedEvent event;
  api::Dispute& dispute = *event.mutable_dispute();
  dispute.set_dispute_id("dp_1");
  dispute.set_payment_id("pi_1");
  FillMoney("USD", 4900, dispute.mutable_amount());
  dispute.set_state(api::Dispute::STATE_OPEN);
  dispute.mutable_occur_time()->set_seconds(1700000002);
  return event;
}

template <typename R>
R ReportOf(const api::ReportedEvent& event) {
  const auto report = ToReport("acme", event);
  EXPECT_TRUE(report.ok()) << report.status();
  return report.ok() ? std::get<R>(*report) : R();
}
std::string FieldRefused(const api::ReportedEvent& event) {
  const absl::Status status = ToReport("acme", event).status();
  EXPECT_EQ(ReasonOf(status), "INVALID_FIELD") << status;
  return FieldOf(status);
}

TEST(ToReport, ASignUpNamesItsPartnerByIdOrByResourceName) {
  api::ReportedEvent event;
  api::SignUp& sign_up = *event.mutable_sign_up();
  sign_up.set_customer_id("cus_1");
  sign_up.set_partner("programs/acme/partners/jane");
  sign_up.set_coupon_code("JANE20");
  sign_up.set_link_code("jane");
  sign_up.add_other_codes("order-17");
  sign_up.set_email("jo@example.com");
  sign_up.mutable_occur_time()->set_seconds(1690000000);
  const auto report = ReportOf<SignUpReport>(event);
  EXPECT_EQ(report.customer_id, "cus_1");
  EXPECT_EQ(report.partner_id, "jane");
  EXPECT_EQ(report.coupon_code, "JANE20");
  EXPECT_EQ(report.link_code, "jane");
  EXPECT_THAT(report.other_codes, ElementsAre("order-17"));
  EXPECT_EQ(report.email, "jo@example.com");
  EXPECT_EQ(report.time, 1690000000);
  sign_up.set_partner("jane");
  EXPECT_EQ(ReportOf<SignUpReport>(event).partner_id, "jane");
  sign_up.set_partner("programs/globex/partners/jane");
  EXPECT_NE(ReportOf<SignUpReport>(event).partner_id, "jane") << "another program's partner is not this one's";
}

TEST(ToReport, APaymentKeepsItsMoneyAndItsAliases) {
  const auto report = ReportOf<PaymentReport>(PaymentEvent());
  EXPECT_EQ(report.payment_id, "in_1");
  EXPECT_EQ(report.customer_id, "cus_1");
  EXPECT_EQ(report.collected.currency, "INR");
  EXPECT_EQ(report.collected.minor_units, 11800);
  EXPECT_EQ(report.base, 10000);
  EXPECT_EQ(report.time, 1700000000);
  EXPECT_THAT(report.alias_ids, ElementsAre("pi_1", "ch_1"));
  EXPECT_FALSE(report.old_debit);
  api::ReportedEvent event = PaymentEvent();
  event.mutable_payment()->set_flag(api::Payment::FLAG_OLD_DEBIT);
  EXPECT_TRUE(ReportOf<PaymentReport>(event).old_debit);
}

TEST(ToReport, AnAliasNamesBothIds) {
  api::ReportedEvent event;
  event.mutable_payment_alias()->set_payment_id("in_1");
  event.mutable_payment_alias()->set_alias_id("pi_1");
  event.mutable_payment_alias()->mutable_occur_time()->set_seconds(5);
  const auto report = ReportOf<AliasReport>(event);
  EXPECT_EQ(report.payment_id, "in_1");
  EXPECT_EQ(report.alias_id, "pi_1");
  EXPECT_EQ(report.time, 5);
}

TEST(ToReport, ARefundSucceededOrFailed) {
  api::ReportedEvent event = RefundEvent();
  EXPECT_FALSE(ReportOf<RefundReport>(event).failed);
  EXPECT_EQ(ReportOf<RefundReport>(event).amount.minor_units, 3333);
  event.mutable_refund()->set_state(api::Refund::STATE_FAILED);
  EXPECT_TRUE(ReportOf<RefundReport>(event).failed);
  event.mutable_refund()->set_state(api::Refund::STATE_UNSPECIFIED);
  EXPECT_EQ(FieldRefused(event), "refund.state");
  event.mutable_refund()->set_state(static_cast<api::Refund::State>(9));
  EXPECT_EQ(FieldRefused(event), "refund.state");
}

TEST(ToReport, ADisputeStandsSomewhere) {
  api::ReportedEvent event = DisputeEvent();
  EXPECT_EQ(ReportOf<DisputeReport>(event).phase, DisputePhase::kOpen);
  event.mutable_dispute()->set_state(api::Dispute::STATE_WON);
  EXPECT_EQ(ReportOf<DisputeReport>(event).phase, DisputePhase::kWon);
  event.mutable_dispute()->set_state(api::Dispute::STATE_LOST);
  EXPECT_EQ(ReportOf<DisputeReport>(event).phase, DisputePhase::kLost);
  event.mutable_dispute()->set_state(api::Dispute::STATE_UNSPECIFIED);
  EXPECT_EQ(FieldRefused(event), "dispute.state");
  event.mutable_dispute()->set_state(static_cast<api::Dispute::State>(4));
  EXPECT_EQ(FieldRefused(event), "dispute.state");
}

TEST(ToReport, WhatIsMissingIsNamed) {
  api::ReportedEvent payment = PaymentEvent();
  payment.mutable_payment()->clear_collected();
  EXPECT_EQ(FieldRefused(payment), "payment.collected");
  payment = PaymentEvent();
  payment.mutable_payment()->clear_occur_time();
  EXPECT_EQ(FieldRefused(payment), "payment.occur_time");
  api::ReportedEvent refund = RefundEvent();
  refund.mutable_refund()->clear_amount();
  EXPECT_EQ(FieldRefused(refund), "refund.amount");
  api::ReportedEvent dispute = DisputeEvent();
  dispute.mutable_dispute()->clear_occur_time();
  EXPECT_EQ(FieldRefused(dispute), "dispute.occur_time");
  api::ReportedEvent sign_up;
  sign_up.mutable_sign_up();
  EXPECT_EQ(FieldRefused(sign_up), "sign_up.occur_time");
  EXPECT_EQ(FieldRefused(api::ReportedEvent()), "event");
}

TEST(FillReportOutcome, NamesWhoEarnsWhat) {
  ReportOutcome outcome;
  outcome.kind = OutcomeKind::kRecorded;
  outcome.replayed = true;
  outcome.partner_id = "jane";
  outcome.commission = 42;
  outcome.commission_amount = {"INR", 750};
  outcome.message = "as before";
  api::ReportOutcome out;
  Fill("acme", outcome, &out);
  EXPECT_EQ(out.outcome(), api::ReportOutcome::OUTCOME_RECORDED);
  EXPECT_TRUE(out.replayed());
  EXPECT_EQ(out.partner(), "programs/acme/partners/jane");
  EXPECT_EQ(out.commission(), "programs/acme/commissions/42");
  EXPECT_EQ(out.commission_amount().currency_code(), "INR");
  EXPECT_EQ(out.commission_amount().minor_units(), 750);
  EXPECT_EQ(out.message(), "as before");
  EXPECT_FALSE(out.has_error());
}

TEST(FillReportOutcome, EveryOutcomeHasItsWord) {
  const std::pair<OutcomeKind, api::ReportOutcome::Outcome> kOutcomes[] = {
      {OutcomeKind::kRecorded, api::ReportOutcome::OUTCOME_RECORDED},
      {OutcomeKind::kNoReferral, api::ReportOutcome::OUTCOME_NO_REFERRAL},
      {OutcomeKind::kAlreadyReferred, api::ReportOutcome::OUTCOME_ALREADY_REFERRED},
      {OutcomeKind::kParked, api::ReportOutcome::OUTCOME_PARKED},
      {OutcomeKind::kBeforeSignUp, api::ReportOutcome::OUTCOME_BEFORE_SIGN_UP},
      {OutcomeKind::kZero, api::ReportOutcome::OUTCOME_ZERO},
      {OutcomeKind::kIgnored, api::ReportOutcome::OUTCOME_IGNORED}};
  for (const auto& [kind, word] : kOutcomes) {
    ReportOutcome outcome;
    outcome.kind = kind;
    api::ReportOutcome out;
    Fill("acme", outcome, &out);
    EXPECT_EQ(out.outcome(), word);
    EXPECT_EQ(out.partner(), "") << "nobody was named";
    EXPECT_EQ(out.commission(), "");
  }
}

TEST(FillReportOutcome, ARefusalIsAnErrorAndNothingElse) {
  ReportOutcome outcome;
  outcome.status = InvalidField("payment.base_minor_units", "is negative");
  outcome.partner_id = "jane";
  api::ReportOutcome out;
  Fill("acme", outcome, &out);
  EXPECT_EQ(out.outcome(), api::ReportOutcome::OUTCOME_UNSPECIFIED);
  EXPECT_EQ(out.error().code(), static_cast<int>(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(out.partner(), "");
}

TEST(Terms, ComeBackAsTheyWereSent) {
  api::Terms sent;
  sent.set_effective_date("2026-12-01");
  sent.set_rate_bps(750);
  sent.set_hold_days(30);
  sent.set_attribution_window_days(60);
  sent.set_existing_referrals(api::EXISTING_REFERRALS_KEEP);  // what is not said is KEEP
  FillMoney("INR", 100000, sent.add_minimum_payouts());
  FillMoney("USD", 2500, sent.add_minimum_payouts());
  const TermsSpec spec = ToTerms(sent);
  TermsView view;
  view.version = 2;
  view.effective_date = spec.effective_date;
  view.rate_bps = spec.rate_bps;
  view.hold_days = spec.hold_days;
  view.attribution_window_days = spec.attribution_window_days;
  view.minimums = spec.minimums;
  api::Terms back;
  Fill(view, &back);
  EXPECT_EQ(back.version(), 2);
  back.clear_version();
  back.clear_create_time();
  EXPECT_EQ(back.SerializeAsString(), sent.SerializeAsString());
}

TEST(Partner, KeepsItsRateOnlyIfItWasGiven) {
  api::Partner partner;
  partner.set_display_name("Jane");
  partner.mutable_payout_method()->set_type("sepa");
  partner.mutable_payout_method()->set_account("DE89370400440532013000");
  const PartnerSpec without = ToPartner("jane", partner, false, 0, "jane", "JANE20");
  EXPECT_FALSE(without.rate_bps.has_value());
  EXPECT_EQ(without.partner_id, "jane");
  EXPECT_EQ(without.link_code, "jane");
  EXPECT_EQ(without.coupon_code, "JANE20");
  EXPECT_EQ(without.method_account, "DE89370400440532013000");
  EXPECT_EQ(*ToPartner("jane", partner, true, 0, "", "").rate_bps, 0) << "a rate of zero is a rate";
}

TEST(Partner, NeverShowsItsWholeAccount) {
  PartnerView view;
  view.partner_id = "jane";
  view.method_type = "sepa";
  view.method_account = "DE89370400440532013000";
  api::Partner out;
  Fill("acme", view, &out);
  EXPECT_EQ(out.name(), "programs/acme/partners/jane");
  EXPECT_EQ(out.payout_method().account(), "****3000");
  EXPECT_EQ(out.ShortDebugString().find("DE89"), std::string::npos);
  EXPECT_FALSE(out.has_rate_bps());
}

TEST(Mask, ShowsAtMostTheLastFourAndNotHowManyThereWere) {
  EXPECT_EQ(Mask("DE89370400440532013000"), "****3000");
  EXPECT_EQ(Mask("12345"), "****2345");
  EXPECT_EQ(Mask("1234"), "****");
  EXPECT_EQ(Mask("1"), "****");
  EXPECT_EQ(Mask(""), "");
  EXPECT_EQ(Mask("jane.doe@clinic.example"), "j****@clinic.example");
}

TEST(Mask, OfAnEmailShowsTheFirstLetterAndTheDomain) {
  EXPECT_EQ(Mask("jane@example.com"), "j****@example.com");
  EXPECT_EQ(Mask("@example.com"), "****@example.com");
}

}  // namespace
}  // namespace trailbook::services
