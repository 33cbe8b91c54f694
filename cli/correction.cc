// trailbook correction: corrections by people, with two pairs of eyes.
#include "cli/money.h"
#include "cli/session.h"
#include "trailbook/v1/correction_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

struct Proposal {
  std::string partner, amount, currency, reason, cash_account, reverses;
};

Sheet CorrectionSheet(const std::vector<api::Correction>& corrections) {
  Sheet sheet{{"correction", "kind", "state", "partner_id", "currency", "amount", "reason", "proposer", "decider",
               "reverses", "reversed_by"},
              {}};
  for (const api::Correction& c : corrections) {
    const std::string& currency = c.amount().currency_code();
    sheet.rows.push_back({Text(Last(c.name())), Text(api::Correction::Kind_Name(c.kind()).substr(sizeof("KIND_") - 1)),
                          Text(api::Correction::State_Name(c.state()).substr(sizeof("STATE_") - 1)),
                          Text(Last(c.partner())), Text(currency), Money(c.amount().minor_units(), currency),
                          Text(c.reason()), Text(c.proposer()), Text(c.decider()), Text(Last(c.reverses())),
                          Text(Last(c.reversed_by()))});
  }
  return sheet;
}

int Print(const Session& session, const grpc::Status& status, const api::Correction& correction) {
  if (!status.ok()) return session.Fail(status);
  session.PrintOne(CorrectionSheet({correction}), correction);
  return kOk;
}

int Propose(Session& session, const Proposal& proposal, api::Correction::Kind kind) {
  api::ProposeCorrectionRequest request;
  request.set_parent(session.ProgramName());
  api::Correction& correction = *request.mutable_correction();
  correction.set_kind(kind);
  correction.set_reason(proposal.reason);
  correction.set_cash_account(proposal.cash_account);
  if (kind == api::Correction::KIND_REVERSAL) {
    correction.set_reverses(session.NameOf("corrections", proposal.reverses));
  } else {
    correction.set_partner(session.NameOf("partners", proposal.partner));
  }
  if (!proposal.amount.empty()) {
    const auto money = ParseMoney(proposal.amount);
    if (!money.ok()) return session.Usage(money.status().message());
    *correction.mutable_amount() = *money;
  } else {
    correction.mutable_amount()->set_currency_code(proposal.currency);
  }
  request.set_request_id(session.NewRequestId());
  api::Correction made;
  const grpc::Status status =
      api::CorrectionService::NewStub(session.channel())->ProposeCorrection(session.context().get(), request, &made);
  const int code = Print(session, status, made);
  if (code == kOk && session.format() == Format::kTable) {
    std::cerr << "Nothing is booked yet. Next, by another person: trailbook --as NAME correction approve "
              << Last(made.name()) << "\n";
  }
  return code;
}

CLI::App* AddProposal(CLI::App* noun, Session& session, std::shared_ptr<Proposal> proposal, const std::string& name,
                      const std::string& what, const std::string& example, api::Correction::Kind kind) {
  auto* verb = Verb(noun, name, what, example);
  verb->add_option("--reason", proposal->reason, "Why; it stands in the log")->required();
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, proposal, kind] {
    session.run = [&session, proposal, kind] { return Propose(session, *proposal, kind); };
  });
  return verb;
}

void AddProposals(CLI::App* noun, Session& session) {
  auto o = std::make_shared<Proposal>();
  auto* adjust = AddProposal(
      noun, session, o, "adjust", "Proposes to give a partner money, or (below 0) to take it",
      "  trailbook --as fatima correction adjust partner-0001 INR:250.00 --reason \"goodwill\" --program pracflow\n"
      "  trailbook --as fatima correction adjust partner-0001 INR:-80.00 --reason \"paid by hand\" --program "
      "pracflow\n",
      api::Correction::KIND_ADJUSTMENT);
  adjust->add_option("partner", o->partner, "The partner's id")->required();
  adjust->add_option("amount", o->amount, "CURRENCY:AMOUNT")->required();

  o = std::make_shared<Proposal>();
  auto* write_off = AddProposal(noun, session, o, "write-off", "Proposes that a partner need not pay back what he owes",
                                "  trailbook --as fatima correction write-off partner-0001 INR:12.00 --reason \"left "
                                "in 2024\" --program pracflow\n",
                                api::Correction::KIND_WRITE_OFF);
  write_off->add_option("partner", o->partner, "The partner's id")->required();
  write_off->add_option("amount", o->amount, "CURRENCY:AMOUNT")->required();

  o = std::make_shared<Proposal>();
  auto* repaid = AddProposal(noun, session, o, "repaid", "Proposes to book that a partner paid back what he owed",
                             "  trailbook --as fatima correction repaid partner-0001 INR:12.00 --reason \"statement "
                             "line 7\" --program pracflow\n",
                             api::Correction::KIND_REPAYMENT);
  repaid->add_option("partner", o->partner, "The partner's id")->required();
  repaid->add_option("amount", o->amount, "CURRENCY:AMOUNT")->required();
  repaid->add_option("--cash-account", o->cash_account, "Where the money came in, as your books name it (main)");

  o = std::make_shared<Proposal>();
  auto* forfeit = AddProposal(noun, session, o, "forfeit",
                              "Proposes to take what is held and payable of a banned partner, commission by commission",
                              "  trailbook --as fatima correction forfeit partner-0001 --currency INR --reason \"fraud "
                              "case 12\" --program pracflow\n",
                              api::Correction::KIND_FORFEITURE);
  forfeit->add_option("partner", o->partner, "The partner's id")->required();
  forfeit->add_option("--currency", o->currency, "ISO 4217")->required();

  o = std::make_shared<Proposal>();
  auto* reverse =
      AddProposal(noun, session, o, "reverse",
                  "Proposes to undo a booked correction; each can be undone once. Of a forfeiture, what was refunded "
                  "meanwhile does not come back",
                  "  trailbook --as fatima correction reverse 3 --reason \"wrong partner\" --program pracflow\n",
                  api::Correction::KIND_REVERSAL);
  reverse->add_option("correction", o->reverses, "The correction's number")->required();
}

void AddApprove(CLI::App* noun, Session& session) {
  auto number = std::make_shared<std::string>();
  auto* verb = Verb(noun, "approve", "A second person books a proposed correction",
                    "  trailbook --as noor correction approve 1 --program pracflow\n");
  verb->add_option("correction", *number, "The correction's number")->required();
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, number] {
    session.run = [&session, number] {
      api::ApproveCorrectionRequest request;
      request.set_name(session.NameOf("corrections", *number));
      request.set_request_id(session.NewRequestId());
      api::Correction correction;
      auto stub = api::CorrectionService::NewStub(session.channel());
      return Print(session, stub->ApproveCorrection(session.context().get(), request, &correction), correction);
    };
  });
}

void AddReject(CLI::App* noun, Session& session) {
  struct Options {
    std::string number, reason;
  };
  auto options = std::make_shared<Options>();
  auto* verb = Verb(noun, "reject", "Turns a proposed correction down",
                    "  trailbook --as noor correction reject 1 --reason \"no receipt\" --program pracflow\n");
  verb->add_option("correction", options->number, "The correction's number")->required();
  verb->add_option("--reason", options->reason, "Why")->required();
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::RejectCorrectionRequest request;
      request.set_name(session.NameOf("corrections", options->number));
      request.set_reason(options->reason);
      request.set_request_id(session.NewRequestId());
      api::Correction correction;
      auto stub = api::CorrectionService::NewStub(session.channel());
      return Print(session, stub->RejectCorrection(session.context().get(), request, &correction), correction);
    };
  });
}

void AddList(CLI::App* noun, Session& session) {
  auto* verb =
      Verb(noun, "list", "A program's corrections, newest first", "  trailbook correction list --program pracflow\n");
  NeedsProgram(verb, session);
  verb->callback([&session] {
    session.run = [&session] {
      auto stub = api::CorrectionService::NewStub(session.channel());
      std::vector<api::Correction> corrections;
      const grpc::Status status = FetchAll<api::ListCorrectionsResponse>(
          [&](const std::string& token, api::ListCorrectionsResponse* response) {
            api::ListCorrectionsRequest request;
            request.set_parent(session.ProgramName());
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListCorrections(session.context().get(), request, response);
          },
          [&](const api::ListCorrectionsResponse& page) {
            corrections.insert(corrections.end(), page.corrections().begin(), page.corrections().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      session.Print(CorrectionSheet(corrections), corrections);
      return int{kOk};
    };
  });
}

}  // namespace

void AddCorrection(CLI::App& app, Session& session) {
  auto* noun =
      app.add_subcommand("correction", "Adjustments, write-offs, repayments and forfeitures, with two pairs of eyes");
  AddProposals(noun, session);
  AddApprove(noun, session);
  AddReject(noun, session);
  AddList(noun, session);
}

}  // namespace trailbook::cli
