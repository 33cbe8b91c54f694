// trailbook partner: who refers, at which rate, paid how.
#include "cli/partner.h"

#include "absl/strings/str_join.h"

#include "cli/session.h"
#include "trailbook/v1/partner_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

constexpr char kSettleIn[] =
    "The currency that arrives, whatever was earned, at the rate of `payout set-rate`; empty: what was earned";

// "EUR", and whether a failed payout blocks the method.
std::string Settles(const api::PayoutMethod& method) {
  const std::string& currency = method.settlement_currency();
  if (!method.blocked()) return currency;
  return absl::StrCat(currency, currency.empty() ? "" : " ", "(blocked)");
}

// "at most 500 bps from 2026-05-03 on (noor: agreed on 3 May)".
std::string Lowered(const api::Partner& partner) {
  std::string text;
  for (const api::RateLowering& lowering : partner.rate_lowerings()) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", "at most ", lowering.rate_bps(), " bps from ",
                    lowering.effective_date(), " on (", lowering.actor(), ": ", lowering.reason(), ")");
  }
  return text;
}

std::string Aliases(const api::Partner& partner) {
  return absl::StrJoin(partner.aliases(), " ",
                       [](std::string* out, const std::string& name) { absl::StrAppend(out, Last(name)); });
}

Sheet PartnerSheet(const std::vector<api::Partner>& partners) {
  Sheet sheet{{"partner_id", "name", "email", "country", "payout_method", "payout_account", "rate_bps", "state",
               "state_reason", "group_id", "paying_customers", "lowered", "settles_in", "merged_into", "aliases"},
              {}};
  for (const api::Partner& partner : partners) {
    sheet.rows.push_back(
        {Text(Last(partner.name())), Text(partner.display_name()), Text(partner.email()), Text(partner.country()),
         Text(partner.payout_method().type()), Text(partner.payout_method().account()),
         partner.has_rate_bps() ? Number(partner.rate_bps()) : Text(""),
         Text(api::Partner::State_Name(partner.state()).substr(sizeof("STATE_") - 1)), Text(partner.state_reason()),
         Text(Last(partner.group())), Number(partner.paying_customers()), Text(Lowered(partner)),
         Text(Settles(partner.payout_method())), Text(Last(partner.merged_into())), Text(Aliases(partner))});
  }
  return sheet;
}

int PrintPartner(const Session& session, const grpc::Status& status, const api::Partner& partner) {
  if (!status.ok()) return session.Fail(status);
  session.PrintOne(PartnerSheet({partner}), partner);
  return kOk;
}

void AddCreate(CLI::App* noun, Session& session) {
  struct Options {
    std::string id, name, email, country, method = "none", account, settle_in, link, coupon, group;
    int rate = -1;
  };
  auto options = std::make_shared<Options>();
  auto* verb =
      Verb(noun, "create", "Creates a partner",
           "  trailbook partner create jane --program pracflow --name \"Jane Iyer\" --email jane@clinic.example \\\n"
           "      --link-code jane --payout-method sepa --payout-account DE89370400440532013000\n");
  verb->add_option("id", options->id, "The partner's id")->required();
  verb->add_option("--name", options->name, "As people read it")->required();
  verb->add_option("--email", options->email, "E-mail");
  verb->add_option("--country", options->country, "Two letters, e.g. IN");
  verb->add_option("--payout-method", options->method, "bank_in, sepa, ach, paypal or none");
  verb->add_option("--payout-account", options->account,
                   "By its method: an IBAN, IFSC/NUMBER, ROUTING/NUMBER, or an e-mail address");
  verb->add_option("--settle-in", options->settle_in, kSettleIn);
  verb->add_option("--link-code", options->link, "Link code to create");
  verb->add_option("--coupon-code", options->coupon, "Coupon code to create");
  verb->add_option("--rate-bps", options->rate, "Own rate from ever, in basis points");
  verb->add_option("--group", options->group, "The group that it belongs to from ever");
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, options, verb] {
    session.run = [&session, options, verb] {
      api::CreatePartnerRequest request;
      request.set_parent(session.ProgramName());
      request.set_partner_id(options->id);
      request.mutable_partner()->set_display_name(options->name);
      request.mutable_partner()->set_email(options->email);
      request.mutable_partner()->set_country(options->country);
      request.mutable_partner()->mutable_payout_method()->set_type(options->method);
      request.mutable_partner()->mutable_payout_method()->set_account(options->account);
      request.mutable_partner()->mutable_payout_method()->set_settlement_currency(options->settle_in);
      if (verb->get_option("--rate-bps")->count() > 0) request.set_rate_bps(options->rate);
      request.set_link_code(options->link);
      request.set_coupon_code(options->coupon);
      if (!options->group.empty()) request.set_group(session.NameOf("groups", options->group));
      request.set_request_id(session.NewRequestId());
      api::Partner partner;
      const grpc::Status status =
          api::PartnerService::NewStub(session.channel())->CreatePartner(session.context().get(), request, &partner);
      return PrintPartner(session, status, partner);
    };
  });
}

void AddShow(CLI::App* noun, Session& session) {
  auto id = std::make_shared<std::string>();
  auto* verb = Verb(noun, "show", "Shows a partner", "  trailbook partner show partner-0000 --program pracflow\n");
  verb->add_option("id", *id, "The partner's id")->required();
  NeedsProgram(verb, session);
  verb->callback([&session, id] {
    session.run = [&session, id] {
      api::GetPartnerRequest request;
      request.set_name(session.NameOf("partners", *id));
      api::Partner partner;
      const grpc::Status status =
          api::PartnerService::NewStub(session.channel())->GetPartner(session.context().get(), request, &partner);
      return PrintPartner(session, status, partner);
    };
  });
}

void AddList(CLI::App* noun, Session& session) {
  auto* verb = Verb(noun, "list", "Lists a program's partners", "  trailbook partner list --program pracflow -o csv\n");
  NeedsProgram(verb, session);
  verb->callback([&session] {
    session.run = [&session] {
      auto stub = api::PartnerService::NewStub(session.channel());
      std::vector<api::Partner> partners;
      const grpc::Status status = FetchAll<api::ListPartnersResponse>(
          [&](const std::string& token, api::ListPartnersResponse* response) {
            api::ListPartnersRequest request;
            request.set_parent(session.ProgramName());
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListPartners(session.context().get(), request, response);
          },
          [&](const api::ListPartnersResponse& page) {
            partners.insert(partners.end(), page.partners().begin(), page.partners().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      session.Print(PartnerSheet(partners), partners);
      return int{kOk};
    };
  });
}

void AddSetRate(CLI::App* noun, Session& session) {
  struct Options {
    std::string id, effective;
    int rate = 0;
  };
  auto options = std::make_shared<Options>();
  auto* verb =
      Verb(noun, "set-rate", "Gives a partner an own rate for sign-ups from a day on; earlier referrals keep theirs",
           "  trailbook partner set-rate partner-0001 --program pracflow --rate-bps 900\n");
  verb->add_option("id", options->id, "The partner's id")->required();
  verb->add_option("--rate-bps", options->rate, "In basis points, at most 1000")->required();
  verb->add_option("--effective", options->effective, "First day, YYYY-MM-DD; today or later (today)");
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::SetPartnerRateRequest request;
      request.set_name(session.NameOf("partners", options->id));
      request.set_rate_bps(options->rate);
      request.set_effective_date(options->effective);
      request.set_request_id(session.NewRequestId());
      api::Partner partner;
      const grpc::Status status =
          api::PartnerService::NewStub(session.channel())->SetPartnerRate(session.context().get(), request, &partner);
      return PrintPartner(session, status, partner);
    };
  });
}

void AddSetMethod(CLI::App* noun, Session& session) {
  struct Options {
    std::string id, method, account, settle_in;
  };
  auto options = std::make_shared<Options>();
  auto* verb = Verb(noun, "set-payout-method", "Sets how a partner is paid; who sets it cannot approve a payout to it",
                    "  trailbook partner set-payout-method partner-0001 --program pracflow \\\n"
                    "      --payout-method sepa --payout-account DE89370400440532013000\n");
  verb->add_option("id", options->id, "The partner's id")->required();
  verb->add_option("--payout-method", options->method, "bank_in, sepa, ach, paypal or none")->required();
  verb->add_option("--payout-account", options->account,
                   "By its method: an IBAN, IFSC/NUMBER, ROUTING/NUMBER, or an e-mail address");
  verb->add_option("--settle-in", options->settle_in, kSettleIn);
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::SetPayoutMethodRequest request;
      request.set_name(session.NameOf("partners", options->id));
      request.mutable_payout_method()->set_type(options->method);
      request.mutable_payout_method()->set_account(options->account);
      request.mutable_payout_method()->set_settlement_currency(options->settle_in);
      request.set_request_id(session.NewRequestId());
      api::Partner partner;
      const grpc::Status status =
          api::PartnerService::NewStub(session.channel())->SetPayoutMethod(session.context().get(), request, &partner);
      return PrintPartner(session, status, partner);
    };
  });
}

// deactivate, close, ban, activate.
void AddState(CLI::App* noun, Session& session, const std::string& name, const std::string& what,
              api::Partner::State state) {
  auto request = std::make_shared<api::SetPartnerStateRequest>();
  auto id = std::make_shared<std::string>();
  auto* verb =
      Verb(noun, name, what,
           absl::StrCat("  trailbook --as noor partner ", name, " partner-0001 --reason \"why\" --program pracflow\n"));
  verb->add_option("id", *id, "The partner's id")->required();
  verb->add_option_function<std::string>(
          "--reason", [request](const std::string& reason) { request->set_reason(reason); }, "Why; the partner sees it")
      ->required();
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, request, id, state] {
    session.run = [&session, request, id, state] {
      request->set_name(session.NameOf("partners", *id));
      request->set_state(state);
      request->set_request_id(session.NewRequestId());
      api::Partner partner;
      const grpc::Status status =
          api::PartnerService::NewStub(session.channel())->SetPartnerState(session.context().get(), *request, &partner);
      return PrintPartner(session, status, partner);
    };
  });
}

void AddMerge(CLI::App* noun, Session& session) {
  struct Options {
    std::string id, into, reason;
  };
  auto options = std::make_shared<Options>();
  auto* verb =
      Verb(noun, "merge",
           "Makes a partner an alias of another, for good: balances, codes and referrals are the other's from now on",
           "  trailbook --as noor partner merge partner-0007 --into partner-0001 --reason \"one person, two accounts\" "
           "--program pracflow\n");
  verb->add_option("id", options->id, "The partner that ends")->required();
  verb->add_option("--into", options->into, "The partner that goes on")->required();
  verb->add_option("--reason", options->reason, "Why; both see it")->required();
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::MergePartnerRequest request;
      request.set_name(session.NameOf("partners", options->id));
      request.set_into_partner(session.NameOf("partners", options->into));
      request.set_reason(options->reason);
      request.set_request_id(session.NewRequestId());
      api::Partner partner;
      const grpc::Status status =
          api::PartnerService::NewStub(session.channel())->MergePartner(session.context().get(), request, &partner);
      return PrintPartner(session, status, partner);
    };
  });
}

}  // namespace

void AddPartner(CLI::App& app, Session& session) {
  auto* noun = app.add_subcommand("partner", "Partners, their rates and how they are paid");
  AddPartnerImport(noun, session);
  AddCreate(noun, session);
  AddShow(noun, session);
  AddList(noun, session);
  AddSetRate(noun, session);
  AddSetMethod(noun, session);
  AddState(noun, session, "deactivate", "No new sign-ups; earnings of existing referrals go on and are paid",
           api::Partner::STATE_DEACTIVATED);
  AddState(noun, session, "close", "Deactivated, and what is payable is paid below the minimum too",
           api::Partner::STATE_CLOSED);
  AddState(noun, session, "ban", "What is earned from now on is held, payouts are blocked", api::Partner::STATE_BANNED);
  AddState(noun, session, "activate", "Refers and earns again; what a ban held is released",
           api::Partner::STATE_ACTIVE);
  AddMerge(noun, session);
}

}  // namespace trailbook::cli
