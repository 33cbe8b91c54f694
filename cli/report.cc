// trailbook report: one event by hand.
#include "cli/money.h"
#include "cli/session.h"
#include "cli/times.h"
#include "trailbook/v1/reporting_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

struct EventOptions {
  std::string id, customer, partner, coupon, link, email, payment, amount, base, state, time, alias, click;
};
using Build = std::function<absl::Status(const EventOptions&, api::ReportedEvent*)>;

std::string OutcomeName(const api::ReportOutcome& outcome) {
  return api::ReportOutcome::Outcome_Name(outcome.outcome()).substr(sizeof("OUTCOME_") - 1);
}

int Send(Session& session, const EventOptions& options, const Build& build) {
  api::ReportBatchRequest request;
  request.set_parent(session.ProgramName());
  const absl::Status built = build(options, request.add_events());
  if (!built.ok()) return session.Usage(built.message());
  api::ReportBatchResponse response;
  const grpc::Status status =
      api::ReportingService::NewStub(session.channel())->ReportBatch(session.context().get(), request, &response);
  if (!status.ok()) return session.Fail(status);
  const api::ReportOutcome& outcome = response.outcomes(0);
  if (outcome.has_error()) {
    return session.Fail(grpc::Status(static_cast<grpc::StatusCode>(outcome.error().code()), outcome.error().message(),
                                     outcome.error().SerializeAsString()));
  }
  Sheet sheet{{"outcome", "replayed", "partner_id", "commission", "amount", "message"}, {}};
  const std::string currency = outcome.commission_amount().currency_code();
  sheet.rows.push_back({Text(OutcomeName(outcome)), Text(outcome.replayed() ? "yes" : "no"),
                        Text(Last(outcome.partner())), Text(Last(outcome.commission())),
                        currency.empty() ? Text("") : Money(outcome.commission_amount().minor_units(), currency),
                        Text(outcome.message())});
  session.PrintOne(sheet, outcome);
  return kOk;
}

template <typename M>
absl::Status SetTime(const std::string& text, M* message) {
  const auto seconds = ParseTime(text);
  if (!seconds.ok()) return seconds.status();
  message->mutable_occur_time()->set_seconds(*seconds);
  return absl::OkStatus();
}

absl::Status BuildSignUp(const EventOptions& o, api::ReportedEvent* event) {
  auto* sign_up = event->mutable_sign_up();
  sign_up->set_customer_id(o.customer);
  sign_up->set_partner(o.partner);
  sign_up->set_coupon_code(o.coupon);
  sign_up->set_link_code(o.link);
  sign_up->set_email(o.email);
  sign_up->set_click_id(o.click);
  return SetTime(o.time, sign_up);
}

absl::Status BuildClick(const EventOptions& o, api::ReportedEvent* event) {
  event->mutable_click()->set_click_id(o.id);
  event->mutable_click()->set_link_code(o.link);
  return SetTime(o.time, event->mutable_click());
}

absl::Status BuildPayment(const EventOptions& o, api::ReportedEvent* event) {
  auto* payment = event->mutable_payment();
  payment->set_payment_id(o.id);
  payment->set_customer_id(o.customer);
  const auto collected = ParseMoney(o.amount);
  if (!collected.ok()) return collected.status();
  *payment->mutable_collected() = *collected;
  payment->set_base_minor_units(collected->minor_units());
  if (!o.base.empty()) {
    const auto base = ParseMoney(o.base);
    if (!base.ok()) return base.status();
    if (base->currency_code() != collected->currency_code()) {
      return absl::InvalidArgumentError("--base and --collected must be of the same currency");
    }
    payment->set_base_minor_units(base->minor_units());
  }
  if (!o.alias.empty()) payment->add_alias_ids(o.alias);
  return SetTime(o.time, payment);
}

absl::Status BuildAlias(const EventOptions& o, api::ReportedEvent* event) {
  event->mutable_payment_alias()->set_payment_id(o.id);
  event->mutable_payment_alias()->set_alias_id(o.alias);
  return SetTime(o.time, event->mutable_payment_alias());
}

template <typename M>
absl::Status SetGiveBack(const EventOptions& o, M* message) {
  message->set_payment_id(o.payment);
  const auto amount = ParseMoney(o.amount);
  if (!amount.ok()) return amount.status();
  *message->mutable_amount() = *amount;
  return SetTime(o.time, message);
}

absl::Status BuildRefund(const EventOptions& o, api::ReportedEvent* event) {
  event->mutable_refund()->set_refund_id(o.id);
  event->mutable_refund()->set_state(o.state == "failed" ? api::Refund::STATE_FAILED : api::Refund::STATE_SUCCEEDED);
  return SetGiveBack(o, event->mutable_refund());
}

absl::Status BuildDispute(const EventOptions& o, api::ReportedEvent* event) {
  auto* dispute = event->mutable_dispute();
  dispute->set_dispute_id(o.id);
  dispute->set_state(o.state == "won"    ? api::Dispute::STATE_WON
                     : o.state == "lost" ? api::Dispute::STATE_LOST
                                         : api::Dispute::STATE_OPEN);
  return SetGiveBack(o, dispute);
}

CLI::App* AddEvent(CLI::App* noun, Session& session, std::shared_ptr<EventOptions> options, const std::string& name,
                   const std::string& what, const std::string& examples, Build build) {
  auto* verb = Verb(noun, name, what, examples);
  verb->add_option("--time", options->time, "When it happened, e.g. 2026-11-22T10:00:00Z (now)");
  NeedsProgram(verb, session);
  verb->callback([&session, options, build] {
    session.run = [&session, options, build] { return Send(session, *options, build); };
  });
  return verb;
}

void AddParked(CLI::App* noun, Session& session) {
  auto* verb = Verb(noun, "parked", "Events that wait: for a sign-up, for a payment, or for their day",
                    "  trailbook report parked --program pracflow\n");
  NeedsProgram(verb, session);
  verb->callback([&session] {
    session.run = [&session] {
      auto stub = api::ReportingService::NewStub(session.channel());
      std::vector<api::ParkedEvent> events;
      const grpc::Status status = FetchAll<api::ListParkedEventsResponse>(
          [&](const std::string& token, api::ListParkedEventsResponse* response) {
            api::ListParkedEventsRequest request;
            request.set_parent(session.ProgramName());
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListParkedEvents(session.context().get(), request, response);
          },
          [&](const api::ListParkedEventsResponse& page) {
            events.insert(events.end(), page.parked_events().begin(), page.parked_events().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      Sheet sheet{{"number", "kind", "id", "happened", "waits_for", "refused"}, {}};
      for (const api::ParkedEvent& event : events) {
        sheet.rows.push_back({Number(event.number()), Text(event.kind()), Text(event.id()),
                              Text(FormatTime(event.occur_time().seconds())), Text(event.waits_for()),
                              Text(event.refused())});
      }
      session.Print(sheet, events);
      return int{kOk};
    };
  });
}

void AddPurge(CLI::App* noun, Session& session) {
  struct Options {
    std::string before, reason;
  };
  auto options = std::make_shared<Options>();
  auto* verb =
      Verb(noun, "purge", "Drops parked events for good; the log keeps who, why and how many",
           "  trailbook --as noor report purge --before 2025-01-01 --reason \"never referred\" --program pracflow\n");
  verb->add_option("--before", options->before, "Only events that happened before this, e.g. 2025-01-01 (all)");
  verb->add_option("--reason", options->reason, "Why")->required();
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::PurgeParkedEventsRequest request;
      request.set_parent(session.ProgramName());
      request.set_reason(options->reason);
      request.set_request_id(session.NewRequestId());
      if (!options->before.empty()) {
        const auto before = ParseTime(options->before);
        if (!before.ok()) return session.Usage(before.status().message());
        request.mutable_before_time()->set_seconds(*before);
      }
      api::PurgeParkedEventsResponse response;
      const grpc::Status status = api::ReportingService::NewStub(session.channel())
                                      ->PurgeParkedEvents(session.context().get(), request, &response);
      if (!status.ok()) return session.Fail(status);
      session.PrintOne({{"dropped"}, {{Number(response.count())}}}, response);
      return int{kOk};
    };
  });
}

}  // namespace

void AddReport(CLI::App& app, Session& session) {
  auto* noun = app.add_subcommand("report", "What happened: sign-ups, payments, refunds, disputes");
  auto o = std::make_shared<EventOptions>();
  auto* sign_up = AddEvent(noun, session, o, "sign-up", "Reports a sign-up",
                           "  trailbook report sign-up --customer cus_1 --link jane --program pracflow\n", BuildSignUp);
  sign_up->add_option("--customer", o->customer, "Your id of the customer")->required();
  sign_up->add_option("--partner", o->partner, "The partner's id");
  sign_up->add_option("--coupon", o->coupon, "Coupon code");
  sign_up->add_option("--click", o->click,
                      "A click that was reported before; counts within the terms' attribution window");
  sign_up->add_option("--link", o->link, "Link code");
  sign_up->add_option("--email", o->email, "The customer's e-mail; only compared, never stored");

  o = std::make_shared<EventOptions>();
  auto* click = AddEvent(noun, session, o, "click", "Keeps a click through a link, for sign-ups that name it",
                         "  trailbook report click ck_1 --link jane --program pracflow\n", BuildClick);
  click->add_option("id", o->id, "Your site's id of the click")->required();
  click->add_option("--link", o->link, "The link's code")->required();

  o = std::make_shared<EventOptions>();
  auto* payment = AddEvent(
      noun, session, o, "payment", "Reports a payment",
      "  trailbook report payment in_1 --customer cus_1 --collected INR:118.00 --base INR:100.00 --program pracflow\n",
      BuildPayment);
  payment->add_option("id", o->id, "The payment's id")->required();
  payment->add_option("--customer", o->customer, "Your id of the customer")->required();
  payment->add_option("--collected", o->amount, "Cash taken, tax included, e.g. INR:118.00")->required();
  payment->add_option("--base", o->base, "The commissionable part, without tax (all of it)");
  payment->add_option("--alias", o->alias, "Another id of it");

  o = std::make_shared<EventOptions>();
  auto* alias = AddEvent(noun, session, o, "alias", "Reports another id of a payment",
                         "  trailbook report alias in_1 pi_1 --program pracflow\n", BuildAlias);
  alias->add_option("payment", o->id, "The payment's id")->required();
  alias->add_option("alias", o->alias, "The other id")->required();

  o = std::make_shared<EventOptions>();
  auto* refund =
      AddEvent(noun, session, o, "refund", "Reports a refund",
               "  trailbook report refund re_1 --payment in_1 --amount INR:59.00 --program pracflow\n", BuildRefund);
  refund->add_option("id", o->id, "The refund's id")->required();
  refund->add_option("--payment", o->payment, "The payment, by any of its ids")->required();
  refund->add_option("--amount", o->amount, "Cash given back")->required();
  refund->add_option("--state", o->state, "succeeded or failed (succeeded)")
      ->check(CLI::IsMember({"succeeded", "failed"}));

  o = std::make_shared<EventOptions>();
  auto* dispute =
      AddEvent(noun, session, o, "dispute", "Reports a dispute",
               "  trailbook report dispute dp_1 --payment in_1 --amount INR:118.00 --state open --program pracflow\n",
               BuildDispute);
  dispute->add_option("id", o->id, "The dispute's id")->required();
  dispute->add_option("--payment", o->payment, "The payment, by any of its ids")->required();
  dispute->add_option("--amount", o->amount, "The disputed amount")->required();
  dispute->add_option("--state", o->state, "open, won or lost")
      ->required()
      ->check(CLI::IsMember({"open", "won", "lost"}));
  AddParked(noun, session);
  AddPurge(noun, session);
}

}  // namespace trailbook::cli
