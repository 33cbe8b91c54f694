// Corrections by people. Rows as plain values; see rows.h.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ROWS_CORRECTION_H_
#define TRAILBOOK_LEDGER_DOMAIN_ROWS_CORRECTION_H_

#include <cstdint>
#include <string>
#include <tuple>

#include "ledger/domain/row_types.h"

namespace trailbook {

// A correction in a state of CorrectionPhase, of a kind of trailbook.log.v1.CorrectionKind. `reverses` and
// `reversed_by` are corrections; `sequence` is the record that booked it.
struct Correction {
  static constexpr char kTable[] = "correction";
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  int64_t correction = 0;
  int64_t kind = 0;
  int64_t state = 0;
  int64_t partner = 0;
  Currency currency;
  int64_t amount = 0;
  std::string reason;
  std::string cash_account;
  std::string proposer;
  std::string decider;
  int64_t create_time = 0;
  int64_t reverses = 0;
  int64_t reversed_by = 0;
  int64_t sequence = 0;
  using Key = std::tuple<int64_t, int64_t>;
  Key key() const { return {program, correction}; }
  static Correction WithKey(const Key& key) {
    Correction row;
    std::tie(row.program, row.correction) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("correction", row.correction);
    visit("kind", row.kind);
    visit("state", row.state);
    visit("partner", row.partner);
    visit("currency", row.currency);
    visit("amount", row.amount);
    visit("reason", row.reason);
    visit("cash_account", row.cash_account);
    visit("proposer", row.proposer);
    visit("decider", row.decider);
    visit("create_time", row.create_time);
    visit("reverses", row.reverses);
    visit("reversed_by", row.reversed_by);
    visit("sequence", row.sequence);
  }
};

// What a forfeiture took of one commission.
struct ForfeitedPart {
  static constexpr char kTable[] = "forfeited_part";
  static constexpr int kKeyColumns = 3;
  int64_t program = 0;
  int64_t correction = 0;
  int64_t commission = 0;
  int64_t amount = 0;
  using Key = std::tuple<int64_t, int64_t, int64_t>;
  Key key() const { return {program, correction, commission}; }
  static ForfeitedPart WithKey(const Key& key) {
    ForfeitedPart row;
    std::tie(row.program, row.correction, row.commission) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("correction", row.correction);
    visit("commission", row.commission);
    visit("amount", row.amount);
  }
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_ROWS_CORRECTION_H_
