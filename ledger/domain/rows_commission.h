// Commissions and what happened to their payments. Rows as plain values; see rows.h.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ROWS_COMMISSION_H_
#define TRAILBOOK_LEDGER_DOMAIN_ROWS_COMMISSION_H_

#include <cstdint>
#include <string>
#include <tuple>

#include "ledger/domain/row_types.h"

namespace trailbook {

// A payment and what it earns. given_back and open_disputed are cash, not capped. `previous` is
// the partner's commission before it in this currency. A sign-up bonus has a row of its own: bonus_of is
// the commission of the payment that it came with, whose bonus_line is the bonus; what happens to the
// payment stands in both rows. due_previous: due on the same day before it. moved_*, origin: of a reassigned referral;
// origin is its first number. forfeited: taken for good, above the forfeited_from that was left.
struct Commission {
  static constexpr char kTable[] = "commission";
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  int64_t number = 0;
  int64_t partner = 0;
  int64_t customer = 0;
  std::string payment_id;
  Currency currency;
  int64_t collected = 0;
  int64_t base = 0;
  int64_t rate_bps = 0;
  int64_t payment_time = 0;
  Day event_day = 0;
  Day matures_on = 0;
  int64_t zero_reason = 0;
  int64_t flags = 0;
  int64_t accrued = 0;
  int64_t booked = 0;
  int64_t pending = 0;
  int64_t held = 0;
  int64_t matured = 0;
  int64_t given_back = 0;
  int64_t open_disputed = 0;
  int64_t open_disputes = 0;
  int64_t previous = 0;
  int64_t forfeited = 0;
  int64_t forfeited_from = 0;
  int64_t bonus_of = 0;
  int64_t bonus_line = 0;
  int64_t due_previous = 0;
  int64_t origin = 0;
  int64_t moved_from = 0;
  int64_t moved_to = 0;
  Day moved_day = 0;
  using Key = std::tuple<int64_t, int64_t>;
  Key key() const { return {program, number}; }
  static Commission WithKey(const Key& key) {
    Commission row;
    std::tie(row.program, row.number) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("number", row.number);
    visit("partner", row.partner);
    visit("customer", row.customer);
    visit("payment_id", row.payment_id);
    visit("currency", row.currency);
    visit("collected", row.collected);
    visit("base", row.base);
    visit("rate_bps", row.rate_bps);
    visit("payment_time", row.payment_time);
    visit("event_day", row.event_day);
    visit("matures_on", row.matures_on);
    visit("zero_reason", row.zero_reason);
    visit("flags", row.flags);
    visit("accrued", row.accrued);
    visit("booked", row.booked);
    visit("pending", row.pending);
    visit("held", row.held);
    visit("matured", row.matured);
    visit("given_back", row.given_back);
    visit("open_disputed", row.open_disputed);
    visit("open_disputes", row.open_disputes);
    visit("previous", row.previous);
    visit("forfeited", row.forfeited);
    visit("forfeited_from", row.forfeited_from);
    visit("bonus_of", row.bonus_of);
    visit("bonus_line", row.bonus_line);
    visit("due_previous", row.due_previous);
    visit("origin", row.origin);
    visit("moved_from", row.moved_from);
    visit("moved_to", row.moved_to);
    visit("moved_day", row.moved_day);
  }
};

// A record that concerns a commission, besides its own.
struct CommissionEvent {
  static constexpr char kTable[] = "commission_event";
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 3;
  int64_t program = 0;
  int64_t commission = 0;
  int64_t sequence = 0;
  using Key = std::tuple<int64_t, int64_t, int64_t>;
  Key key() const { return {program, commission, sequence}; }
  static CommissionEvent WithKey(const Key& key) {
    CommissionEvent row;
    std::tie(row.program, row.commission, row.sequence) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("commission", row.commission);
    visit("sequence", row.sequence);
  }
};

// A refund: `counted` while it lowers the commission.
struct Refund {
  static constexpr char kTable[] = "refund";
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 3;
  int64_t program = 0;
  int64_t commission = 0;
  Hash128 id_key;
  int64_t amount = 0;
  bool failed = false;
  bool counted = false;
  using Key = std::tuple<int64_t, int64_t, Hash128>;
  Key key() const { return {program, commission, id_key}; }
  static Refund WithKey(const Key& key) {
    Refund row;
    std::tie(row.program, row.commission, row.id_key) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("commission", row.commission);
    visit("id_key", row.id_key);
    visit("amount", row.amount);
    visit("failed", row.failed);
    visit("counted", row.counted);
  }
};

// A dispute in a state of trailbook.log.v1.DisputeState.
struct Dispute {
  static constexpr char kTable[] = "dispute";
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 3;
  int64_t program = 0;
  int64_t commission = 0;
  Hash128 id_key;
  int64_t amount = 0;
  int64_t state = 0;
  using Key = std::tuple<int64_t, int64_t, Hash128>;
  Key key() const { return {program, commission, id_key}; }
  static Dispute WithKey(const Key& key) {
    Dispute row;
    std::tie(row.program, row.commission, row.id_key) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("commission", row.commission);
    visit("id_key", row.id_key);
    visit("amount", row.amount);
    visit("state", row.state);
  }
};

// A commission of which something is held, or that has an open dispute; since when (seconds).
struct OpenHold {
  static constexpr char kTable[] = "open_hold";
  static constexpr int kKeyColumns = 3;
  int64_t program = 0;
  int64_t partner = 0;
  int64_t commission = 0;
  int64_t since = 0;
  using Key = std::tuple<int64_t, int64_t, int64_t>;
  Key key() const { return {program, partner, commission}; }
  static OpenHold WithKey(const Key& key) {
    OpenHold row;
    std::tie(row.program, row.partner, row.commission) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("partner", row.partner);
    visit("commission", row.commission);
    visit("since", row.since);
  }
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_ROWS_COMMISSION_H_
