// trailbook earnings receipt: what a partner keeps of one earning.
#include "cli/earnings.h"
#include "trailbook/v1/checkpoint_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

int ShowReceipt(Session& session, const std::string& commission, bool cosigned) {
  api::GetEarningReceiptRequest request;
  request.set_name(session.NameOf("commissions", commission));
  request.set_cosigned(cosigned);
  api::EarningReceipt receipt;
  const grpc::Status status =
      api::CheckpointService::NewStub(session.channel())->GetEarningReceipt(session.context().get(), request, &receipt);
  if (!status.ok()) return session.Fail(status);
  std::cout << ToJson(receipt) << "\n";
  return kOk;
}

}  // namespace

void AddEarningsReceipt(CLI::App* noun, Session& session) {
  struct Options {
    std::string commission;
    bool cosigned = false;
  };
  auto options = std::make_shared<Options>();
  auto* verb = Verb(noun, "receipt",
                    "Everything that a partner needs to check one earning offline, as JSON: its explanation, its "
                    "records, and proofs of them",
                    "  trailbook earnings receipt 1234 --program pracflow > 1234.earning.json\n"
                    "  trailbook verify earning 1234.earning.json --key-file pracflow.vkey\n");
  verb->add_option("commission", options->commission, "The commission's number")->required();
  verb->add_flag("--cosigned", options->cosigned, "Against the latest checkpoint that witnesses have cosigned");
  NeedsProgram(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] { return ShowReceipt(session, options->commission, options->cosigned); };
  });
}

}  // namespace trailbook::cli
