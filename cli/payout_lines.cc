// trailbook payout lines: what a payout pays for.
#include "cli/payout.h"

namespace trailbook::cli {

void AddPayoutLines(CLI::App* noun, Session& session) {
  auto id = std::make_shared<std::string>();
  auto* verb = Verb(
      noun, "lines", "What a payout pays for, line by line; they sum to its amount",
      "  trailbook payout lines 3/1 --program pracflow\n"
      "  trailbook earnings due partner-0001 --currency INR --date 2026-11-30   # the commissions of a MATURED line\n");
  verb->add_option("payout", *id, "BATCH/PAYOUT")->required();
  NeedsProgram(verb, session);
  verb->callback([&session, id] {
    session.run = [&session, id] {
      const std::vector<std::string> parts = absl::StrSplit(*id, '/');
      if (parts.size() != 2) return session.Usage("payout: write BATCH/PAYOUT, e.g. 3/1");
      auto stub = api::PayoutService::NewStub(session.channel());
      std::vector<api::PayoutLine> lines;
      const grpc::Status status = FetchAll<api::ListPayoutLinesResponse>(
          [&](const std::string& token, api::ListPayoutLinesResponse* response) {
            api::ListPayoutLinesRequest request;
            request.set_parent(absl::StrCat(session.NameOf("payoutBatches", parts[0]), "/payouts/", parts[1]));
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListPayoutLines(session.context().get(), request, response);
          },
          [&](const api::ListPayoutLinesResponse& page) {
            lines.insert(lines.end(), page.lines().begin(), page.lines().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      Sheet sheet{{"record", "booked_on", "kind", "currency", "amount", "commission", "matured_on", "text"}, {}};
      for (const api::PayoutLine& line : lines) {
        const std::string& c = line.amount().currency_code();
        sheet.rows.push_back({Number(line.sequence()), Text(line.booking_date()), Text(line.kind()), Text(c),
                              Money(line.amount().minor_units(), c), Text(Last(line.commission())),
                              Text(line.mature_date()), Text(line.text())});
      }
      session.Print(sheet, lines);
      return int{kOk};
    };
  });
}

}  // namespace trailbook::cli
