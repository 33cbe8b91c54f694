// RULES 3 and 6: terms by their first day, partners' own rates, codes; and request ids (RULES 2.6).
#include "tests/model/methods.h"
#include "tests/model/model.h"
#include "tests/model/terms.h"
#include "tests/model/text.h"

namespace trailbook::model {

namespace {

std::string BadMethod(const std::string& type, const std::string& account) {
  if (type.empty() || type == "none") return account.empty() ? "" : "INVALID_FIELD";
  return IsGoodAccount(type, account) ? "" : "INVALID_FIELD";
}

std::string BadSettlement(const std::string& type, const std::string& currency) {
  return currency.empty() || Pays(type, currency) ? "" : "INVALID_FIELD";
}

bool IsCode(const std::string& code) {
  if (code.empty() || code.size() > 64) return false;
  return code.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_.") == std::string::npos;
}

}  // namespace

Answer Model::Apply(const Mutation& mutation, const RequestKey& key, const std::string& actor, int64_t now) {
  Answer answer;
  const bool creates = std::holds_alternative<CreateProgram>(mutation);
  const std::string program = std::visit([](const auto& change) { return change.program_id; }, mutation);
  if (!creates && (program_.empty() || program != program_)) {
    answer.reason = "NOT_FOUND";
    return answer;
  }
  const std::string id = (creates ? "create " : "change ") + key.request_id;
  if (const auto known = requests_.find(id); known != requests_.end()) {
    if (known->second.first != key.content) {
      answer.reason = "REQUEST_ID_REUSED";
      return answer;
    }
    answer = known->second.second;
    answer.replayed = true;
    return answer;
  }
  answer.reason = std::visit([&](const auto& change) { return Change(change, actor, now, answer); }, mutation);
  if (!answer.reason.empty()) return answer;  // a refused command leaves its id free
  answer.kind = OutcomeKind::kRecorded;
  people_decided_ =
      people_decided_ || std::holds_alternative<DecideCorrection>(mutation) ||
      std::holds_alternative<SetPartnerState>(mutation) || std::holds_alternative<DecideReview>(mutation) ||
      std::holds_alternative<ReassignReferral>(mutation) || std::holds_alternative<MergePartner>(mutation);
  requests_[id] = {key.content, answer};
  return answer;
}

std::string Model::Change(const CreateProgram& change, const std::string&, int64_t, Answer&) {
  if (std::string bad = BadTerms(change.terms); !bad.empty()) return bad;
  if (!change.terms.effective_date.empty()) return "INVALID_FIELD";
  if (program_ == change.program_id) return "ALREADY_EXISTS";
  program_ = change.program_id;
  terms_ = {TermsOf(change.terms, 1, std::nullopt)};
  return "";
}

std::string Model::Change(const PublishTerms& change, const std::string&, int64_t now, Answer& answer) {
  if (std::string bad = BadTerms(change.terms); !bad.empty()) return bad;
  Day from = 0;
  if (std::string bad = FirstDay(change.terms.effective_date, Today(now), terms_.back().from, &from); !bad.empty()) {
    return bad;
  }
  answer.number = static_cast<int64_t>(terms_.size()) + 1;
  terms_.push_back(TermsOf(change.terms, static_cast<int>(answer.number), from));
  return "";
}

std::string Model::Change(const CreatePartner& change, const std::string& actor, int64_t, Answer&) {
  const PartnerSpec& spec = change.partner;
  if (spec.partner_id.empty() || spec.display_name.empty()) return "INVALID_FIELD";
  if (std::string bad = BadMethod(spec.method_type, spec.method_account); !bad.empty()) return bad;
  if (std::string bad = BadSettlement(spec.method_type, spec.settlement_currency); !bad.empty()) return bad;
  if (spec.rate_bps) {
    if (std::string bad = BadRate(*spec.rate_bps); !bad.empty()) return bad;
  }
  if (FindPartner(spec.partner_id) >= 0) return "ALREADY_EXISTS";
  const std::string link = Folded(spec.link_code), coupon = Folded(spec.coupon_code);
  for (const std::string& code : {link, coupon}) {
    if (code.empty()) continue;
    if (!IsCode(code)) return "INVALID_FIELD";
    if (codes_.count(code) > 0) return "ALREADY_EXISTS";
  }
  if (!link.empty() && link == coupon) return "INVALID_FIELD";
  const int group = spec.group_id.empty() ? -1 : FindGroup(spec.group_id);
  if (!spec.group_id.empty() && group < 0) return "NOT_FOUND";
  PartnerState partner;
  if (group >= 0) partner.memberships.push_back({std::nullopt, group});
  partner.id = spec.partner_id;
  partner.email = spec.email;
  if (spec.rate_bps) partner.rates.push_back({std::nullopt, *spec.rate_bps});
  partner.method_type = spec.method_type.empty() ? "none" : spec.method_type;
  partner.method_account = spec.method_account;
  partner.settlement = spec.settlement_currency;
  partner.method_editor = actor;
  partners_.push_back(partner);
  const int number = static_cast<int>(partners_.size()) - 1;
  if (!link.empty()) codes_[link] = {number, 0};
  if (!coupon.empty()) codes_[coupon] = {number, 0};
  return "";
}

std::string Model::Change(const SetPartnerRate& change, const std::string&, int64_t now, Answer&) {
  int partner = 0;
  if (std::string bad = Named(change.partner_id, &partner); !bad.empty()) return bad;
  if (std::string bad = BadRate(change.rate_bps); !bad.empty()) return bad;
  std::vector<OwnRate>& rates = partners_[partner].rates;
  Day from = 0;
  std::optional<Day> last;
  if (!rates.empty()) last = rates.back().from;
  if (std::string bad = FirstDay(change.effective_date, Today(now), last, &from); !bad.empty()) return bad;
  rates.push_back({from, change.rate_bps});
  return "";
}

std::string Model::Change(const SetPayoutMethod& change, const std::string& actor, int64_t, Answer&) {
  int partner = 0;
  if (std::string bad = Named(change.partner_id, &partner); !bad.empty()) return bad;
  if (std::string bad = BadMethod(change.type, change.account); !bad.empty()) return bad;
  if (std::string bad = BadSettlement(change.type, change.settlement_currency); !bad.empty()) return bad;
  PartnerState& state = partners_[partner];
  state.method_type = change.type.empty() ? "none" : change.type;
  state.method_account = change.account;
  state.settlement = change.settlement_currency;
  state.method_editor = actor;
  state.method_blocked = false;
  return "";
}

std::string Model::Change(const CreateCode& change, const std::string&, int64_t, Answer&) {
  int partner = 0;
  if (std::string bad = Named(change.partner_id, &partner); !bad.empty()) return bad;
  const std::string code = Folded(change.code);
  if (!IsCode(code)) return "INVALID_FIELD";
  if (codes_.count(code) > 0) return "ALREADY_EXISTS";
  if (change.coupon && !change.destination.empty()) return "INVALID_FIELD";
  codes_[code] = {partner, 0};
  return "";
}

std::string Model::Change(const DisableCode& change, const std::string&, int64_t now, Answer&) {
  const auto code = codes_.find(Folded(change.code));
  if (code == codes_.end()) return "NOT_FOUND";
  if (code->second.disable_time == 0) code->second.disable_time = now;
  return "";
}

}  // namespace trailbook::model
