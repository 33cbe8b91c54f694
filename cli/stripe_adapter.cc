#include "cli/stripe_adapter.h"

#include <simdjson.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/money.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;
namespace Json = simdjson::dom;
using Event = std::optional<api::ReportedEvent>;

absl::Status Malformed(absl::string_view field, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(field, " ", what));
}

// Reads fields of one object and keeps the first thing that is wrong.
class Reader {
 public:
  // Of an object that is not there, which has no fields.
  explicit Reader(std::string path) : path_(std::move(path)) {}
  Reader(Json::object object, std::string path) : object_(object), path_(std::move(path)) {}

  std::string Text(absl::string_view field) {
    const auto value = Find(field);
    const std::optional<std::string> text = value.has_value() ? TextOf(*value) : std::nullopt;
    if (text.has_value() && !text->empty()) return *text;
    Fail(field, value.has_value() ? "is no text" : "is missing");
    return "";
  }
  // A text that may be absent, null, or an expanded object with an id.
  std::string OptionalId(absl::string_view field) {
    const auto value = Find(field);
    if (!value.has_value() || value->is_null()) return "";
    Json::object expanded;
    const auto id = value->get(expanded) == simdjson::SUCCESS ? FindIn(expanded, "id") : value;
    const std::optional<std::string> text = id.has_value() ? TextOf(*id) : std::nullopt;
    if (!text.has_value()) Fail(field, "is no text");
    return text.value_or("");
  }
  int64_t Integer(absl::string_view field) {
    const auto value = Find(field);
    int64_t number = 0;
    if (value.has_value() && value->get(number) == simdjson::SUCCESS) return number;
    Fail(field, value.has_value() ? "is not a whole number of 64 bits" : "is missing");
    return 0;
  }
  Reader Object(absl::string_view field) const {
    const auto value = Find(field);
    std::string path = absl::StrCat(path_, field, ".");
    Json::object inner;
    if (!value.has_value() || value->get(inner) != simdjson::SUCCESS) return Reader(std::move(path));
    return Reader(inner, std::move(path));
  }
  bool present() const { return object_.has_value(); }
  const absl::Status& status() const { return status_; }

 private:
  static std::optional<std::string> TextOf(const Json::element& value) {
    const auto text = value.get_string();
    if (text.error() != simdjson::SUCCESS) return std::nullopt;
    return std::string(text.value_unsafe());
  }
  // Of a field that is there twice the last one counts.
  static std::optional<Json::element> FindIn(Json::object object, absl::string_view field) {
    std::optional<Json::element> found;
    for (const Json::key_value_pair& pair : object) {
      if (absl::string_view(pair.key.data(), pair.key.size()) == field) found = pair.value;
    }
    return found;
  }
  std::optional<Json::element> Find(absl::string_view field) const {
    return present() ? FindIn(*object_, field) : std::nullopt;
  }
  void Fail(absl::string_view field, absl::string_view what) {
    if (status_.ok()) status_ = Malformed(absl::StrCat(path_, field), what);
  }

  std::optional<Json::object> object_;
  std::string path_;
  absl::Status status_;
};

// docs.stripe.com/currencies: these are sent with other decimals than ISO 4217 gives them. ISK and UGX have none but
// are sent with two (always .00); MGA has two but is sent with none.
absl::Status ToIsoUnits(const std::string& currency, absl::string_view field, int64_t* amount) {
  if (currency == "ISK" || currency == "UGX") {
    if (*amount % 100 != 0) return Malformed(field, absl::StrCat("is ", *amount, ": ", currency, " has no decimals"));
    *amount /= 100;
  } else if (currency == "MGA" && __builtin_mul_overflow(*amount, 100, amount)) {
    return Malformed(field, "does not fit into 64 bits");
  }
  return absl::OkStatus();
}

// round_half_even(a * b / c) for a, b >= 0 and c > 0; the result is at most a when b <= c.
int64_t MulDivHalfEven(int64_t a, int64_t b, int64_t c) {
  const __int128 product = static_cast<__int128>(a) * b;
  __int128 quotient = product / c;
  const __int128 twice = product % c * 2;
  if (twice > c || (twice == c && quotient % 2 != 0)) ++quotient;
  return quotient > INT64_MAX ? INT64_MAX : static_cast<int64_t>(quotient);
}

// What of a payment is commissionable, and whether a person should look at it.
int64_t BaseOf(int64_t paid, int64_t total, int64_t without_tax, bool* old_debit) {
  *old_debit = paid > 0 && total <= 0;
  if (paid <= 0 || total <= 0 || without_tax <= 0) return 0;
  const int64_t base = paid == total ? without_tax : MulDivHalfEven(without_tax, paid, total);
  return std::min(base, paid);
}

absl::StatusOr<Event> SignUp(Reader& object) {
  api::ReportedEvent event;
  auto* sign_up = event.mutable_sign_up();
  const std::string customer = object.OptionalId("customer");
  if (customer.empty() && object.status().ok()) return Event();  // nobody signed up: a payment by a guest
  sign_up->set_customer_id(customer);
  sign_up->mutable_occur_time()->set_seconds(object.Integer("created"));
  Reader metadata = object.Object("metadata");
  sign_up->set_coupon_code(metadata.OptionalId("coupon_code"));
  sign_up->set_link_code(metadata.OptionalId("referral_code"));
  const std::string reference = object.OptionalId("client_reference_id");
  if (!reference.empty()) sign_up->add_other_codes(reference);
  Reader details = object.Object("customer_details");
  sign_up->set_email(details.OptionalId("email"));
  absl::Status status = object.status();
  status.Update(metadata.status());
  status.Update(details.status());
  if (!status.ok()) return status;
  return Event(std::move(event));
}

absl::StatusOr<Event> Payment(Reader& object) {
  api::ReportedEvent event;
  auto* payment = event.mutable_payment();
  payment->set_payment_id(object.Text("id"));
  const std::string customer = object.OptionalId("customer");
  if (customer.empty() && object.status().ok()) return Event();
  payment->set_customer_id(customer);
  const std::string currency = absl::AsciiStrToUpper(object.Text("currency"));
  int64_t paid = object.Integer("amount_paid"), total = object.Integer("total");
  int64_t without_tax = object.Integer("total_excluding_tax");
  Reader transitions = object.Object("status_transitions");
  payment->mutable_occur_time()->set_seconds(transitions.Integer("paid_at"));
  absl::Status status = object.status();
  status.Update(transitions.status());
  status.Update(ToIsoUnits(currency, "amount_paid", &paid));
  status.Update(ToIsoUnits(currency, "total", &total));
  status.Update(ToIsoUnits(currency, "total_excluding_tax", &without_tax));
  if (!status.ok()) return status;
  if (paid < 0) return Malformed("data.object.amount_paid", "is negative");
  bool old_debit = false;
  payment->mutable_collected()->set_currency_code(currency);
  payment->mutable_collected()->set_minor_units(paid);
  payment->set_base_minor_units(BaseOf(paid, total, without_tax, &old_debit));
  if (old_debit) payment->set_flag(api::Payment::FLAG_OLD_DEBIT);
  for (const char* alias : {"payment_intent", "charge"}) {
    const std::string id = object.OptionalId(alias);
    if (!id.empty()) payment->add_alias_ids(id);
  }
  if (!object.status().ok()) return object.status();
  return Event(std::move(event));
}

absl::StatusOr<Event> Alias(Reader& object, int64_t created) {
  api::ReportedEvent event;
  auto* alias = event.mutable_payment_alias();
  alias->set_payment_id(object.Text("invoice"));
  Reader payment = object.Object("payment");
  std::string id = payment.OptionalId("payment_intent");
  if (id.empty()) id = payment.OptionalId("charge");
  absl::Status status = object.status();
  status.Update(payment.status());
  if (!status.ok()) return status;
  if (id.empty()) return Event();  // paid outside of Stripe: nothing else will name it
  alias->set_alias_id(id);
  alias->mutable_occur_time()->set_seconds(created);
  return Event(std::move(event));
}

// The payment that a refund or dispute names, with its amount; shared by both.
template <typename M>
absl::StatusOr<bool> FillGiveBack(Reader& object, int64_t created, M* message) {
  std::string payment = object.OptionalId("payment_intent");
  if (payment.empty()) payment = object.OptionalId("charge");
  const std::string currency = absl::AsciiStrToUpper(object.Text("currency"));
  int64_t amount = object.Integer("amount");
  absl::Status status = object.status();
  status.Update(ToIsoUnits(currency, "amount", &amount));
  if (!status.ok()) return status;
  if (payment.empty()) return false;
  message->set_payment_id(payment);
  message->mutable_amount()->set_currency_code(currency);
  message->mutable_amount()->set_minor_units(amount);
  message->mutable_occur_time()->set_seconds(created);
  return true;
}

absl::StatusOr<Event> Refund(Reader& object, int64_t created) {
  const std::string state = object.Text("status");
  api::ReportedEvent event;
  auto* refund = event.mutable_refund();
  refund->set_refund_id(object.Text("id"));
  const auto filled = FillGiveBack(object, created, refund);
  if (!filled.ok()) return filled.status();
  if (state == "succeeded") {
    refund->set_state(api::Refund::STATE_SUCCEEDED);
  } else if (state == "failed" || state == "canceled") {
    refund->set_state(api::Refund::STATE_FAILED);
  } else {
    return Event();  // pending: it counts once it has succeeded
  }
  return *filled ? Event(std::move(event)) : Event();
}

absl::StatusOr<Event> Dispute(Reader& object, int64_t created, bool closed) {
  const std::string state = object.Text("status");
  api::ReportedEvent event;
  auto* dispute = event.mutable_dispute();
  dispute->set_dispute_id(object.Text("id"));
  const auto filled = FillGiveBack(object, created, dispute);
  if (!filled.ok()) return filled.status();
  if (!*filled || absl::StartsWith(state, "warning_")) return Event();  // an inquiry holds nothing
  if (closed) {
    if (state != "won" && state != "lost") return Event();
    dispute->set_state(state == "won" ? api::Dispute::STATE_WON : api::Dispute::STATE_LOST);
  } else {
    // An update may tell the verdict before the closing does; the closing is what dates it.
    if (state == "won" || state == "lost") return Event();
    dispute->set_state(api::Dispute::STATE_OPEN);
  }
  return Event(std::move(event));
}

bool FitsInto64Bits(absl::string_view number) {
  int64_t any_sign = 0;
  uint64_t positive = 0;
  return absl::SimpleAtoi(number, &any_sign) || absl::SimpleAtoi(number, &positive);
}

// The first whole number of a line that does not fit into 64 bits, after the name of its field; empty if all do. For a
// line that was refused: simdjson does not say where.
std::string TooLongNumberIn(absl::string_view line) {
  absl::string_view field;
  for (size_t at = 0; at < line.size();) {
    size_t end = at + 1;
    if (line[at] == '"') {
      while (end < line.size() && line[end] != '"') end += line[end] == '\\' ? 2 : 1;
      end = std::min(end, line.size());
      field = line.substr(at + 1, end - at - 1);
      ++end;
    } else if (line[at] == '-' || absl::ascii_isdigit(line[at])) {
      end = std::min(line.find_first_not_of("0123456789.eE+-", at), line.size());
      const absl::string_view number = line.substr(at, end - at);
      const bool whole = number.find_first_not_of("0123456789", 1) == absl::string_view::npos;
      if (whole && number.size() > 1 && !FitsInto64Bits(number)) return absl::StrCat(field, " is ", number);
    }
    at = end;
  }
  return "";
}

absl::Status NotParsed(simdjson::error_code error, absl::string_view line) {
  const std::string number = error == simdjson::NUMBER_ERROR ? TooLongNumberIn(line) : "";
  if (number.empty()) return absl::InvalidArgumentError("is not JSON");
  return absl::InvalidArgumentError(absl::StrCat(number, ", which is not a whole number of 64 bits"));
}

}  // namespace

absl::StatusOr<Event> AdaptStripeEvent(absl::string_view line) {
  absl::ConsumePrefix(&line, "\xEF\xBB\xBF");  // which some programs write at the beginning of a file
  Json::parser parser;
  Json::element json;
  Json::object root;
  const simdjson::error_code error = parser.parse(line.data(), line.size()).get(json);
  if (error != simdjson::SUCCESS) return NotParsed(error, line);
  if (json.get(root) != simdjson::SUCCESS) return absl::InvalidArgumentError("is not a JSON object");
  Reader event(root, "");
  const std::string type = event.Text("type");
  const int64_t created = event.Integer("created");
  Reader object = event.Object("data").Object("object");
  if (!event.status().ok()) return event.status();
  if (!object.present()) return Malformed("data.object", "is missing");
  if (type == "checkout.session.completed") return SignUp(object);
  if (type == "invoice.paid") return Payment(object);
  if (type == "invoice_payment.paid") return Alias(object, created);
  if (type == "refund.created" || type == "refund.updated" || type == "refund.failed") return Refund(object, created);
  if (type == "charge.dispute.created" || type == "charge.dispute.updated") return Dispute(object, created, false);
  if (type == "charge.dispute.closed") return Dispute(object, created, true);
  return Event();
}

}  // namespace trailbook::cli
