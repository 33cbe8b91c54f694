// trailbook verify statement: a partner's statement against the log itself: no line is missing, none is added, and the
// balances are right.
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "cli/files.h"
#include "cli/log_keys.h"
#include "cli/tile_directory.h"
#include "cli/verify.h"
#include "ledger/base/day.h"
#include "ledger/base/status.h"
#include "ledger/domain/chart.h"
#include "ledger/domain/money.h"
#include "trailbook/log/v1/record.pb.h"
#include "trailbook/v1/earnings_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

absl::Status Wrong(absl::string_view what) { return absl::InvalidArgumentError(what); }

// Whether what a record changes in a partner's balance was paid to him, or is a payment that came back, and not earned
// or corrected. A result of a payout that was on its way moves what had left already; only its tax is his still.
bool IsPayout(const ::trailbook::log::v1::Record& record) {
  if (record.has_payout_sent()) return true;
  if (!record.has_payout_result()) return false;
  if (record.payout_result().outcome() != ::trailbook::log::v1::PAYOUT_OUTCOME_SETTLED) return true;
  const auto in_transit = [](const auto& posting) {
    return posting.account() == static_cast<int32_t>(AccountKind::kPayoutInTransit);
  };
  return std::none_of(record.postings().begin(), record.postings().end(), in_transit);
}

// A partner's balance in one currency, from the postings alone: what the company owes him less what he owes.
class PartnerLines {
 public:
  PartnerLines(const api::Statement& statement, Day from, Day to) : statement_(statement), from_(from), to_(to) {}

  std::string Add(int64_t sequence, absl::string_view bytes) {
    if (sequence > statement_.log_size()) return "";
    ::trailbook::log::v1::Record record;
    if (!record.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return "it cannot be read";
    for (const auto& posting : record.postings()) {
      if (posting.partner() != statement_.partner_number() || posting.currency() != statement_.currency_code()) {
        continue;
      }
      if (posting.booking_day() > to_) continue;
      // What the company owes him is a credit.
      bool fits = true;
      if (posting.booking_day() < from_) {
        fits = Subtract(opening_, posting.amount());
      } else {
        fits = Subtract(lines_[{posting.booking_day(), sequence}], posting.amount());
        if (IsPayout(record)) fits = CheckedAdd(paid_, posting.amount(), &paid_) && fits;
      }
      if (!fits) return kOverflow;
    }
    return "";
  }

  // The statement says the same; else the first difference.
  absl::Status Compare() {
    std::erase_if(lines_, [](const auto& line) { return line.second == 0; });  // moves between his own accounts
    TRAILBOOK_RETURN_IF_ERROR(CompareSum("the opening balance", opening_, statement_.opening_minor_units()));
    auto logged = lines_.begin();
    int64_t closing = opening_;
    for (const auto& line : statement_.lines()) {
      TRAILBOOK_ASSIGN_OR_RETURN(const Day day, ParseDay(line.booking_date()));
      const std::pair<Day, int64_t> place{day, line.sequence()};
      if (logged == lines_.end() || place < logged->first) {
        return Wrong(absl::StrCat("the statement has a line for record ", line.sequence(), " on ", line.booking_date(),
                                  " that is not in the log"));
      }
      if (logged->first < place) return Missing(logged->first);
      if (logged->second != line.amount_minor_units()) {
        return Wrong(absl::StrCat("record ", line.sequence(), " on ", line.booking_date(), " is ", logged->second,
                                  " by the log, and ", line.amount_minor_units(), " in the statement"));
      }
      if (!CheckedAdd(closing, logged->second, &closing)) return Wrong(kOverflow);
      ++logged;
    }
    if (logged != lines_.end()) return Missing(logged->first);
    TRAILBOOK_RETURN_IF_ERROR(CompareSum("the closing balance", closing, statement_.closing_minor_units()));
    TRAILBOOK_RETURN_IF_ERROR(CompareSum("what was paid", paid_, statement_.paid_minor_units()));
    int64_t earned = closing;
    if (!Subtract(earned, opening_) || !CheckedAdd(earned, paid_, &earned)) return Wrong(kOverflow);
    return CompareSum("what was earned", earned, statement_.earned_minor_units());
  }

 private:
  static constexpr char kOverflow[] = "a sum leaves 64 bits";

  [[nodiscard]] static bool Subtract(int64_t& from, int64_t amount) {
    return !__builtin_sub_overflow(from, amount, &from);
  }
  static absl::Status CompareSum(absl::string_view what, int64_t logged, int64_t stated) {
    if (logged == stated) return absl::OkStatus();
    return Wrong(absl::StrCat(what, " is ", logged, " by the log, and ", stated, " in the statement"));
  }
  static absl::Status Missing(const std::pair<Day, int64_t>& place) {
    return Wrong(absl::StrCat("record ", place.second, " on ", FormatDay(place.first),
                              " is in the log and MISSING in the statement"));
  }

  const api::Statement& statement_;
  Day from_, to_;
  int64_t opening_ = 0, paid_ = 0;
  std::map<std::pair<Day, int64_t>, int64_t> lines_;
};

absl::Status CheckStatement(const api::Statement& statement, const TileDirectory& tiles,
                            const log::Checkpoint& checkpoint) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Day from, ParseDay(statement.from_date()));
  TRAILBOOK_ASSIGN_OR_RETURN(const Day to, ParseDay(statement.to_date()));
  if (statement.partner_number() <= 0 || statement.log_size() <= 0) {
    return Wrong("it names no partner_number or log_size: write it with `trailbook earnings statement ... -o json`");
  }
  if (statement.log_size() > checkpoint.size) {
    return Wrong(absl::StrCat("it was made when the log had ", statement.log_size(), " records; the tiles have only ",
                              checkpoint.size, ": fetch them again"));
  }
  PartnerLines lines(statement, from, to);
  TRAILBOOK_RETURN_IF_ERROR(tiles.CheckAll(
      checkpoint, [&lines](int64_t sequence, absl::string_view record) { return lines.Add(sequence, record); }));
  return lines.Compare();
}

int VerifyStatement(Session& session, const std::string& file, const std::string& directory,
                    const KeyOptions& options) {
  const auto keys = options.Read();
  if (!keys.ok()) return session.Usage(keys.status().message());
  const auto text = ReadFile(file);
  if (!text.ok()) return session.Usage(text.status().message());
  api::Statement statement;
  google::protobuf::util::JsonParseOptions parse;
  parse.ignore_unknown_fields = true;
  const auto parsed = google::protobuf::util::JsonStringToMessage(*text, &statement, parse);
  if (!parsed.ok()) {
    return NotProved(absl::StrCat(file, " is not a statement in JSON: ", std::string(parsed.message())));
  }
  const TileDirectory tiles(directory);
  const auto checkpoint = tiles.Open(*keys);
  if (absl::IsNotFound(checkpoint.status())) return session.Usage(checkpoint.status().message());
  if (!checkpoint.ok()) return NotProved(absl::StrCat(directory, "/checkpoint: ", checkpoint.status().message()));
  if (!tiles.HasEntries()) return session.Usage("a statement needs the entries: export the tiles with --entries");
  const absl::Status checked = CheckStatement(statement, tiles, *checkpoint);
  if (!checked.ok()) return NotProved(checked.message());
  session.PrintOne({{"partner", "currency", "from", "to", "lines", "closing", "complete_in", "size"},
                    {{Text(Last(statement.partner())), Text(statement.currency_code()), Text(statement.from_date()),
                      Text(statement.to_date()), Number(statement.lines_size()),
                      Money(statement.closing_minor_units(), statement.currency_code()), Text(checkpoint->origin),
                      Number(checkpoint->size)}}},
                   statement);
  return kOk;
}

}  // namespace

void AddVerifyStatement(CLI::App* noun, Session& session) {
  struct Options {
    std::string file, tiles;
    KeyOptions keys;
  };
  auto options = std::make_shared<Options>();
  auto* verb =
      Verb(noun, "statement",
           "That a partner's statement is complete: every line is in the log, and no line of the log is missing",
           "  trailbook verify statement november.json --tiles audit-2026 --key-file pracflow.vkey\n"
           "  trailbook earnings statement partner-0002 --currency INR --from 2026-11-01 -o json > november.json\n");
  verb->add_option("file", options->file, "The statement as JSON")->required();
  verb->add_option("--tiles", options->tiles, "Directory of tiles with entries")->required();
  options->keys.AddTo(verb);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      return VerifyStatement(session, options->file, options->tiles, options->keys);
    };
  });
}

}  // namespace trailbook::cli
