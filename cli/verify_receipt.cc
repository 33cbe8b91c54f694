// trailbook verify receipt, earning: that records are in a log that its company signed.
#include <google/protobuf/util/json_util.h>

#include <map>
#include <optional>
#include <set>

#include "cli/files.h"
#include "cli/log_keys.h"
#include "cli/verify.h"
#include "ledger/base/status.h"
#include "ledger/domain/money.h"
#include "ledger/log/receipt.h"
#include "trailbook/log/v1/record.pb.h"
#include "trailbook/v1/checkpoint_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;
using ::trailbook::log::v1::CommissionState;
using LogRecord = ::trailbook::log::v1::Record;

absl::Status Wrong(absl::string_view what) { return absl::InvalidArgumentError(what); }

// A record that its receipt proves.
struct ProvedRecord {
  log::Checkpoint checkpoint;
  LogRecord record;
};

absl::StatusOr<ProvedRecord> Open(absl::string_view text, absl::Span<const log::VerifierKey> keys) {
  TRAILBOOK_ASSIGN_OR_RETURN(const log::Receipt receipt, log::Receipt::Parse(text));
  ProvedRecord proved;
  TRAILBOOK_ASSIGN_OR_RETURN(proved.checkpoint, log::OpenReceipt(receipt, keys));
  if (!proved.record.ParseFromString(receipt.record) || proved.record.sequence() != receipt.index + 1) {
    return Wrong(absl::StrCat("what is proved at place ", receipt.index + 1, " is no record of that number"));
  }
  return proved;
}

int VerifyReceipt(Session& session, const std::string& file, const KeyOptions& options) {
  const auto keys = options.Read();
  if (!keys.ok()) return session.Usage(keys.status().message());
  const auto text = ReadFile(file);
  if (!text.ok()) return session.Usage(text.status().message());
  const auto proved = Open(*text, *keys);
  if (!proved.ok()) return NotProved(proved.status().message());
  if (session.format() == Format::kJson) {
    std::cout << ToJson(proved->record) << "\n";
    return kOk;
  }
  session.PrintOne({{"record", "proved_in", "size", "root_hash"},
                    {{Number(proved->record.sequence()), Text(proved->checkpoint.origin),
                      Number(proved->checkpoint.size), Text(Hex(AsView(proved->checkpoint.root)))}}},
                   proved->record);
  if (session.format() == Format::kTable) std::cout << "\n" << ToJson(proved->record) << "\n";
  return kOk;
}

// Where a commission stands after a record; none if the record is not about it.
std::optional<CommissionState> StateIn(const LogRecord& record, int64_t number) {
  const bool own = record.sequence() == number;
  const auto about = [number](const auto& change) {
    return change.commission() == number ? std::optional<CommissionState>(change.state()) : std::nullopt;
  };
  switch (record.kind_case()) {
    case LogRecord::kPaymentRecorded: return own ? std::optional(record.payment_recorded().state()) : std::nullopt;
    case LogRecord::kBonusAccrued: return own ? std::optional(record.bonus_accrued().state()) : std::nullopt;
    case LogRecord::kCommissionTransferred:
      if (own) return record.commission_transferred().state();
      return record.commission_transferred().commission() == number ? std::optional(CommissionState()) : std::nullopt;
    case LogRecord::kRefundRecorded: return about(record.refund_recorded());
    case LogRecord::kDisputeRecorded: return about(record.dispute_recorded());
    case LogRecord::kHoldRecomputed: return about(record.hold_recomputed());
    case LogRecord::kCommissionForfeited: return about(record.commission_forfeited());
    case LogRecord::kForfeitureUndone: return about(record.forfeiture_undone());
    case LogRecord::kBonusChanged: return about(record.bonus_changed());
    default: return std::nullopt;
  }
}

int64_t PartnerIn(const LogRecord& record) {
  if (record.has_payment_recorded()) return record.payment_recorded().partner();
  if (record.has_bonus_accrued()) return record.bonus_accrued().partner();
  return record.commission_transferred().partner();
}

// What the company says of the commission, against the record that made it.
absl::Status CheckOrigin(const LogRecord& record, const api::EarningReceipt& earning) {
  const api::Commission& said = earning.explanation().commission();
  if (PartnerIn(record) != earning.partner_number()) {
    return Wrong(absl::StrCat("record ", record.sequence(), " is of partner number ", PartnerIn(record), ", not ",
                              earning.partner_number()));
  }
  if (!record.has_payment_recorded()) return absl::OkStatus();
  const auto& payment = record.payment_recorded();
  const auto differs = [&](absl::string_view what, const auto& logged, const auto& claimed) {
    return Wrong(absl::StrCat(what, " is ", logged, " in the log, and ", claimed, " in what you were told"));
  };
  if (payment.payment_id() != said.payment_id()) {
    return differs("the payment's id", payment.payment_id(), said.payment_id());
  }
  if (payment.currency() != said.collected().currency_code()) {
    return differs("the currency", payment.currency(), said.collected().currency_code());
  }
  if (payment.collected() != said.collected().minor_units()) {
    return differs("what was collected", payment.collected(), said.collected().minor_units());
  }
  if (payment.base() != said.base_minor_units()) {
    return differs("the commissionable part", payment.base(), said.base_minor_units());
  }
  if (payment.rate_bps() != said.rate_bps()) return differs("the rate", payment.rate_bps(), said.rate_bps());
  const int64_t due = payment.zero_reason() == 0 ? Due(payment.base(), payment.rate_bps()) : 0;
  if (due != said.accrued_minor_units()) {
    return differs("the rate times the commissionable part", due, said.accrued_minor_units());
  }
  return absl::OkStatus();
}

// Every receipt, all against one checkpoint; then what is said against what is proved.
absl::StatusOr<log::Checkpoint> CheckEarning(const api::EarningReceipt& earning,
                                             absl::Span<const log::VerifierKey> keys) {
  std::map<int64_t, ProvedRecord> proved;
  std::optional<log::Checkpoint> checkpoint;
  for (const api::Receipt& receipt : earning.receipts()) {
    TRAILBOOK_ASSIGN_OR_RETURN(ProvedRecord record, Open(receipt.tlog_proof(), keys));
    if (checkpoint.has_value() && *checkpoint != record.checkpoint) return Wrong("the receipts are of two checkpoints");
    checkpoint = record.checkpoint;
    const int64_t sequence = record.record.sequence();
    proved.emplace(sequence, std::move(record));
  }
  int64_t number = 0;
  if (!absl::SimpleAtoi(Last(earning.explanation().commission().name()), &number) || proved.count(number) == 0) {
    return Wrong("the record that made the commission has no receipt");
  }
  TRAILBOOK_RETURN_IF_ERROR(CheckOrigin(proved.at(number).record, earning));
  for (const auto& step : earning.explanation().steps()) {
    if (step.sequence() > 0 && proved.count(step.sequence()) == 0) {
      return Wrong(absl::StrCat("record ", step.sequence(), " has no receipt"));
    }
  }
  CommissionState state;
  for (const auto& [sequence, record] : proved) state = StateIn(record.record, number).value_or(state);
  const api::Commission& said = earning.explanation().commission();
  if (state.booked() != said.current_minor_units()) {
    return Wrong(absl::StrCat("by the log it comes to ", state.booked(), " minor units, you were told ",
                              said.current_minor_units()));
  }
  return *checkpoint;
}

int VerifyEarning(Session& session, const std::string& file, const KeyOptions& options) {
  const auto keys = options.Read();
  if (!keys.ok()) return session.Usage(keys.status().message());
  const auto text = ReadFile(file);
  if (!text.ok()) return session.Usage(text.status().message());
  api::EarningReceipt earning;
  google::protobuf::util::JsonParseOptions parse;
  parse.ignore_unknown_fields = true;
  const auto parsed = google::protobuf::util::JsonStringToMessage(*text, &earning, parse);
  if (!parsed.ok()) {
    return NotProved(
        absl::StrCat(file, " is not what `trailbook earnings receipt` writes: ", std::string(parsed.message())));
  }
  const auto checkpoint = CheckEarning(earning, *keys);
  if (!checkpoint.ok()) return NotProved(checkpoint.status().message());
  const api::Commission& commission = earning.explanation().commission();
  session.PrintOne({{"commission", "payment", "amount", "records", "proved_in", "size"},
                    {{Text(Last(commission.name())), Text(commission.payment_id()),
                      Money(commission.current_minor_units(), commission.collected().currency_code()),
                      Number(earning.receipts_size()), Text(checkpoint->origin), Number(checkpoint->size)}}},
                   earning.explanation());
  return kOk;
}

}  // namespace

void AddVerifyReceipts(CLI::App* noun, Session& session) {
  struct Options {
    std::string file;
    KeyOptions keys;
  };
  auto options = std::make_shared<Options>();
  auto* receipt =
      Verb(noun, "receipt", "That the record in a receipt is in the log; prints the record; exit code 1 if it is not",
           "  trailbook verify receipt 1234.tlog-proof --key-file pracflow.vkey\n");
  receipt->add_option("file", options->file, "What `trailbook ledger receipt` wrote; - for standard input")->required();
  options->keys.AddTo(receipt);
  receipt->callback([&session, options] {
    session.run = [&session, options] { return VerifyReceipt(session, options->file, options->keys); };
  });

  auto* earning =
      Verb(noun, "earning",
           "That a commission came about as you were told: every record of it is in the log, and they add up to it",
           "  trailbook verify earning 1234.earning.json --key-file pracflow.vkey\n");
  earning->add_option("file", options->file, "What `trailbook earnings receipt` wrote; - for standard input")
      ->required();
  options->keys.AddTo(earning);
  earning->callback([&session, options] {
    session.run = [&session, options] { return VerifyEarning(session, options->file, options->keys); };
  });
}

}  // namespace trailbook::cli
