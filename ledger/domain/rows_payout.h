// Payout batches, payouts and the lines they take. Rows as plain values; see rows.h.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ROWS_PAYOUT_H_
#define TRAILBOOK_LEDGER_DOMAIN_ROWS_PAYOUT_H_

#include <cstdint>
#include <string>
#include <tuple>

#include "ledger/domain/row_types.h"

namespace trailbook {

// A posting to a partner's payable account; which payout took it; from_*: the dead payout whose gross it is.
struct PayableLine {
  static constexpr char kTable[] = "payable_line";
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 5;
  int64_t program = 0;
  int64_t partner = 0;
  Currency currency;
  int64_t sequence = 0;
  Day day = 0;
  int64_t amount = 0;
  int64_t commission = 0;
  Day matures_on = 0;
  int64_t batch = 0;
  int64_t payout = 0;
  int64_t from_batch = 0;
  int64_t from_payout = 0;
  using Key = std::tuple<int64_t, int64_t, Currency, int64_t, Day>;
  Key key() const { return {program, partner, currency, sequence, day}; }
  static PayableLine WithKey(const Key& key) {
    PayableLine row;
    std::tie(row.program, row.partner, row.currency, row.sequence, row.day) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("partner", row.partner);
    visit("currency", row.currency);
    visit("sequence", row.sequence);
    visit("day", row.day);
    visit("amount", row.amount);
    visit("commission", row.commission);
    visit("matures_on", row.matures_on);
    visit("batch", row.batch);
    visit("payout", row.payout);
    visit("from_batch", row.from_batch);
    visit("from_payout", row.from_payout);
  }
};

// Payouts of one currency up to a cutoff day.
struct PayoutBatch {
  static constexpr char kTable[] = "payout_batch";
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  int64_t batch = 0;
  Currency currency;
  Day cutoff_day = 0;
  std::string funding_account;
  int64_t state = 0;
  int64_t total = 0;
  int64_t payout_count = 0;
  Bytes content_hash;
  std::string preparer;
  std::string approver;
  int64_t create_time = 0;
  int64_t settled = 0;
  int64_t returned = 0;
  int64_t failed = 0;
  int64_t cancelled = 0;
  using Key = std::tuple<int64_t, int64_t>;
  Key key() const { return {program, batch}; }
  static PayoutBatch WithKey(const Key& key) {
    PayoutBatch row;
    std::tie(row.program, row.batch) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("batch", row.batch);
    visit("currency", row.currency);
    visit("cutoff_day", row.cutoff_day);
    visit("funding_account", row.funding_account);
    visit("state", row.state);
    visit("total", row.total);
    visit("payout_count", row.payout_count);
    visit("content_hash", row.content_hash);
    visit("preparer", row.preparer);
    visit("approver", row.approver);
    visit("create_time", row.create_time);
    visit("settled", row.settled);
    visit("returned", row.returned);
    visit("failed", row.failed);
    visit("cancelled", row.cancelled);
  }
};

// One transfer to one partner; back_day: when the gross of a dead one was payable again; after_failure: it arrived
// after it was called failed.
struct Payout {
  static constexpr char kTable[] = "payout";
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 3;
  int64_t program = 0;
  int64_t batch = 0;
  int64_t payout = 0;
  int64_t partner = 0;
  Currency currency;
  int64_t amount = 0;
  int64_t state = 0;
  std::string method_type;
  int64_t line_count = 0;
  std::string evidence;
  int64_t sequence = 0;
  int64_t last_sequence = 0;
  Day last_day = 0;
  Day back_day = 0;
  bool after_failure = false;
  Currency settlement_currency;
  int64_t settlement_amount = 0;
  int64_t fx_rate = 0;
  int64_t retry_of_batch = 0;
  int64_t retry_of_payout = 0;
  using Key = std::tuple<int64_t, int64_t, int64_t>;
  Key key() const { return {program, batch, payout}; }
  static Payout WithKey(const Key& key) {
    Payout row;
    std::tie(row.program, row.batch, row.payout) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("batch", row.batch);
    visit("payout", row.payout);
    visit("partner", row.partner);
    visit("currency", row.currency);
    visit("amount", row.amount);
    visit("state", row.state);
    visit("method_type", row.method_type);
    visit("line_count", row.line_count);
    visit("evidence", row.evidence);
    visit("sequence", row.sequence);
    visit("last_sequence", row.last_sequence);
    visit("last_day", row.last_day);
    visit("back_day", row.back_day);
    visit("after_failure", row.after_failure);
    visit("settlement_currency", row.settlement_currency);
    visit("settlement_amount", row.settlement_amount);
    visit("fx_rate", row.fx_rate);
    visit("retry_of_batch", row.retry_of_batch);
    visit("retry_of_payout", row.retry_of_payout);
  }
};

// Where a submitted payout goes: frozen.
struct PayoutDestination {
  static constexpr char kTable[] = "payout_destination";
  static constexpr bool kBesideLog = true;
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 3;
  int64_t program = 0;
  int64_t batch = 0;
  int64_t payout = 0;
  std::string display_name;
  std::string type;
  std::string account;
  std::string editor;
  using Key = std::tuple<int64_t, int64_t, int64_t>;
  Key key() const { return {program, batch, payout}; }
  static PayoutDestination WithKey(const Key& key) {
    PayoutDestination row;
    std::tie(row.program, row.batch, row.payout) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("batch", row.batch);
    visit("payout", row.payout);
    visit("display_name", row.display_name);
    visit("type", row.type);
    visit("account", row.account);
    visit("editor", row.editor);
  }
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_ROWS_PAYOUT_H_
