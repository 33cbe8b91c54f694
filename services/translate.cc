#include "services/translate.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "services/names.h"

namespace trailbook::services {

Amount ToAmount(const api::Money& money) { return {money.currency_code(), money.minor_units()}; }

void FillMoney(absl::string_view currency, int64_t minor_units, api::Money* money) {
  money->set_currency_code(std::string(currency));
  money->set_minor_units(minor_units);
}

void FillTime(int64_t seconds, google::protobuf::Timestamp* time) { time->set_seconds(seconds); }

std::string Mask(absl::string_view account) {
  // Always four stars, so that not even the length is told; of an e-mail what tells accounts apart.
  if (account.empty()) return "";
  const size_t at = account.find('@');
  if (at != absl::string_view::npos) return absl::StrCat(account.substr(0, at > 0 ? 1 : 0), "****", account.substr(at));
  return absl::StrCat("****", account.size() <= 4 ? "" : account.substr(account.size() - 4));
}

TermsSpec ToTerms(const api::Terms& terms) {
  TermsSpec spec;
  spec.effective_date = terms.effective_date();
  spec.rate_bps = terms.rate_bps();
  spec.hold_days = terms.hold_days();
  spec.attribution_window_days = terms.attribution_window_days();
  for (const api::Money& minimum : terms.minimum_payouts()) spec.minimums.push_back(ToAmount(minimum));
  for (const api::Tier& tier : terms.tiers()) spec.tiers.push_back({tier.min_paying_customers(), tier.rate_bps()});
  for (const api::Money& bonus : terms.sign_up_bonuses()) spec.sign_up_bonuses.push_back(ToAmount(bonus));
  spec.duration_months = terms.duration_months();
  spec.follow = terms.existing_referrals() == api::EXISTING_REFERRALS_FOLLOW;
  return spec;
}

void Fill(const TermsView& view, api::Terms* out) {
  out->set_version(static_cast<int32_t>(view.version));
  out->set_effective_date(view.effective_date);
  out->set_rate_bps(static_cast<int32_t>(view.rate_bps));
  out->set_hold_days(static_cast<int32_t>(view.hold_days));
  out->set_attribution_window_days(static_cast<int32_t>(view.attribution_window_days));
  for (const Amount& minimum : view.minimums) {
    FillMoney(minimum.currency, minimum.minor_units, out->add_minimum_payouts());
  }
  FillTime(view.create_time, out->mutable_create_time());
  for (const TierSpec& tier : view.tiers) {
    out->add_tiers()->set_min_paying_customers(tier.min_paying_customers);
    out->mutable_tiers()->rbegin()->set_rate_bps(static_cast<int32_t>(tier.rate_bps));
  }
  for (const Amount& bonus : view.sign_up_bonuses) {
    FillMoney(bonus.currency, bonus.minor_units, out->add_sign_up_bonuses());
  }
  out->set_duration_months(static_cast<int32_t>(view.duration_months));
  out->set_existing_referrals(view.follow ? api::EXISTING_REFERRALS_FOLLOW : api::EXISTING_REFERRALS_KEEP);
}

void Fill(absl::string_view program, const LoweringView& view, api::RateLowering* out) {
  out->set_ordinal(view.ordinal);
  if (!view.partner_id.empty()) out->set_partner(Name(program, "partners", view.partner_id));
  out->set_rate_bps(static_cast<int32_t>(view.rate_bps));
  out->set_effective_date(view.effective_date);
  out->set_reason(view.reason);
  out->set_actor(view.actor);
  FillTime(view.create_time, out->mutable_create_time());
}

void Fill(const ProgramView& view, api::Program* out) {
  out->set_name(Name(view.program_id));
  out->set_display_name(view.display_name);
  out->set_book_time_zone(view.book_time_zone);
  FillTime(view.create_time, out->mutable_create_time());
  Fill(view.terms, out->mutable_terms());
  out->set_closed_through_date(view.closed_through_date);
}

PartnerSpec ToPartner(absl::string_view partner_id, const api::Partner& partner, bool has_rate, int32_t rate_bps,
                      absl::string_view link_code, absl::string_view coupon_code) {
  PartnerSpec spec;
  spec.partner_id = std::string(partner_id);
  spec.display_name = partner.display_name();
  spec.email = partner.email();
  spec.country = partner.country();
  spec.method_type = partner.payout_method().type();
  spec.method_account = partner.payout_method().account();
  spec.settlement_currency = partner.payout_method().settlement_currency();
  if (has_rate) spec.rate_bps = rate_bps;
  spec.link_code = std::string(link_code);
  spec.coupon_code = std::string(coupon_code);
  return spec;
}

void Fill(absl::string_view program, const PartnerView& view, api::Partner* out) {
  out->set_name(Name(program, "partners", view.partner_id));
  out->set_display_name(view.display_name);
  out->set_email(view.email);
  out->set_country(view.country);
  out->mutable_payout_method()->set_type(view.method_type);
  out->mutable_payout_method()->set_account(Mask(view.method_account));
  out->mutable_payout_method()->set_last_editor(view.method_editor);
  out->mutable_payout_method()->set_settlement_currency(view.settlement_currency);
  out->mutable_payout_method()->set_blocked(view.method_blocked);
  if (view.rate_bps.has_value()) out->set_rate_bps(static_cast<int32_t>(*view.rate_bps));
  out->set_state(static_cast<api::Partner::State>(view.state));
  out->set_state_reason(view.state_reason);
  if (!view.merged_into.empty()) out->set_merged_into(Name(program, "partners", view.merged_into));
  for (const std::string& alias : view.aliases) out->add_aliases(Name(program, "partners", alias));
  if (!view.group_id.empty()) out->set_group(Name(program, "groups", view.group_id));
  out->set_paying_customers(view.paying_customers);
  for (const LoweringView& lowering : view.lowerings) Fill(program, lowering, out->add_rate_lowerings());
  FillTime(view.create_time, out->mutable_create_time());
}

void Fill(absl::string_view program, const CodeView& view, api::Link* out) {
  out->set_name(Name(program, "links", view.code));
  out->set_partner(Name(program, "partners", view.partner_id));
  out->set_kind(view.coupon ? api::Link::KIND_COUPON : api::Link::KIND_LINK);
  out->set_destination(view.destination);
  FillTime(view.create_time, out->mutable_create_time());
  if (view.disable_time != 0) FillTime(view.disable_time, out->mutable_disable_time());
}

void Fill(absl::string_view program, const EarningsView& view, api::Earnings* out) {
  out->set_partner(Name(program, "partners", view.partner_id));
  out->set_currency_code(view.currency);
  out->set_pending(view.pending);
  out->set_held(view.held);
  out->set_payable(view.payable);
  out->set_reserved(view.reserved);
  out->set_receivable(view.receivable);
  out->set_paid(view.paid);
}

void Fill(absl::string_view program, const CommissionView& view, api::Commission* out) {
  out->set_name(Name(program, "commissions", view.number));
  out->set_partner(Name(program, "partners", view.partner_id));
  out->set_customer_id(view.customer_id);
  out->set_payment_id(view.payment_id);
  out->set_state(static_cast<api::Commission::State>(view.state));
  FillMoney(view.currency, view.collected, out->mutable_collected());
  out->set_base_minor_units(view.base);
  out->set_rate_bps(static_cast<int32_t>(view.rate_bps));
  out->set_accrued_minor_units(view.accrued);
  out->set_current_minor_units(view.current);
  out->set_held_minor_units(view.held);
  FillTime(view.payment_time, out->mutable_payment_time());
  out->set_event_date(view.event_date);
  out->set_mature_date(view.mature_date);
  out->set_zero_reason(view.zero_reason);
  for (const std::string& flag : view.flags) out->add_flags(flag);
  if (view.bonus_of != 0) out->set_bonus_of(Name(program, "commissions", view.bonus_of));
  if (view.bonus != 0) out->set_bonus(Name(program, "commissions", view.bonus));
  if (view.moved_from != 0) out->set_moved_from(Name(program, "commissions", view.moved_from));
  if (view.moved_to != 0) out->set_moved_to(Name(program, "commissions", view.moved_to));
  if (view.batch != 0) {
    out->set_payout(absl::StrCat(Name(program, "payoutBatches", view.batch), "/payouts/", view.payout));
  }
}

void Fill(absl::string_view program, const ExplanationView& view, api::CommissionExplanation* out) {
  Fill(program, view.commission, out->mutable_commission());
  out->set_sign_up_date(view.sign_up_date);
  out->set_terms_version(static_cast<int32_t>(view.terms_version));
  out->set_rate_source(view.rate_source);
  if (!view.group_id.empty()) out->set_group(Name(program, "groups", view.group_id));
  out->set_hold_days(static_cast<int32_t>(view.hold_days));
  out->set_attributed_by(view.attributed_by);
  for (const ExplanationStep& step : view.steps) {
    auto* to = out->add_steps();
    to->set_sequence(step.sequence);
    if (step.time != 0) FillTime(step.time, to->mutable_occur_time());
    to->set_booking_date(step.booking_date);
    to->set_kind(step.kind);
    to->set_external_id(step.external_id);
    to->set_change_minor_units(step.change);
    to->set_after_minor_units(step.after);
    to->set_text(step.text);
  }
  for (const std::string& line : view.text) out->add_text(line);
}

void Fill(absl::string_view program, const StatementView& view, api::Statement* out) {
  out->set_partner_number(view.partner_number);
  out->set_log_size(view.log_size);
  out->set_partner(Name(program, "partners", view.partner_id));
  out->set_currency_code(view.currency);
  out->set_from_date(view.from_date);
  out->set_to_date(view.to_date);
  out->set_opening_minor_units(view.opening);
  out->set_earned_minor_units(view.earned);
  out->set_paid_minor_units(view.paid);
  out->set_closing_minor_units(view.closing);
  for (const StatementLine& line : view.lines.items) {
    auto* to = out->add_lines();
    to->set_booking_date(line.booking_date);
    to->set_sequence(line.sequence);
    to->set_kind(line.kind);
    to->set_text(line.text);
    to->set_amount_minor_units(line.amount);
    if (line.commission != 0) to->set_commission(Name(program, "commissions", line.commission));
  }
}

void Fill(absl::string_view program, const BatchView& view, api::PayoutBatch* out) {
  if (view.batch != 0) out->set_name(Name(program, "payoutBatches", view.batch));
  out->set_currency_code(view.currency);
  out->set_cutoff_date(view.cutoff_date);
  out->set_funding_account(view.funding_account);
  out->set_state(static_cast<api::PayoutBatch::State>(view.state));
  out->set_total_minor_units(view.total);
  out->set_payout_count(static_cast<int32_t>(view.payout_count));
  out->set_content_hash(view.content_hash_hex);
  out->set_preparer(view.preparer);
  out->set_approver(view.approver);
  if (view.create_time != 0) FillTime(view.create_time, out->mutable_create_time());
  out->mutable_totals()->set_reserved(view.totals.reserved);
  out->mutable_totals()->set_settled(view.totals.settled);
  out->mutable_totals()->set_returned(view.totals.returned);
  out->mutable_totals()->set_failed(view.totals.failed);
  out->mutable_totals()->set_cancelled(view.totals.cancelled);
  out->mutable_totals()->set_outstanding(view.totals.outstanding);
}

void Fill(absl::string_view program, const PayoutView& view, api::Payout* out) {
  if (view.batch != 0) {
    out->set_name(NameOfPayout(program, view.batch, view.payout));
  }
  out->set_partner(Name(program, "partners", view.partner_id));
  out->set_display_name(view.display_name);
  FillMoney(view.currency, view.amount, out->mutable_amount());
  out->set_state(static_cast<api::Payout::State>(view.state));
  out->set_method_type(view.method_type);
  out->set_masked_account(Mask(view.method_account));
  out->set_line_count(static_cast<int32_t>(view.line_count));
  out->set_evidence(view.evidence);
  out->set_after_failure(view.after_failure);
  if (view.fx_rate != 0) {
    FillMoney(view.settlement.currency, view.settlement.minor_units, out->mutable_settlement());
    out->set_fx_rate(Name(program, "fxRates", view.fx_rate));
  }
  if (view.retry_of_batch != 0) out->set_retry_of(NameOfPayout(program, view.retry_of_batch, view.retry_of_payout));
}

void Fill(absl::string_view program, const FxRateView& view, api::FxRate* out) {
  out->set_name(Name(program, "fxRates", view.number));
  out->set_from_currency_code(view.from_currency);
  out->set_to_currency_code(view.to_currency);
  out->set_rate(view.rate);
  out->set_source(view.source);
  out->set_actor(view.actor);
  FillTime(view.quote_time, out->mutable_quote_time());
  FillTime(view.create_time, out->mutable_create_time());
}

void Fill(absl::string_view program, const BalancePartView& view, api::BalancePart* out) {
  out->set_kind(view.kind);
  out->set_date(view.date);
  out->set_amount_minor_units(view.amount);
  out->set_text(view.text);
  out->set_sequence(view.sequence);
  if (view.commission != 0) out->set_commission(Name(program, "commissions", view.commission));
  if (view.batch != 0) out->set_payout(NameOfPayout(program, view.batch, view.payout));
  out->set_mature_date(view.mature_date);
}

void Fill(absl::string_view program, absl::string_view currency, const BalancePartView& view, api::PayoutLine* out) {
  out->set_sequence(view.sequence);
  out->set_booking_date(view.date);
  FillMoney(currency, view.amount, out->mutable_amount());
  out->set_kind(view.kind);
  out->set_text(view.text);
  if (view.commission != 0) out->set_commission(Name(program, "commissions", view.commission));
  out->set_mature_date(view.mature_date);
}

void Fill(absl::string_view program, const DueCommissionView& view, api::DueCommission* out) {
  out->set_commission(Name(program, "commissions", view.commission));
  out->set_customer_id(view.customer_id);
  out->set_payment_id(view.payment_id);
  out->set_amount_minor_units(view.amount);
  out->set_sequence(view.sequence);
}

void Fill(absl::string_view program, const LeftOutView& view, api::LeftOut* out) {
  out->set_partner(Name(program, "partners", view.partner_id));
  FillMoney(view.currency, view.payable, out->mutable_payable());
  out->set_reason(view.reason);
  out->set_text(view.text);
}

void Fill(absl::string_view program, const RecordView& view, api::Record* out) {
  out->set_name(Name(program, "records", view.sequence));
  out->set_sequence(view.sequence);
  out->mutable_record_time()->set_seconds(view.record_micros / 1000000);
  out->mutable_record_time()->set_nanos(static_cast<int32_t>(view.record_micros % 1000000 * 1000));
  out->set_event_date(view.event_date);
  out->set_actor(view.actor);
  out->set_kind(view.kind);
  out->set_json(view.json);
  out->set_leaf_hash(view.leaf_hash_hex);
  out->set_body(view.body);
  for (const PostingView& posting : view.postings) {
    auto* to = out->add_postings();
    to->set_account(posting.account);
    to->set_currency_code(posting.currency);
    to->set_amount_minor_units(posting.amount);
    to->set_booking_date(posting.booking_date);
  }
}

}  // namespace trailbook::services
