// Partners, their rates, how they are paid, and their codes.
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/domain/methods.h"
#include "ledger/domain/money.h"
#include "ledger/domain/operations.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/parking.h"
#include "ledger/domain/validate.h"

namespace trailbook {
namespace {

std::string MethodType(const std::string& type) { return type.empty() ? "none" : type; }

std::string RateText(std::optional<int64_t> bps) { return bps.has_value() ? absl::StrCat(*bps) : ""; }

// The own rate in force on a day.
std::optional<int64_t> OwnRateOn(Book& book, int64_t program, int64_t partner, Day day) {
  for (int64_t at = book.partners.At({program, partner}).rates; at > 0; --at) {
    const PartnerRate& rate = book.partner_rates.At({program, partner, at});
    if (rate.effective_day <= day) return rate.rate_bps;
  }
  return std::nullopt;
}

}  // namespace

absl::StatusOr<int64_t> Operations::FindPartner(const Place& place, const std::string& partner_id) {
  const PartnerKey* key = book_->partner_keys.Get({place.program, partner_id});
  if (key == nullptr) return NotFound("partner", partner_id);
  const int64_t owner = OwnerOf(*book_, place.program, key->partner);
  if (owner == key->partner) return owner;
  return Refuse(
      absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "",
      absl::StrCat(partner_id, " was merged into ", book_->partner_identities.At({place.program, owner}).partner_id));
}

absl::Status Operations::CheckPartner(const PartnerSpec& spec) {
  TRAILBOOK_RETURN_IF_ERROR(CheckResourceId("partner_id", spec.partner_id, 64));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("partner.display_name", spec.display_name, 200, true));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("partner.email", spec.email, 254, false));
  if (!spec.email.empty() && !absl::StrContains(spec.email, "@")) {
    return InvalidField("partner.email", absl::StrCat("\"", spec.email, "\" is not an e-mail address"));
  }
  const bool country = spec.country.empty() || (spec.country.size() == 2 && absl::ascii_isupper(spec.country[0]) &&
                                                absl::ascii_isupper(spec.country[1]));
  if (!country) {
    return InvalidField("partner.country", absl::StrCat("\"", spec.country, "\" is not two capitals, e.g. IN"));
  }
  TRAILBOOK_RETURN_IF_ERROR(
      WithFieldPrefix(CheckMethod(MethodType(spec.method_type), spec.method_account), "partner."));
  TRAILBOOK_RETURN_IF_ERROR(
      WithFieldPrefix(CheckSettlement(MethodType(spec.method_type), spec.settlement_currency), "partner."));
  if (spec.rate_bps.has_value()) TRAILBOOK_RETURN_IF_ERROR(CheckRate("rate_bps", *spec.rate_bps));
  return absl::OkStatus();
}

absl::Status Operations::CheckFreeCode(const Place& place, absl::string_view field, const std::string& code) {
  TRAILBOOK_RETURN_IF_ERROR(CheckCode(field, code));
  if (book_->code_keys.Get({place.program, code}) == nullptr) return absl::OkStatus();
  return Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", field,
                absl::StrCat(field, ": the code \"", code, "\" is taken"));
}

absl::Status Operations::AddCode(const Place& place, int64_t partner, const std::string& folded, bool coupon,
                                 const std::string& destination) {
  const int64_t number = book_->programs.At({place.program}).codes + 1;
  log::v1::CodeCreated& created = *journal_->Start(place.program, place.today).mutable_code_created();
  created.set_code(number);
  created.set_partner(partner);
  created.set_coupon(coupon);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  CodeIdentity identity;
  identity.program = place.program;
  identity.code = number;
  identity.text = folded;
  identity.destination = destination;
  book_->code_identities.PutNew(std::move(identity));
  CodeKey key;
  key.program = place.program;
  key.text = folded;
  key.code = number;
  book_->code_keys.Put(std::move(key));
  return absl::OkStatus();
}

PayoutMethod Operations::MethodOf(const Place& place, int64_t partner, const std::string& type,
                                  const std::string& account, const std::string& settlement_currency) const {
  PayoutMethod method;
  method.program = place.program;
  method.partner = partner;
  method.type = type;
  method.account = account;
  method.editor = journal_->actor();
  method.settlement_currency = settlement_currency;
  return method;
}

absl::Status Operations::Create(const Place& place, const PartnerSpec& spec) {
  const std::string link = FoldCode(spec.link_code), coupon = FoldCode(spec.coupon_code);
  if (!link.empty()) TRAILBOOK_RETURN_IF_ERROR(CheckFreeCode(place, "link_code", link));
  if (!coupon.empty()) TRAILBOOK_RETURN_IF_ERROR(CheckFreeCode(place, "coupon_code", coupon));
  if (!link.empty() && link == coupon) {
    return InvalidField("coupon_code", "is the same as link_code; codes are one namespace");
  }
  int64_t grp = 0;
  if (!spec.group_id.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(grp, FindGroup(place, spec.group_id));
  }
  const int64_t number = book_->programs.At({place.program}).partners + 1;
  log::v1::PartnerCreated& created = *journal_->Start(place.program, place.today).mutable_partner_created();
  created.set_partner(number);
  if (spec.rate_bps.has_value()) created.set_rate_bps(static_cast<int32_t>(*spec.rate_bps));
  created.set_group(grp);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  PartnerIdentity identity;
  identity.program = place.program;
  identity.partner = number;
  identity.partner_id = spec.partner_id;
  identity.display_name = spec.display_name;
  identity.email = spec.email;
  identity.email_digest.bytes = EmailDigest(spec.email, book_->secret);
  identity.country = spec.country;
  book_->partner_identities.PutNew(std::move(identity));
  PartnerKey key;
  key.program = place.program;
  key.partner_id = spec.partner_id;
  key.partner = number;
  book_->partner_keys.Put(std::move(key));
  book_->payout_methods.PutNew(
      MethodOf(place, number, MethodType(spec.method_type), spec.method_account, spec.settlement_currency));
  if (!link.empty()) TRAILBOOK_RETURN_IF_ERROR(AddCode(place, number, link, false, ""));
  if (!coupon.empty()) TRAILBOOK_RETURN_IF_ERROR(AddCode(place, number, coupon, true, ""));
  return absl::OkStatus();
}

absl::StatusOr<int64_t> Operations::Do(const CreatePartner& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckPartner(command.partner));
  if (book_->partner_keys.Get({place.program, command.partner.partner_id}) != nullptr) {
    return Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", "partner_id",
                  absl::StrCat("there is a partner \"", command.partner.partner_id, "\" already"));
  }
  TRAILBOOK_RETURN_IF_ERROR(Create(place, command.partner));
  return 0;
}

std::vector<ImportRowOutcome::Difference> Operations::Compare(const Place& place, int64_t partner,
                                                              const PartnerSpec& row) {
  std::vector<ImportRowOutcome::Difference> out;
  const auto compare = [&out](const char* field, const std::string& now, const std::string& imported) {
    if (now != imported) out.push_back({field, now, imported});
  };
  const PartnerIdentity& identity = book_->partner_identities.At({place.program, partner});
  const PayoutMethod& method = book_->payout_methods.At({place.program, partner});
  compare("display_name", identity.display_name, row.display_name);
  compare("email", identity.email, row.email);
  compare("country", identity.country, row.country);
  compare("payout_method", method.type, MethodType(row.method_type));
  compare("payout_account", method.account, row.method_account);
  // Files from before settlement currencies have no such column: nothing is said by its absence.
  if (!row.settlement_currency.empty()) {
    compare("settlement_currency", method.settlement_currency, row.settlement_currency);
  }
  compare("rate_bps", RateText(OwnRateOn(*book_, place.program, partner, place.today)), RateText(row.rate_bps));
  const auto compare_code = [&](const char* field, const std::string& text) {
    const std::string folded = FoldCode(text);
    if (folded.empty()) return;
    const CodeKey* key = book_->code_keys.Get({place.program, folded});
    const Code* code = key == nullptr ? nullptr : book_->codes.Get({place.program, key->code});
    if (code == nullptr) {
      out.push_back({field, "", folded});
    } else if (code->partner != partner) {
      out.push_back({field, "another partner's", folded});
    }
  };
  compare_code("link_code", row.link_code);
  compare_code("coupon_code", row.coupon_code);
  return out;
}

ImportRowOutcome Operations::Import(const std::string& program_id, const PartnerSpec& row) {
  ImportRowOutcome outcome;
  const auto place = Find(program_id);
  outcome.status = place.status();
  if (outcome.status.ok()) outcome.status = CheckPartner(row);
  if (!outcome.status.ok()) return outcome;
  const PartnerKey* known = book_->partner_keys.Get({place->program, row.partner_id});
  if (known == nullptr) {
    outcome.status = Create(*place, row);
    outcome.kind = outcome.status.ok() ? ImportRowOutcome::Kind::kCreated : ImportRowOutcome::Kind::kRefused;
    return outcome;
  }
  outcome.differences = Compare(*place, known->partner, row);
  outcome.kind = outcome.differences.empty() ? ImportRowOutcome::Kind::kUnchanged : ImportRowOutcome::Kind::kDiffers;
  return outcome;
}

absl::StatusOr<int64_t> Operations::Do(const SetPartnerRate& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t partner, FindPartner(place, command.partner_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckRate("rate_bps", command.rate_bps));
  TRAILBOOK_ASSIGN_OR_RETURN(const Day from, FromTodayOn(place, "effective_date", command.effective_date));
  const int64_t rates = book_->partners.At({place.program, partner}).rates;
  if (rates > 0 && book_->partner_rates.At({place.program, partner, rates}).effective_day > from) {
    return InvalidField("effective_date", "is before the first day of the partner's latest rate");
  }
  log::v1::PartnerRateSet& set = *journal_->Start(place.program, place.today).mutable_partner_rate_set();
  set.set_partner(partner);
  set.set_rate_bps(static_cast<int32_t>(command.rate_bps));
  set.set_effective_day(from);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return 0;
}

absl::StatusOr<int64_t> Operations::Do(const SetPayoutMethod& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t partner, FindPartner(place, command.partner_id));
  const std::string type = MethodType(command.type);
  TRAILBOOK_RETURN_IF_ERROR(CheckMethod(type, command.account));
  TRAILBOOK_RETURN_IF_ERROR(CheckSettlement(type, command.settlement_currency));
  log::v1::PayoutMethodSet& set = *journal_->Start(place.program, place.today).mutable_payout_method_set();
  set.set_partner(partner);
  set.set_type(type);
  set.set_settlement_currency(command.settlement_currency);
  set.set_commitment(KeyedHash(book_->secret, absl::StrCat("account\n", type, "\n", command.account)));
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  book_->payout_methods.Put(MethodOf(place, partner, type, command.account, command.settlement_currency));
  return 0;
}

absl::StatusOr<int64_t> Operations::Do(const CreateCode& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t partner, FindPartner(place, command.partner_id));
  const std::string folded = FoldCode(command.code);
  TRAILBOOK_RETURN_IF_ERROR(CheckFreeCode(place, "code", folded));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("link.destination", command.destination, 2000, false));
  const std::string& to = command.destination;
  if (!to.empty() && (command.coupon || !absl::StartsWith(to, "https://"))) {
    return InvalidField("link.destination",
                        command.coupon ? "must be empty for a coupon code" : "must start with https://");
  }
  TRAILBOOK_RETURN_IF_ERROR(AddCode(place, partner, folded, command.coupon, to));
  return 0;
}

absl::StatusOr<int64_t> Operations::Do(const DisableCode& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  const std::string folded = FoldCode(command.code);
  const CodeKey* key = book_->code_keys.Get({place.program, folded});
  if (key == nullptr) return NotFound("code", folded);
  if (book_->codes.At({place.program, key->code}).disable_time != 0) return 0;
  log::v1::CodeDisabled& disabled = *journal_->Start(place.program, place.today).mutable_code_disabled();
  disabled.set_code(key->code);
  disabled.set_time(journal_->now_seconds());
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return 0;
}

}  // namespace trailbook
