#include "tests/model/command.h"

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace trailbook::model {

namespace {

std::string Text(const std::string& text) { return absl::StrCat("\"", absl::CEscape(text), "\""); }

std::string Text(const std::vector<std::string>& texts) {
  return absl::StrCat(
      "{", absl::StrJoin(texts, ", ", [](std::string* out, const std::string& text) { out->append(Text(text)); }), "}");
}

std::string Text(const Amount& amount) {
  return absl::StrCat("{", Text(amount.currency), ", ", amount.minor_units, "}");
}

std::string Text(int64_t number) { return absl::StrCat(number); }
std::string Text(bool yes) { return yes ? "true" : "false"; }

std::string Text(const std::vector<Amount>& amounts) {
  return absl::StrCat(
      "{", absl::StrJoin(amounts, ", ", [](std::string* out, const Amount& amount) { out->append(Text(amount)); }),
      "}");
}

std::string Text(const std::vector<TierSpec>& tiers) {
  return absl::StrCat("{",
                      absl::StrJoin(tiers, ", ",
                                    [](std::string* out, const TierSpec& tier) {
                                      absl::StrAppend(out, "{", tier.min_paying_customers, ", ", tier.rate_bps, "}");
                                    }),
                      "}");
}

std::string Text(DisputePhase phase) {
  return phase == DisputePhase::kOpen  ? "DisputePhase::kOpen"
         : phase == DisputePhase::kWon ? "DisputePhase::kWon"
                                       : "DisputePhase::kLost";
}

std::string Text(PayoutResultKind kind) {
  static constexpr const char* kNames[] = {"", "kSettled", "kFailed", "kReturned", "kUnknown"};
  return absl::StrCat("PayoutResultKind::", kNames[static_cast<int>(kind)]);
}

// A struct with the fields that are not as they are by themselves.
class Fields {
 public:
  explicit Fields(const char* name) : text_(absl::StrCat(name, "{")) {}
  template <typename T>
  Fields& Add(const char* field, const T& value) {
    if (value == T()) return *this;
    return Raw(field, Text(value));
  }
  Fields& Raw(const char* field, const std::string& text) {
    absl::StrAppend(&text_, first_ ? "." : ", .", field, " = ", text);
    first_ = false;
    return *this;
  }
  std::string Done() const { return text_ + "}"; }

 private:
  std::string text_;
  bool first_ = true;
};

std::string Text(const TermsSpec& terms) {
  Fields fields("");
  fields.Add("effective_date", terms.effective_date).Add("rate_bps", terms.rate_bps).Add("hold_days", terms.hold_days);
  fields.Add("attribution_window_days", terms.attribution_window_days);
  if (!terms.minimums.empty()) fields.Raw("minimums", Text(terms.minimums));
  if (!terms.tiers.empty()) fields.Raw("tiers", Text(terms.tiers));
  if (!terms.sign_up_bonuses.empty()) fields.Raw("sign_up_bonuses", Text(terms.sign_up_bonuses));
  return fields.Add("duration_months", terms.duration_months).Add("follow", terms.follow).Done();
}

std::string Text(const PartnerSpec& p) {
  Fields fields("");
  fields.Add("partner_id", p.partner_id).Add("display_name", p.display_name).Add("email", p.email);
  fields.Add("country", p.country).Add("method_type", p.method_type).Add("method_account", p.method_account);
  if (p.rate_bps) fields.Raw("rate_bps", Text(*p.rate_bps));
  return fields.Add("link_code", p.link_code)
      .Add("coupon_code", p.coupon_code)
      .Add("group_id", p.group_id)
      .Add("settlement_currency", p.settlement_currency)
      .Done();
}

struct ReportPrinter {
  std::string operator()(const SignUpReport& r) const {
    return Fields("SignUpReport")
        .Add("customer_id", r.customer_id)
        .Add("partner_id", r.partner_id)
        .Add("coupon_code", r.coupon_code)
        .Add("link_code", r.link_code)
        .Add("email", r.email)
        .Add("other_codes", r.other_codes)
        .Add("time", r.time)
        .Add("click_id", r.click_id)
        .Done();
  }
  std::string operator()(const PaymentReport& r) const {
    return Fields("PaymentReport")
        .Add("payment_id", r.payment_id)
        .Add("customer_id", r.customer_id)
        .Raw("collected", Text(r.collected))
        .Add("base", r.base)
        .Add("time", r.time)
        .Add("alias_ids", r.alias_ids)
        .Add("old_debit", r.old_debit)
        .Done();
  }
  std::string operator()(const AliasReport& r) const {
    return Fields("AliasReport").Add("payment_id", r.payment_id).Add("alias_id", r.alias_id).Add("time", r.time).Done();
  }
  std::string operator()(const RefundReport& r) const {
    return Fields("RefundReport")
        .Add("refund_id", r.refund_id)
        .Add("payment_id", r.payment_id)
        .Raw("amount", Text(r.amount))
        .Add("failed", r.failed)
        .Add("time", r.time)
        .Done();
  }
  std::string operator()(const DisputeReport& r) const {
    return Fields("DisputeReport")
        .Add("dispute_id", r.dispute_id)
        .Add("payment_id", r.payment_id)
        .Raw("amount", Text(r.amount))
        .Raw("phase", Text(r.phase))
        .Add("time", r.time)
        .Done();
  }
  std::string operator()(const ClickReport& r) const {
    return Fields("ClickReport").Add("click_id", r.click_id).Add("link_code", r.link_code).Add("time", r.time).Done();
  }
};

struct MutationPrinter {
  std::string operator()(const CreateProgram& c) const {
    return Fields("CreateProgram")
        .Add("program_id", c.program_id)
        .Add("display_name", c.display_name)
        .Add("book_time_zone", c.book_time_zone)
        .Raw("terms", Text(c.terms))
        .Done();
  }
  std::string operator()(const PublishTerms& c) const {
    return Fields("PublishTerms").Add("program_id", c.program_id).Raw("terms", Text(c.terms)).Done();
  }
  std::string operator()(const CreatePartner& c) const {
    return Fields("CreatePartner").Add("program_id", c.program_id).Raw("partner", Text(c.partner)).Done();
  }
  std::string operator()(const SetPartnerRate& c) const {
    return Fields("SetPartnerRate")
        .Add("program_id", c.program_id)
        .Add("partner_id", c.partner_id)
        .Add("rate_bps", c.rate_bps)
        .Add("effective_date", c.effective_date)
        .Done();
  }
  std::string operator()(const SetPayoutMethod& c) const {
    return Fields("SetPayoutMethod")
        .Add("program_id", c.program_id)
        .Add("partner_id", c.partner_id)
        .Add("type", c.type)
        .Add("account", c.account)
        .Add("settlement_currency", c.settlement_currency)
        .Done();
  }
  std::string operator()(const CreateCode& c) const {
    return Fields("CreateCode")
        .Add("program_id", c.program_id)
        .Add("code", c.code)
        .Add("partner_id", c.partner_id)
        .Add("destination", c.destination)
        .Add("coupon", c.coupon)
        .Done();
  }
  std::string operator()(const DisableCode& c) const {
    return Fields("DisableCode").Add("program_id", c.program_id).Add("code", c.code).Done();
  }
  std::string operator()(const CreatePayoutBatch& c) const {
    return Fields("CreatePayoutBatch")
        .Add("program_id", c.program_id)
        .Add("currency", c.currency)
        .Add("cutoff_date", c.cutoff_date)
        .Add("funding_account", c.funding_account)
        .Done();
  }
  std::string operator()(const SubmitPayoutBatch& c) const {
    return Fields("SubmitPayoutBatch").Add("program_id", c.program_id).Add("batch", c.batch).Done();
  }
  std::string operator()(const ApprovePayoutBatch& c) const {
    return Fields("ApprovePayoutBatch")
        .Add("program_id", c.program_id)
        .Add("batch", c.batch)
        .Add("content_hash_hex", c.content_hash_hex)
        .Done();
  }
  std::string operator()(const ExportPayoutBatch& c) const {
    return Fields("ExportPayoutBatch").Add("program_id", c.program_id).Add("batch", c.batch).Done();
  }
  std::string operator()(const CancelPayoutBatch& c) const {
    return Fields("CancelPayoutBatch")
        .Add("program_id", c.program_id)
        .Add("batch", c.batch)
        .Add("reason", c.reason)
        .Done();
  }
  std::string operator()(const RecordPayoutResult& c) const {
    return Fields("RecordPayoutResult")
        .Add("program_id", c.program_id)
        .Add("batch", c.batch)
        .Add("payout", c.payout)
        .Raw("result", Text(c.result))
        .Add("evidence", c.evidence)
        .Add("result_date", c.result_date)
        .Done();
  }
  std::string operator()(const ProposeCorrection& c) const {
    static constexpr const char* kKinds[] = {"", "kAdjustment", "kWriteOff", "kRepayment", "kForfeiture", "kReversal"};
    return Fields("ProposeCorrection")
        .Add("program_id", c.program_id)
        .Raw("kind", absl::StrCat("CorrectionKind::", kKinds[static_cast<int>(c.kind)]))
        .Add("partner_id", c.partner_id)
        .Add("currency", c.currency)
        .Add("amount", c.amount)
        .Add("reverses", c.reverses)
        .Add("reason", c.reason)
        .Add("cash_account", c.cash_account)
        .Done();
  }
  std::string operator()(const DecideCorrection& c) const {
    return Fields("DecideCorrection")
        .Add("program_id", c.program_id)
        .Add("correction", c.correction)
        .Add("approve", c.approve)
        .Add("reason", c.reason)
        .Done();
  }
  std::string operator()(const SetPartnerState& c) const {
    static constexpr const char* kStates[] = {"", "kActive", "kDeactivated", "kClosed", "kBanned", "kMerged"};
    return Fields("SetPartnerState")
        .Add("program_id", c.program_id)
        .Add("partner_id", c.partner_id)
        .Raw("state", absl::StrCat("PartnerStateKind::", kStates[static_cast<int>(c.state)]))
        .Add("reason", c.reason)
        .Done();
  }
  std::string operator()(const ClosePeriod& c) const {
    return Fields("ClosePeriod").Add("program_id", c.program_id).Add("through_date", c.through_date).Done();
  }
  std::string operator()(const DecideReview& c) const {
    return Fields("DecideReview")
        .Add("program_id", c.program_id)
        .Add("customer_id", c.customer_id)
        .Add("reject", c.reject)
        .Add("reason", c.reason)
        .Done();
  }
  std::string operator()(const ReassignReferral& c) const {
    return Fields("ReassignReferral")
        .Add("program_id", c.program_id)
        .Add("customer_id", c.customer_id)
        .Add("partner_id", c.partner_id)
        .Add("reason", c.reason)
        .Add("unpaid_past", c.unpaid_past)
        .Done();
  }
  std::string operator()(const MergePartner& c) const {
    return Fields("MergePartner")
        .Add("program_id", c.program_id)
        .Add("partner_id", c.partner_id)
        .Add("into_partner_id", c.into_partner_id)
        .Add("reason", c.reason)
        .Done();
  }
  std::string operator()(const SetFxRate& c) const {
    return Fields("SetFxRate")
        .Add("program_id", c.program_id)
        .Add("from_currency", c.from_currency)
        .Add("to_currency", c.to_currency)
        .Add("rate", c.rate)
        .Add("source", c.source)
        .Add("quote_time", c.quote_time)
        .Done();
  }
  std::string operator()(const PurgeParked& c) const {
    return Fields("PurgeParked")
        .Add("program_id", c.program_id)
        .Add("before_time", c.before_time)
        .Add("reason", c.reason)
        .Done();
  }
  std::string operator()(const CreateGroup& c) const {
    return Fields("CreateGroup")
        .Add("program_id", c.program_id)
        .Add("group_id", c.group_id)
        .Add("display_name", c.display_name)
        .Raw("terms", Text(c.terms))
        .Done();
  }
  std::string operator()(const PublishGroupTerms& c) const {
    return Fields("PublishGroupTerms")
        .Add("program_id", c.program_id)
        .Add("group_id", c.group_id)
        .Raw("terms", Text(c.terms))
        .Done();
  }
  std::string operator()(const SetPartnerGroup& c) const {
    return Fields("SetPartnerGroup")
        .Add("program_id", c.program_id)
        .Add("partner_id", c.partner_id)
        .Add("group_id", c.group_id)
        .Add("effective_date", c.effective_date)
        .Done();
  }
  std::string operator()(const LowerRate& c) const {
    return Fields("LowerRate")
        .Add("program_id", c.program_id)
        .Add("partner_id", c.partner_id)
        .Add("rate_bps", c.rate_bps)
        .Add("effective_date", c.effective_date)
        .Add("reason", c.reason)
        .Add("lower_existing", c.lower_existing)
        .Done();
  }
};

std::string Plain(const Command& command) {
  switch (command.kind) {
    case Command::Kind::kClock: return absl::StrCat("Clock(", command.seconds, ")");
    case Command::Kind::kSweep: return absl::StrCat("Sweep(", Text(command.through), ")");
    case Command::Kind::kMutation:
      return absl::StrCat("Change(", Text(command.actor), ", ", Text(command.request_id), ", ",
                          ContentOf(command.mutation), ")");
    case Command::Kind::kReports:
      return absl::StrCat("Reports({",
                          absl::StrJoin(command.reports, ",\n               ",
                                        [](std::string* out, const Report& report) {
                                          out->append(std::visit(ReportPrinter(), report));
                                        }),
                          "})");
  }
  return "";
}

}  // namespace

std::string ContentOf(const Mutation& mutation) { return std::visit(MutationPrinter(), mutation); }

std::string Print(const Command& command) {
  return command.joined ? absl::StrCat("Joined(", Plain(command), ")") : Plain(command);
}

std::string Print(const Sequence& sequence) {
  std::string text = absl::StrCat("  Sequence sequence;\n  sequence.zone = ", Text(sequence.zone),
                                  ";\n  sequence.start = ", sequence.start, ";\n");
  if (sequence.any_order) absl::StrAppend(&text, "  sequence.any_order = true;\n");
  if (sequence.in_order) absl::StrAppend(&text, "  sequence.in_order = true;\n");
  absl::StrAppend(&text, "  sequence.commands = {\n");
  for (const Command& command : sequence.commands) absl::StrAppend(&text, "      ", Print(command), ",\n");
  absl::StrAppend(&text, "  };\n  EXPECT_EQ(Differs(sequence), \"\");\n");
  return text;
}

int64_t CountCommands(const Sequence& sequence) {
  int64_t count = 0;
  for (const Command& command : sequence.commands) {
    count += command.kind == Command::Kind::kReports ? static_cast<int64_t>(command.reports.size()) : 1;
  }
  return count;
}

}  // namespace trailbook::model
