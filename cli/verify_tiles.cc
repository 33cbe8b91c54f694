// trailbook verify tiles: the whole log as an auditor has it, every hash of it, every entry, every balance.
#include <map>
#include <set>
#include <tuple>

#include "cli/entry_totals.h"
#include "cli/log_keys.h"
#include "cli/tile_directory.h"
#include "cli/verify.h"
#include "ledger/domain/chart.h"
#include "trailbook/v1/ledger_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

int VerifyTiles(Session& session, const std::string& directory, const KeyOptions& options, bool accounts) {
  const auto keys = options.Read();
  if (!keys.ok()) return session.Usage(keys.status().message());
  const TileDirectory tiles(directory);
  const auto checkpoint = tiles.Open(*keys);
  if (absl::IsNotFound(checkpoint.status())) return session.Usage(checkpoint.status().message());
  if (!checkpoint.ok()) return NotProved(absl::StrCat(directory, "/checkpoint: ", checkpoint.status().message()));
  EntryTotals totals;
  const absl::Status checked = tiles.CheckAll(
      *checkpoint, [&totals](int64_t sequence, absl::string_view record) { return totals.Add(sequence, record); });
  if (!checked.ok()) return NotProved(checked.message());
  if (accounts) {
    if (!tiles.HasEntries()) return session.Usage("balances need the entries: export the tiles with --entries");
    Sheet sheet{{"account", "partner_number", "currency", "balance"}, {}};
    std::vector<api::Account> messages;
    for (const auto& [key, balance] : totals.balances()) {
      const auto kind = static_cast<AccountKind>(key.account);
      api::Account& message = messages.emplace_back();
      message.set_account(AccountName(kind, IsPartnerAccount(kind) ? absl::StrCat(key.partner) : key.detail));
      message.set_currency_code(key.currency);
      message.set_balance_minor_units(balance);
      sheet.rows.push_back({Text(AccountName(kind, key.detail)),
                            IsPartnerAccount(kind) ? Number(key.partner) : Text(""), Text(key.currency),
                            Money(balance, key.currency)});
    }
    session.Print(sheet, messages);
    return kOk;
  }
  api::VerifyLedgerResponse message;
  message.set_ok(true);
  message.set_records(checkpoint->size);
  message.set_entries(totals.entries());
  message.set_root_hash(Hex(AsView(checkpoint->root)));
  session.PrintOne(
      {{"origin", "records", "entries", "balances", "root_hash"},
       {{Text(checkpoint->origin), Number(checkpoint->size),
         tiles.HasEntries() ? Number(totals.entries()) : Text("not in the directory"),
         tiles.HasEntries() ? Number(static_cast<int64_t>(totals.balances().size())) : Text("not in the directory"),
         Text(message.root_hash())}}},
      message);
  return kOk;
}

}  // namespace

void AddVerifyTiles(CLI::App* noun, Session& session) {
  struct Options {
    std::string directory;
    KeyOptions keys;
    bool accounts = false;
  };
  auto options = std::make_shared<Options>();
  auto* verb = Verb(
      noun, "tiles",
      "Every hash of a directory of tiles; with entries also that each nets to zero, and what they add up to",
      "  trailbook verify tiles audit-2026 --key-file pracflow.vkey\n"
      "  trailbook verify tiles audit-2026 --key-file pracflow.vkey --accounts     # the balances, added up here\n");
  verb->add_option("directory", options->directory, "What `trailbook ledger tiles` wrote")->required();
  options->keys.AddTo(verb);
  verb->add_flag("--accounts", options->accounts, "Print every account's balance, added up from the entries");
  verb->callback([&session, options] {
    session.run = [&session, options] {
      return VerifyTiles(session, options->directory, options->keys, options->accounts);
    };
  });
}

}  // namespace trailbook::cli
