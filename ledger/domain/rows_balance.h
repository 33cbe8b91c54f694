// Balances: now and per day. Rows as plain values; see rows.h.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ROWS_BALANCE_H_
#define TRAILBOOK_LEDGER_DOMAIN_ROWS_BALANCE_H_

#include <cstdint>
#include <string>
#include <tuple>

#include "ledger/base/day_set.h"
#include "ledger/domain/row_types.h"

namespace trailbook {

// A partner's balances in a currency, the first booking day of all and the latest of each account, and the days that
// have something unmatured: due_days, and next_due, the first of them (kNever for none). in_transit and paid are
// memoranda, not accounts. moved_*: the entry of a merge that took all.
struct Earner {
  static constexpr char kTable[] = "earner";
  static constexpr int kKeyColumns = 3;
  int64_t program = 0;
  int64_t partner = 0;
  Currency currency;
  int64_t pending = 0;
  int64_t held = 0;
  int64_t payable = 0;
  int64_t reserved = 0;
  int64_t tax_reserved = 0;
  int64_t receivable = 0;
  int64_t in_transit = 0;
  int64_t paid = 0;
  Day first_day = kNever;
  Day pending_day = 0;
  Day held_day = 0;
  Day payable_day = 0;
  Day reserved_day = 0;
  Day tax_reserved_day = 0;
  Day receivable_day = 0;
  Day next_due = kNever;
  DaySet due_days;
  int64_t last_commission = 0;
  int64_t payouts = 0;
  int64_t moved_sequence = 0;
  Day moved_day = 0;
  using Key = std::tuple<int64_t, int64_t, Currency>;
  Key key() const { return {program, partner, currency}; }
  static Earner WithKey(const Key& key) {
    Earner row;
    std::tie(row.program, row.partner, row.currency) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("partner", row.partner);
    visit("currency", row.currency);
    visit("pending", row.pending);
    visit("held", row.held);
    visit("payable", row.payable);
    visit("reserved", row.reserved);
    visit("tax_reserved", row.tax_reserved);
    visit("receivable", row.receivable);
    visit("in_transit", row.in_transit);
    visit("paid", row.paid);
    visit("first_day", row.first_day);
    visit("pending_day", row.pending_day);
    visit("held_day", row.held_day);
    visit("payable_day", row.payable_day);
    visit("reserved_day", row.reserved_day);
    visit("tax_reserved_day", row.tax_reserved_day);
    visit("receivable_day", row.receivable_day);
    visit("next_due", row.next_due);
    visit("due_days", row.due_days);
    visit("last_commission", row.last_commission);
    visit("payouts", row.payouts);
    visit("moved_sequence", row.moved_sequence);
    visit("moved_day", row.moved_day);
  }
};

// What a day changed in a partner's balances, what matures on it, the record of its last maturity,
// the last record that posted to it, how many did (lines), and the newest commission due on it (last_due).
// In the order of days: what is written belongs to few of them, so that many partners' rows share a page. A partner's
// days are asked for by their keys, all of a range at once (Queries::DaysBetween).
struct EarnerDay {
  static constexpr char kTable[] = "earner_day";
  static constexpr int kKeyColumns = 4;
  int64_t program = 0;
  Day day = 0;
  int64_t partner = 0;
  Currency currency;
  int64_t pending = 0;
  int64_t held = 0;
  int64_t payable = 0;
  int64_t reserved = 0;
  int64_t tax_reserved = 0;
  int64_t receivable = 0;
  int64_t in_transit = 0;
  int64_t paid = 0;
  int64_t maturing = 0;
  int64_t matured_sequence = 0;
  int64_t last_sequence = 0;
  int64_t lines = 0;
  int64_t last_due = 0;
  using Key = std::tuple<int64_t, Day, int64_t, Currency>;
  Key key() const { return {program, day, partner, currency}; }
  static EarnerDay WithKey(const Key& key) {
    EarnerDay row;
    std::tie(row.program, row.day, row.partner, row.currency) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("day", row.day);
    visit("partner", row.partner);
    visit("currency", row.currency);
    visit("pending", row.pending);
    visit("held", row.held);
    visit("payable", row.payable);
    visit("reserved", row.reserved);
    visit("tax_reserved", row.tax_reserved);
    visit("receivable", row.receivable);
    visit("in_transit", row.in_transit);
    visit("paid", row.paid);
    visit("maturing", row.maturing);
    visit("matured_sequence", row.matured_sequence);
    visit("last_sequence", row.last_sequence);
    visit("lines", row.lines);
    visit("last_due", row.last_due);
  }
};

// An account of the chart (partners' accounts as one each); positive is a debit balance.
struct Account {
  static constexpr char kTable[] = "account";
  static constexpr int kKeyColumns = 4;
  int64_t program = 0;
  int64_t kind = 0;
  Currency currency;
  std::string detail;
  int64_t balance = 0;
  using Key = std::tuple<int64_t, int64_t, Currency, std::string>;
  Key key() const { return {program, kind, currency, detail}; }
  static Account WithKey(const Key& key) {
    Account row;
    std::tie(row.program, row.kind, row.currency, row.detail) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("kind", row.kind);
    visit("currency", row.currency);
    visit("detail", row.detail);
    visit("balance", row.balance);
  }
};

// What a day changed in it.
struct AccountDay {
  static constexpr char kTable[] = "account_day";
  static constexpr int kKeyColumns = 5;
  int64_t program = 0;
  int64_t kind = 0;
  Currency currency;
  std::string detail;
  Day day = 0;
  int64_t change = 0;
  using Key = std::tuple<int64_t, int64_t, Currency, std::string, Day>;
  Key key() const { return {program, kind, currency, detail, day}; }
  static AccountDay WithKey(const Key& key) {
    AccountDay row;
    std::tie(row.program, row.kind, row.currency, row.detail, row.day) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("kind", row.kind);
    visit("currency", row.currency);
    visit("detail", row.detail);
    visit("day", row.day);
    visit("change", row.change);
  }
};

// Every so many records on a partner's day one is marked, so that a page of a busy day is found without reading the
// day.
struct StatementMark {
  static constexpr char kTable[] = "statement_mark";
  static constexpr int64_t kEvery = 64;
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 5;
  int64_t program = 0;
  int64_t partner = 0;
  Currency currency;
  Day day = 0;
  int64_t ordinal = 0;
  int64_t sequence = 0;
  using Key = std::tuple<int64_t, int64_t, Currency, Day, int64_t>;
  Key key() const { return {program, partner, currency, day, ordinal}; }
  static StatementMark WithKey(const Key& key) {
    StatementMark row;
    std::tie(row.program, row.partner, row.currency, row.day, row.ordinal) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("partner", row.partner);
    visit("currency", row.currency);
    visit("day", row.day);
    visit("ordinal", row.ordinal);
    visit("sequence", row.sequence);
  }
};

// A record's change of what a partner owes (its account), or of what was paid to him (kPaid: no account of his).
struct BalanceLine {
  static constexpr char kTable[] = "balance_line";
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 6;
  static constexpr int64_t kPaid = 0;
  int64_t program = 0;
  int64_t partner = 0;
  Currency currency;
  int64_t account = 0;
  int64_t sequence = 0;
  Day day = 0;
  int64_t amount = 0;
  using Key = std::tuple<int64_t, int64_t, Currency, int64_t, int64_t, Day>;
  Key key() const { return {program, partner, currency, account, sequence, day}; }
  static BalanceLine WithKey(const Key& key) {
    BalanceLine row;
    std::tie(row.program, row.partner, row.currency, row.account, row.sequence, row.day) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("partner", row.partner);
    visit("currency", row.currency);
    visit("account", row.account);
    visit("sequence", row.sequence);
    visit("day", row.day);
    visit("amount", row.amount);
  }
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_ROWS_BALANCE_H_
