#include "ledger/domain/parking.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "ledger/base/hash.h"
#include "ledger/domain/external_ids.h"
#include "ledger/domain/validate.h"
#include "trailbook/log/v1/parked.pb.h"

namespace trailbook {
namespace {

using log::v1::ParkedReport;

struct Encoder {
  absl::string_view secret;
  ParkedReport* out;

  void operator()(const SignUpReport& r) const {
    out->set_kind(ParkedReport::KIND_SIGN_UP);
    out->set_time(r.time);
    out->set_customer_id(r.customer_id);
    out->set_partner_id(r.partner_id);
    out->set_coupon_code(r.coupon_code);
    out->set_link_code(r.link_code);
    out->set_click_id(r.click_id);
    for (const std::string& code : r.other_codes) out->add_others(code);
    out->set_email_digest(EmailDigest(r, secret));
  }
  void operator()(const PaymentReport& r) const {
    out->set_kind(ParkedReport::KIND_PAYMENT);
    out->set_time(r.time);
    out->set_id(r.payment_id);
    out->set_customer_id(r.customer_id);
    out->set_currency(r.collected.currency);
    out->set_amount(r.collected.minor_units);
    out->set_base(r.base);
    for (const std::string& alias : r.alias_ids) out->add_others(alias);
    out->set_flag(r.old_debit);
  }
  void operator()(const AliasReport& r) const {
    out->set_kind(ParkedReport::KIND_ALIAS);
    out->set_time(r.time);
    out->set_id(r.alias_id);
    out->set_payment_id(r.payment_id);
  }
  void operator()(const RefundReport& r) const {
    out->set_kind(ParkedReport::KIND_REFUND);
    out->set_time(r.time);
    out->set_id(r.refund_id);
    out->set_payment_id(r.payment_id);
    out->set_currency(r.amount.currency);
    out->set_amount(r.amount.minor_units);
    out->set_flag(r.failed);
  }
  void operator()(const DisputeReport& r) const {
    out->set_kind(ParkedReport::KIND_DISPUTE);
    out->set_time(r.time);
    out->set_id(r.dispute_id);
    out->set_payment_id(r.payment_id);
    out->set_currency(r.amount.currency);
    out->set_amount(r.amount.minor_units);
    out->set_phase(static_cast<int>(r.phase));
  }
  void operator()(const ClickReport& r) const {
    out->set_time(r.time);
    out->set_click_id(r.click_id);
    out->set_link_code(r.link_code);
  }
};

bool ByTime(const Parked& a, const Parked& b) {
  return std::tie(a.event_time, a.number) < std::tie(b.event_time, b.number);
}

}  // namespace

std::string EmailDigest(absl::string_view email, absl::string_view secret) {
  const std::string normal = NormalizeEmail(email);
  return normal.empty() ? std::string() : KeyedHash(secret, absl::StrCat("email\n", normal));
}

std::string EmailDigest(const SignUpReport& report, absl::string_view secret) {
  return report.email_digest.empty() ? EmailDigest(report.email, secret) : report.email_digest;
}

Hash128 ParkedId(const Report& report) {
  struct Visitor {
    Hash128 operator()(const SignUpReport& r) const {
      return ExternalIdKey(IdKind::kSignUp, absl::StrCat(r.customer_id, "\n", r.partner_id, "\n", r.coupon_code, "\n",
                                                         r.link_code, "\n", r.click_id, "\n", r.time));
    }
    Hash128 operator()(const PaymentReport& r) const { return ExternalIdKey(IdKind::kPayment, r.payment_id); }
    Hash128 operator()(const AliasReport& r) const {
      return ExternalIdKey(IdKind::kAlias, absl::StrCat(r.payment_id, "\n", r.alias_id));
    }
    Hash128 operator()(const RefundReport& r) const {
      return ExternalIdKey(IdKind::kRefund, absl::StrCat(r.refund_id, "\n", r.failed ? 1 : 0));
    }
    Hash128 operator()(const DisputeReport& r) const {
      return ExternalIdKey(IdKind::kDispute, absl::StrCat(r.dispute_id, "\n", static_cast<int>(r.phase)));
    }
    // Clicks never wait: they are not in the ledger.
    Hash128 operator()(const ClickReport& r) const { return ExternalIdKey(IdKind::kClick, r.click_id); }
  };
  return std::visit(Visitor(), report);
}

Hash128 WaitForCustomer(absl::string_view id) { return ExternalIdKey(IdKind::kCustomer, id); }
Hash128 WaitForPayment(absl::string_view id) { return ExternalIdKey(IdKind::kPayment, id); }

int64_t TimeOf(const Report& report) {
  return std::visit([](const auto& r) { return r.time; }, report);
}

std::string EncodeReport(const Report& report, absl::string_view secret) {
  ParkedReport out;
  std::visit(Encoder{secret, &out}, report);
  return out.SerializeAsString();
}

Report DecodeReport(absl::string_view bytes) {
  ParkedReport in;
  (void)in.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
  const Amount amount{in.currency(), in.amount()};
  switch (in.kind()) {
    case ParkedReport::KIND_PAYMENT:
      return PaymentReport{
          in.id(), in.customer_id(), amount, in.base(), in.time(), {in.others().begin(), in.others().end()}, in.flag()};
    case ParkedReport::KIND_ALIAS: return AliasReport{in.payment_id(), in.id(), in.time()};
    case ParkedReport::KIND_REFUND: return RefundReport{in.id(), in.payment_id(), amount, in.flag(), in.time()};
    case ParkedReport::KIND_DISPUTE:
      return DisputeReport{in.id(), in.payment_id(), amount, static_cast<DisputePhase>(in.phase()), in.time()};
    default: break;
  }
  SignUpReport r;
  r.customer_id = in.customer_id();
  r.partner_id = in.partner_id();
  r.coupon_code = in.coupon_code();
  r.link_code = in.link_code();
  r.other_codes = {in.others().begin(), in.others().end()};
  r.email_digest = in.email_digest();
  r.time = in.time();
  r.click_id = in.click_id();
  return r;
}

const Parked* Parking::Find(const Report& report) {
  if (book_->parked_count == 0) return nullptr;
  const ParkedKey* key = book_->parked_keys.Get({program_, ParkedId(report)});
  return key == nullptr ? nullptr : book_->parked.Get({program_, key->number});
}

bool Parking::SameContent(const Parked& parked, const Report& report) {
  Report known = DecodeReport(parked.report.bytes);
  if (const auto* payment = std::get_if<PaymentReport>(&report)) {
    auto* same = std::get_if<PaymentReport>(&known);
    if (same == nullptr) return false;
    same->alias_ids = payment->alias_ids;
    return EncodeReport(known, book_->secret) == EncodeReport(report, book_->secret);
  }
  const int64_t time = TimeOf(report);
  std::visit([time](auto& r) { r.time = time; }, known);
  return EncodeReport(known, book_->secret) == EncodeReport(report, book_->secret);
}

void Parking::AddAliases(const Parked& parked, const PaymentReport& report) {
  auto known = std::get<PaymentReport>(DecodeReport(parked.report.bytes));
  const size_t before = known.alias_ids.size();
  for (const std::string& alias : report.alias_ids) {
    if (std::find(known.alias_ids.begin(), known.alias_ids.end(), alias) == known.alias_ids.end()) {
      known.alias_ids.push_back(alias);
    }
  }
  if (known.alias_ids.size() > before) {
    book_->parked.Edit(parked.key()).report.bytes = EncodeReport(known, book_->secret);
  }
}

void Parking::Park(const Report& report, const Hash128& wait_key, Day due_day) {
  Parked parked;
  parked.number = book_->next_parked++;
  parked.program = program_;
  parked.id_key = ParkedId(report);
  parked.wait_key = wait_key;
  parked.due_day = due_day;
  parked.event_time = TimeOf(report);
  parked.report.bytes = EncodeReport(report, book_->secret);
  ParkedKey key;
  key.program = program_;
  key.id_key = parked.id_key;
  key.number = parked.number;
  book_->parked_keys.Put(std::move(key));
  if (due_day == 0) book_->fresh_parked[{program_, wait_key}].push_back(parked.number);
  book_->parked.PutNew(std::move(parked));
  ++book_->parked_count;
}

std::vector<Parked> Parking::Remove(std::vector<Parked> found) {
  for (const Parked& parked : found) {
    book_->parked.Erase(parked.key());
    book_->parked_keys.Erase({program_, parked.id_key});
    --book_->parked_count;
  }
  std::sort(found.begin(), found.end(), ByTime);
  return found;
}

std::vector<Parked> Parking::Release(const Hash128& wait_key) {
  if (book_->parked_count == 0) return {};
  std::vector<int64_t> numbers;
  if (const auto stored = book_->stored_parked.find({program_, wait_key}); stored != book_->stored_parked.end()) {
    numbers = stored->second;
  } else {
    for (Parked& parked : book_->lists->ParkedFor(program_, wait_key)) {
      numbers.push_back(parked.number);
      if (!book_->parked.Knows(parked.key())) book_->parked.Loaded(std::move(parked));
    }
  }
  if (auto fresh = book_->fresh_parked.extract({program_, wait_key})) {
    numbers.insert(numbers.end(), fresh.mapped().begin(), fresh.mapped().end());
  }
  // What is on its way to the store may be in both: the store shows a commit before its end is noted.
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  std::vector<Parked> found;
  for (const int64_t number : numbers) {
    const Parked* known = book_->parked.Get({program_, number});  // nullptr: released since
    if (known != nullptr && known->refused.empty()) found.push_back(*known);
  }
  return Remove(std::move(found));
}

std::vector<Parked> Parking::ReleaseDue(Day today) {
  // REQUIRES a working set without parked changes: it is the first command of its batch.
  if (book_->parked_count == 0) return {};
  std::vector<Parked> found;
  for (Parked& parked : book_->lists->ParkedUntil(program_, today)) {
    const Parked::Key key = parked.key();
    if (!book_->parked.Knows(key)) book_->parked.Loaded(std::move(parked));
    const Parked* known = book_->parked.Get(key);
    if (known != nullptr && known->refused.empty()) found.push_back(*known);
  }
  return Remove(std::move(found));
}

void Parking::Drop(const Parked& parked) { Remove({parked}); }

int64_t Parking::Purge(int64_t before_time) {
  std::vector<Parked> found = book_->lists->ParkedBefore(program_, before_time);
  for (const Parked& parked : found) {
    if (!book_->parked.Knows(parked.key())) book_->parked.Loaded(parked);
  }
  return static_cast<int64_t>(Remove(std::move(found)).size());
}

void Parking::KeepRefused(Parked parked, absl::string_view reason) {
  parked.refused = std::string(reason);
  ParkedKey key;
  key.program = program_;
  key.id_key = parked.id_key;
  key.number = parked.number;
  book_->parked_keys.Put(std::move(key));
  book_->parked.Put(std::move(parked));
  ++book_->parked_count;
}

}  // namespace trailbook
