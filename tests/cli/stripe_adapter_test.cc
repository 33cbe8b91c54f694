// Stripe's events, row by row of the adapter's table: what each becomes, and what is said of a malformed one.
#include "cli/stripe_adapter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace trailbook::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::trailbook::v1::Dispute;
using ::trailbook::v1::Payment;
using ::trailbook::v1::Refund;
using ::trailbook::v1::ReportedEvent;
using Json = nlohmann::json;

constexpr int64_t kCreated = 1700000000;

// An event as it is sent.
std::string EventOf(const std::string& type, const Json& object) {
  return Json{
      {"id", "evt_1"}, {"object", "event"}, {"type", type}, {"created", kCreated}, {"data", {{"object", object}}}}
      .dump();
}
ReportedEvent Adapted(const std::string& line) {
  const auto event = AdaptStripeEvent(line);
  EXPECT_TRUE(event.ok()) << event.status();
  EXPECT_TRUE(event.ok() && event->has_value()) << "ignored: " << line;
  return event.ok() && event->has_value() ? **event : ReportedEvent();
}
bool IsIgnored(const std::string& type, const Json& object) {
  const auto event = AdaptStripeEvent(EventOf(type, object));
  EXPECT_TRUE(event.ok()) << event.status();
  return event.ok() && !event->has_value();
}
std::string RefusalOf(const std::string& line) {
  const auto event = AdaptStripeEvent(line);
  EXPECT_EQ(event.status().code(), absl::StatusCode::kInvalidArgument) << line;
  return std::string(event.status().message());
}
Json Without(Json object, const char* field) {
  object.erase(field);
  return object;
}
Json With(Json object, const char* field, const Json& value) {
  object[field] = value;
  return object;
}

// ---- checkout.session.completed ----

const Json kCheckout = {{"id", "cs_1"},
                        {"customer", "cus_1"},
                        {"created", 1690000000},
                        {"client_reference_id", nullptr},
                        {"metadata", {{"coupon_code", "JANE20"}, {"referral_code", "jane"}}},
                        {"customer_details", {{"email", "Jo+x@example.com"}, {"name", nullptr}}}};

TEST(Checkout, IsASignUpOfItsCustomerAtTheTimeOfTheSession) {
  const auto sign_up = Adapted(EventOf("checkout.session.completed", kCheckout)).sign_up();
  EXPECT_EQ(sign_up.customer_id(), "cus_1");
  EXPECT_EQ(sign_up.occur_time().seconds(), 1690000000);
  EXPECT_EQ(sign_up.coupon_code(), "JANE20");
  EXPECT_EQ(sign_up.link_code(), "jane");
  EXPECT_EQ(sign_up.email(), "Jo+x@example.com");
  EXPECT_THAT(sign_up.other_codes(), IsEmpty());
}

TEST(Checkout, TheClientReferenceIsTriedLastAsItIsOftenSomethingElse) {
  const auto sign_up =
      Adapted(EventOf("checkout.session.completed", With(kCheckout, "client_reference_id", "order-17"))).sign_up();
  EXPECT_THAT(sign_up.other_codes(), ElementsAre("order-17"));
}

TEST(Checkout, WithoutMetadataOrDetailsIsStillASignUp) {
  const auto sign_up =
      Adapted(EventOf("checkout.session.completed", {{"customer", "cus_1"}, {"created", 1}, {"metadata", nullptr}}))
          .sign_up();
  EXPECT_EQ(sign_up.customer_id(), "cus_1");
  EXPECT_EQ(sign_up.coupon_code(), "");
  EXPECT_EQ(sign_up.email(), "");
}

TEST(Checkout, OfAGuestIsNoSignUp) {
  EXPECT_TRUE(IsIgnored("checkout.session.completed", With(kCheckout, "customer", nullptr)));
  EXPECT_TRUE(IsIgnored("checkout.session.completed", Without(kCheckout, "customer")));
}

TEST(Checkout, AnExpandedCustomerIsNamedByItsId) {
  const Json expanded = With(kCheckout, "customer", {{"id", "cus_9"}, {"object", "customer"}});
  EXPECT_EQ(Adapted(EventOf("checkout.session.completed", expanded)).sign_up().customer_id(), "cus_9");
}

// ---- invoice.paid ----

const Json kInvoice = {{"id", "in_1"},
                       {"customer", "cus_1"},
                       {"currency", "inr"},
                       {"amount_paid", 11800},
                       {"total", 11800},
                       {"total_excluding_tax", 10000},
                       {"status_transitions", {{"paid_at", 1690000001}}}};

Payment PaymentOf(const Json& invoice) { return Adapted(EventOf("invoice.paid", invoice)).payment(); }
Payment PaymentOf(int64_t paid, int64_t total, int64_t without_tax) {
  return PaymentOf(With(With(With(kInvoice, "amount_paid", paid), "total", total), "total_excluding_tax", without_tax));
}

TEST(Invoice, IsAPaymentAtTheTimeItWasPaidWithABaseWithoutTax) {
  const Payment payment = PaymentOf(kInvoice);
  EXPECT_EQ(payment.payment_id(), "in_1");
  EXPECT_EQ(payment.customer_id(), "cus_1");
  EXPECT_EQ(payment.collected().currency_code(), "INR");
  EXPECT_EQ(payment.collected().minor_units(), 11800);
  EXPECT_EQ(payment.base_minor_units(), 10000);
  EXPECT_EQ(payment.occur_time().seconds(), 1690000001);
  EXPECT_EQ(payment.flag(), Payment::FLAG_UNSPECIFIED);
  EXPECT_THAT(payment.alias_ids(), IsEmpty());
}

TEST(Invoice, PaidInPartByCreditHasItsPartOfTheBase) {
  EXPECT_EQ(PaymentOf(5900, 11800, 10000).base_minor_units(), 5000);
  EXPECT_EQ(PaymentOf(132662, 176882, 149900).base_minor_units(), 112425);  // 112 425.42...
  EXPECT_EQ(PaymentOf(1, 4, 2).base_minor_units(), 0);                      // 0.5: the even one is below
  EXPECT_EQ(PaymentOf(3, 4, 2).base_minor_units(), 2);                      // 1.5: the even one is above
}

TEST(Invoice, LargeAmountsDoNotOverflowOnTheWay) {
  EXPECT_EQ(PaymentOf(4000000000000000000, 8000000000000000000, 6000000000000000000).base_minor_units(),
            3000000000000000000);
}

TEST(Invoice, PaidWhollyByCreditCollectedNothing) {
  const Payment payment = PaymentOf(0, 11800, 10000);
  EXPECT_EQ(payment.collected().minor_units(), 0);
  EXPECT_EQ(payment.base_minor_units(), 0);
  EXPECT_EQ(payment.flag(), Payment::FLAG_UNSPECIFIED);
}

TEST(Invoice, ThatCollectsAnOldDebitHasNoBaseAndIsFlagged) {
  for (const int64_t total : {0, -500}) {
    const Payment payment = PaymentOf(700, total, total);
    EXPECT_EQ(payment.collected().minor_units(), 700);
    EXPECT_EQ(payment.base_minor_units(), 0);
    EXPECT_EQ(payment.flag(), Payment::FLAG_OLD_DEBIT);
  }
}

TEST(Invoice, NegativeOrFreeIsAPaymentOfNothing) {
  EXPECT_EQ(PaymentOf(0, 0, 0).base_minor_units(), 0);
  EXPECT_EQ(PaymentOf(0, -500, -400).base_minor_units(), 0);
  EXPECT_EQ(PaymentOf(0, -500, -400).flag(), Payment::FLAG_UNSPECIFIED);
}

TEST(Invoice, AnOlderOneNamesItsIntentAndChargeItself) {
  EXPECT_THAT(PaymentOf(With(With(kInvoice, "payment_intent", "pi_1"), "charge", "ch_1")).alias_ids(),
              ElementsAre("pi_1", "ch_1"));
  EXPECT_THAT(PaymentOf(With(kInvoice, "payment_intent", nullptr)).alias_ids(), IsEmpty());
  EXPECT_THAT(PaymentOf(With(kInvoice, "charge", {{"id", "ch_2"}})).alias_ids(), ElementsAre("ch_2"));
}

TEST(Invoice, AmountsOfCurrenciesWithOtherUnitsBecomeIsoUnits) {
  const auto collected = [](const char* currency, int64_t amount) {
    return PaymentOf({{"id", "in_1"},
                      {"customer", "cus_1"},
                      {"currency", currency},
                      {"amount_paid", amount},
                      {"total", amount},
                      {"total_excluding_tax", amount},
                      {"status_transitions", {{"paid_at", 1}}}});
  };
  EXPECT_EQ(collected("isk", 150000).collected().minor_units(), 1500);
  EXPECT_EQ(collected("isk", 150000).base_minor_units(), 1500);
  EXPECT_EQ(collected("ugx", 500).collected().minor_units(), 5);
  EXPECT_EQ(collected("mga", 500).collected().minor_units(), 50000);
  EXPECT_EQ(collected("jpy", 1050).collected().minor_units(), 1050);
  EXPECT_EQ(collected("kwd", 12340).collected().minor_units(), 12340);
}

TEST(Invoice, AmountsThatTheirCurrencyCannotHaveAreRefused) {
  EXPECT_THAT(RefusalOf(EventOf("invoice.paid", With(With(kInvoice, "currency", "isk"), "amount_paid", 150050))),
              HasSubstr("ISK has no decimals"));
  const Json large = With(With(kInvoice, "currency", "mga"), "amount_paid", INT64_MAX);
  EXPECT_THAT(RefusalOf(EventOf("invoice.paid", large)), HasSubstr("does not fit"));
}

// ---- invoice_payment.paid ----

TEST(InvoicePayment, NamesThePaymentOfItsInvoiceAnew) {
  const Json object = {
      {"id", "inpay_1"}, {"invoice", "in_1"}, {"payment", {{"type", "payment_intent"}, {"payment_intent", "pi_1"}}}};
  const auto alias = Adapted(EventOf("invoice_payment.paid", object)).payment_alias();
  EXPECT_EQ(alias.payment_id(), "in_1");
  EXPECT_EQ(alias.alias_id(), "pi_1");
  EXPECT_EQ(alias.occur_time().seconds(), kCreated);
}

TEST(InvoicePayment, MayNameAChargeInstead) {
  const Json object = {{"invoice", "in_1"}, {"payment", {{"type", "charge"}, {"charge", "ch_1"}}}};
  EXPECT_EQ(Adapted(EventOf("invoice_payment.paid", object)).payment_alias().alias_id(), "ch_1");
}

TEST(InvoicePayment, MadeOutsideOfStripeNamesNothing) {
  EXPECT_TRUE(IsIgnored("invoice_payment.paid", {{"invoice", "in_1"}, {"payment", {{"type", "out_of_band_payment"}}}}));
}

// ---- refunds ----

const Json kRefund = {{"id", "re_1"},     {"amount", 3333},           {"currency", "usd"},
                      {"charge", "ch_1"}, {"payment_intent", "pi_1"}, {"status", "succeeded"},
                      {"created", 1}};

TEST(StripeRefund, CountsOnceItSucceededDatedByTheEvent) {
  for (const char* type : {"refund.created", "refund.updated"}) {
    const Refund refund = Adapted(EventOf(type, kRefund)).refund();
    EXPECT_EQ(refund.refund_id(), "re_1");
    EXPECT_EQ(refund.payment_id(), "pi_1");
    EXPECT_EQ(refund.amount().currency_code(), "USD");
    EXPECT_EQ(refund.amount().minor_units(), 3333);
    EXPECT_EQ(refund.state(), Refund::STATE_SUCCEEDED);
    EXPECT_EQ(refund.occur_time().seconds(), kCreated);
  }
}

TEST(StripeRefund, FailedAndCanceledAreFinal) {
  for (const char* type : {"refund.failed", "refund.updated", "refund.created"}) {
    for (const char* status : {"failed", "canceled"}) {
      EXPECT_EQ(Adapted(EventOf(type, With(kRefund, "status", status))).refund().state(), Refund::STATE_FAILED)
          << type << " " << status;
    }
  }
}

TEST(StripeRefund, ThatIsStillOnItsWayDoesNotCount) {
  EXPECT_TRUE(IsIgnored("refund.created", With(kRefund, "status", "pending")));
  EXPECT_TRUE(IsIgnored("refund.updated", With(kRefund, "status", "requires_action")));
}

TEST(StripeRefund, OfAnOlderChargeIsNamedByIt) {
  EXPECT_EQ(Adapted(EventOf("refund.created", With(kRefund, "payment_intent", nullptr))).refund().payment_id(), "ch_1");
}

TEST(StripeRefund, TheCumulativeOneOfTheChargeIsIgnored) {
  EXPECT_TRUE(IsIgnored("charge.refunded", {{"id", "ch_1"}, {"amount_refunded", 3333}}));
}

TEST(StripeRefund, OfNoChargeAtAllIsIgnored) {
  EXPECT_TRUE(IsIgnored("refund.created", With(With(kRefund, "payment_intent", nullptr), "charge", nullptr)));
}

// ---- disputes ----

const Json kDispute = {{"id", "dp_1"},     {"amount", 4900},           {"currency", "usd"},
                       {"charge", "ch_1"}, {"payment_intent", "pi_1"}, {"status", "needs_response"},
                       {"created", 1}};

TEST(StripeDispute, OpensWithItsAmountAtTheTimeOfTheEvent) {
  const Dispute dispute = Adapted(EventOf("charge.dispute.created", kDispute)).dispute();
  EXPECT_EQ(dispute.dispute_id(), "dp_1");
  EXPECT_EQ(dispute.payment_id(), "pi_1");
  EXPECT_EQ(dispute.amount().minor_units(), 4900);
  EXPECT_EQ(dispute.state(), Dispute::STATE_OPEN);
  EXPECT_EQ(dispute.occur_time().seconds(), kCreated);
}

TEST(StripeDispute, AnInquiryHoldsNothingUntilItEscalates) {
  EXPECT_TRUE(IsIgnored("charge.dispute.created", With(kDispute, "status", "warning_needs_response")));
  EXPECT_TRUE(IsIgnored("charge.dispute.updated", With(kDispute, "status", "warning_under_review")));
  EXPECT_TRUE(IsIgnored("charge.dispute.closed", With(kDispute, "status", "warning_closed")));
  EXPECT_EQ(Adapted(EventOf("charge.dispute.updated", kDispute)).dispute().state(), Dispute::STATE_OPEN);
}

TEST(StripeDispute, ClosesWonOrLostAtTheTimeOfTheEvent) {
  const Dispute won = Adapted(EventOf("charge.dispute.closed", With(kDispute, "status", "won"))).dispute();
  EXPECT_EQ(won.state(), Dispute::STATE_WON);
  EXPECT_EQ(won.occur_time().seconds(), kCreated);
  EXPECT_EQ(Adapted(EventOf("charge.dispute.closed", With(kDispute, "status", "lost"))).dispute().state(),
            Dispute::STATE_LOST);
}

TEST(StripeDispute, AnUpdateThatTellsTheVerdictEarlyDoesNotOpenIt) {
  EXPECT_TRUE(IsIgnored("charge.dispute.updated", With(kDispute, "status", "lost")));
  EXPECT_TRUE(IsIgnored("charge.dispute.updated", With(kDispute, "status", "won")));
}

// ---- everything else, and what is malformed ----

TEST(Adapt, EverythingElseIsIgnored) {
  for (const char* type : {"invoice.created", "customer.created", "charge.succeeded", "payout.paid",
                           "charge.dispute.funds_withdrawn", ""}) {
    if (*type != '\0') {
      EXPECT_TRUE(IsIgnored(type, {{"id", "x"}})) << type;
    }
  }
}

TEST(Adapt, WhatIsNoJsonOrNoEventIsSaidSo) {
  for (const char* line : {"", "hello", "{\"type\":", "{} trailing", "{\"a\":\"\xff\"}"}) {
    EXPECT_EQ(RefusalOf(line), "is not JSON") << line;
  }
  EXPECT_EQ(RefusalOf("[]"), "is not a JSON object");
  EXPECT_EQ(RefusalOf("7"), "is not a JSON object");
  EXPECT_EQ(RefusalOf("{}"), "type is missing");
  EXPECT_EQ(RefusalOf(R"({"type":7})"), "type is no text");
  EXPECT_EQ(RefusalOf(R"({"type":"invoice.paid"})"), "created is missing");
  EXPECT_EQ(RefusalOf(R"({"type":"invoice.paid","created":"now"})"), "created is not a whole number of 64 bits");
  EXPECT_EQ(RefusalOf(R"({"type":"invoice.paid","created":1})"), "data.object is missing");
  EXPECT_EQ(RefusalOf(R"({"type":"invoice.paid","created":1,"data":{"object":[]}})"), "data.object is missing");
}

TEST(Adapt, AWholeNumberOfMoreThan64BitsIsNamedWhereverItStands) {
  // The texts before it hold what looks like one.
  const Json invoice = With(With(kInvoice, "note", "\"99999999999999999999"), "subtotal", "much");
  const std::string line = EventOf("invoice.paid", invoice);
  for (const char* number : {"99999999999999999999", "-9223372036854775809", "18446744073709551616"}) {
    EXPECT_EQ(RefusalOf(absl::StrReplaceAll(line, {{"\"much\"", number}})),
              absl::StrCat("subtotal is ", number, ", which is not a whole number of 64 bits"));
  }
  for (const char* fits : {"18446744073709551615", "-9223372036854775808", "1e30", "99999999999999999999.5", "-0"}) {
    EXPECT_TRUE(AdaptStripeEvent(absl::StrReplaceAll(line, {{"\"much\"", fits}})).ok()) << fits << " is not needed";
  }
  for (const char* no_number : {"01", "1.", "-", "1e", "--1", "1e999"}) {
    EXPECT_EQ(RefusalOf(absl::StrReplaceAll(line, {{"\"much\"", no_number}})), "is not JSON") << no_number;
  }
}

TEST(Adapt, OfAFieldThatIsThereTwiceTheLastOneCounts) {
  const std::string line = EventOf("invoice.paid", kInvoice);
  const std::string twice = absl::StrReplaceAll(line, {{"\"customer\"", "\"customer\":7,\"customer\""}});
  ASSERT_NE(twice, line);
  EXPECT_EQ(Adapted(twice).payment().customer_id(), Adapted(line).payment().customer_id());
}

TEST(Adapt, EscapesAreReadAndAMarkOfByteOrderIsPassedOver) {
  const std::string line = EventOf("invoice.paid", With(kInvoice, "customer", "much"));
  const std::string escaped = absl::StrReplaceAll(line, {{"much", "M\\u00fcller \\\"x\\\""}});
  EXPECT_EQ(Adapted("\xEF\xBB\xBF" + escaped).payment().customer_id(), "M\u00fcller \"x\"");
}

TEST(Adapt, TextThatIsNotUtf8IsRefused) {
  EXPECT_EQ(
      RefusalOf(absl::StrReplaceAll(EventOf("invoice.paid", With(kInvoice, "customer", "much")), {{"much", "\xC3("}})),
      "is not JSON");
}

TEST(Adapt, AFieldThatIsMissingIsNamedWithItsPath) {
  const std::pair<const char*, const Json*> kObjects[] = {
      {"invoice.paid", &kInvoice}, {"refund.created", &kRefund}, {"charge.dispute.created", &kDispute}};
  const std::map<std::string, std::vector<const char*>> kRequired = {
      {"invoice.paid", {"id", "currency", "amount_paid", "total", "total_excluding_tax"}},
      {"refund.created", {"id", "currency", "amount", "status"}},
      {"charge.dispute.created", {"id", "currency", "amount", "status"}}};
  for (const auto& [type, object] : kObjects) {
    for (const char* field : kRequired.at(type)) {
      EXPECT_EQ(RefusalOf(EventOf(type, Without(*object, field))), std::string("data.object.") + field + " is missing")
          << type;
    }
  }
  EXPECT_EQ(RefusalOf(EventOf("invoice.paid", Without(kInvoice, "status_transitions"))),
            "data.object.status_transitions.paid_at is missing");
  EXPECT_EQ(RefusalOf(EventOf("checkout.session.completed", Without(kCheckout, "created"))),
            "data.object.created is missing");
  EXPECT_EQ(RefusalOf(EventOf("invoice_payment.paid", {{"payment", {{"charge", "ch_1"}}}})),
            "data.object.invoice is missing");
}

TEST(Adapt, AnAmountIsAWholeNumberOf64Bits) {
  for (const char* amount : {"1.5", "1e3", "\"100\"", "9223372036854775808", "true", "null"}) {
    const Json value = Json::parse(amount);
    EXPECT_EQ(RefusalOf(EventOf("invoice.paid", With(kInvoice, "amount_paid", value))),
              "data.object.amount_paid is not a whole number of 64 bits")
        << amount;
  }
  EXPECT_EQ(RefusalOf(EventOf("invoice.paid", With(kInvoice, "amount_paid", -1))),
            "data.object.amount_paid is negative");
}

TEST(Adapt, AnIdThatIsNoTextIsRefusedNotTakenForAbsent) {
  EXPECT_EQ(RefusalOf(EventOf("checkout.session.completed", With(kCheckout, "customer", 7))),
            "data.object.customer is no text");
  EXPECT_EQ(RefusalOf(EventOf("refund.created", With(kRefund, "payment_intent", Json::array()))),
            "data.object.payment_intent is no text");
  EXPECT_EQ(RefusalOf(EventOf("invoice.paid", With(kInvoice, "id", ""))), "data.object.id is no text");
}

TEST(Adapt, TheSampleStreamHasNothingThatIsMalformed) {
  std::ifstream sample(TRAILBOOK_SOURCE_DIR "/deploy/sample/events.jsonl");
  ASSERT_TRUE(sample) << "deploy/sample/events.jsonl";
  std::map<ReportedEvent::EventCase, int> kinds;
  int lines = 0;
  for (std::string line; std::getline(sample, line); ++lines) {
    const auto event = AdaptStripeEvent(line);
    ASSERT_TRUE(event.ok()) << "line " << lines + 1 << ": " << event.status();
    if (event->has_value()) ++kinds[(*event)->event_case()];
  }
  EXPECT_GT(lines, 5000);
  EXPECT_EQ(kinds.size(), 5u) << "every kind of report";
}

}  // namespace
}  // namespace trailbook::cli
