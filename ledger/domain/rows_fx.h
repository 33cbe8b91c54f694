// Rates between currencies. Rows as plain values; see rows.h.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ROWS_FX_H_
#define TRAILBOOK_LEDGER_DOMAIN_ROWS_FX_H_

#include <cstdint>
#include <string>
#include <tuple>

#include "ledger/domain/row_types.h"

namespace trailbook {

// What one unit of a currency is worth in another: a decimal, with its source, when it was quoted, and who recorded it.
struct FxRate {
  static constexpr char kTable[] = "fx_rate";
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  int64_t number = 0;
  Currency from_currency;
  Currency to_currency;
  std::string rate;
  std::string source;
  std::string actor;
  int64_t time = 0;
  int64_t create_time = 0;
  using Key = std::tuple<int64_t, int64_t>;
  Key key() const { return {program, number}; }
  static FxRate WithKey(const Key& key) {
    FxRate row;
    std::tie(row.program, row.number) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("rate_number", row.number);
    visit("from_currency", row.from_currency);
    visit("to_currency", row.to_currency);
    visit("rate", row.rate);
    visit("source", row.source);
    visit("actor", row.actor);
    visit("quote_time", row.time);
    visit("create_time", row.create_time);
  }
};

// The rate of a pair that holds.
struct FxPair {
  static constexpr char kTable[] = "fx_pair";
  static constexpr int kKeyColumns = 3;
  int64_t program = 0;
  Currency from_currency;
  Currency to_currency;
  int64_t number = 0;
  using Key = std::tuple<int64_t, Currency, Currency>;
  Key key() const { return {program, from_currency, to_currency}; }
  static FxPair WithKey(const Key& key) {
    FxPair row;
    std::tie(row.program, row.from_currency, row.to_currency) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("from_currency", row.from_currency);
    visit("to_currency", row.to_currency);
    visit("rate_number", row.number);
  }
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_ROWS_FX_H_
