// Customers, their referrals, and reports that wait. Rows as plain values; see rows.h.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ROWS_REFERRAL_H_
#define TRAILBOOK_LEDGER_DOMAIN_ROWS_REFERRAL_H_

#include <cstdint>
#include <string>
#include <tuple>

#include "ledger/domain/row_types.h"

namespace trailbook {

// Who a customer's number is.
struct CustomerIdentity {
  static constexpr char kTable[] = "customer_identity";
  static constexpr bool kBesideLog = true;
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  int64_t customer = 0;
  std::string customer_id;
  using Key = std::tuple<int64_t, int64_t>;
  Key key() const { return {program, customer}; }
  static CustomerIdentity WithKey(const Key& key) {
    CustomerIdentity row;
    std::tie(row.program, row.customer) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("customer", row.customer);
    visit("customer_id", row.customer_id);
  }
};

// From a customer's outside id to its number.
struct CustomerKey {
  static constexpr char kTable[] = "customer_key";
  static constexpr bool kOfManyCustomers = true;  // packed where it would be forgotten
  static constexpr bool kBesideLog = true;
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  Hash128 id_key;
  int64_t customer = 0;
  using Key = std::tuple<int64_t, Hash128>;
  Key key() const { return {program, id_key}; }
  static CustomerKey WithKey(const Key& key) {
    CustomerKey row;
    std::tie(row.program, row.id_key) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("id_key", row.id_key);
    visit("customer", row.customer);
  }
};

// The binding customer -> partner and what was promised on the sign-up day: version `terms_version` of the terms of
// group `grp` (0: of the program).
struct Referral {
  static constexpr char kTable[] = "referral";
  static constexpr bool kOfManyCustomers = true;  // packed where it would be forgotten
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  int64_t customer = 0;
  int64_t partner = 0;
  int64_t sign_up_time = 0;
  Day sign_up_day = 0;
  int64_t touch_kind = 0;
  int64_t code = 0;
  int64_t terms_version = 0;
  int64_t rate_bps = 0;
  bool own_rate = false;
  int64_t hold_days = 0;
  bool in_review = false;
  bool rejected = false;
  int64_t sequence = 0;
  int64_t grp = 0;
  using Key = std::tuple<int64_t, int64_t>;
  Key key() const { return {program, customer}; }
  static Referral WithKey(const Key& key) {
    Referral row;
    std::tie(row.program, row.customer) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("customer", row.customer);
    visit("partner", row.partner);
    visit("sign_up_time", row.sign_up_time);
    visit("sign_up_day", row.sign_up_day);
    visit("touch_kind", row.touch_kind);
    visit("code", row.code);
    visit("terms_version", row.terms_version);
    visit("rate_bps", row.rate_bps);
    visit("own_rate", row.own_rate);
    visit("hold_days", row.hold_days);
    visit("in_review", row.in_review);
    visit("rejected", row.rejected);
    visit("sequence", row.sequence);
    visit("grp", row.grp);
  }
};

// One visit through a link; never money, never in the ledger.
struct Click {
  static constexpr char kTable[] = "click";
  static constexpr bool kBesideLog = true;
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  Hash128 id_key;
  int64_t code = 0;
  int64_t time = 0;
  using Key = std::tuple<int64_t, Hash128>;
  Key key() const { return {program, id_key}; }
  static Click WithKey(const Key& key) {
    Click row;
    std::tie(row.program, row.id_key) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("id_key", row.id_key);
    visit("code", row.code);
    visit("click_time", row.time);
  }
};

// A later claim by another partner.
struct LosingTouch {
  static constexpr char kTable[] = "losing_touch";
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 3;
  int64_t program = 0;
  int64_t customer = 0;
  int64_t partner = 0;
  int64_t sign_up_time = 0;
  int64_t sequence = 0;
  using Key = std::tuple<int64_t, int64_t, int64_t>;
  Key key() const { return {program, customer, partner}; }
  static LosingTouch WithKey(const Key& key) {
    LosingTouch row;
    std::tie(row.program, row.customer, row.partner) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("customer", row.customer);
    visit("partner", row.partner);
    visit("sign_up_time", row.sign_up_time);
    visit("sequence", row.sequence);
  }
};

// What an outside id (payment, alias, refund, dispute) belongs to.
struct ExternalKey {
  static constexpr char kTable[] = "external_key";
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  Hash128 id_key;
  int64_t commission = 0;
  using Key = std::tuple<int64_t, Hash128>;
  Key key() const { return {program, id_key}; }
  static ExternalKey WithKey(const Key& key) {
    ExternalKey row;
    std::tie(row.program, row.id_key) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("id_key", row.id_key);
    visit("commission", row.commission);
  }
};

// A report that waits: for a sign-up or payment (wait_key) or for its day (due_day). `refused`
// says why a released one could not be recorded.
struct Parked {
  static constexpr char kTable[] = "parked";
  static constexpr bool kBesideLog = true;
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  int64_t number = 0;
  Hash128 id_key;
  Hash128 wait_key;
  Day due_day = 0;
  int64_t event_time = 0;
  Bytes report;
  std::string refused;
  using Key = std::tuple<int64_t, int64_t>;
  Key key() const { return {program, number}; }
  static Parked WithKey(const Key& key) {
    Parked row;
    std::tie(row.program, row.number) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("number", row.number);
    visit("id_key", row.id_key);
    visit("wait_key", row.wait_key);
    visit("due_day", row.due_day);
    visit("event_time", row.event_time);
    visit("report", row.report);
    visit("refused", row.refused);
  }
};

// From a parked report's own id to it.
struct ParkedKey {
  static constexpr char kTable[] = "parked_key";
  static constexpr bool kBesideLog = true;
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  Hash128 id_key;
  int64_t number = 0;
  using Key = std::tuple<int64_t, Hash128>;
  Key key() const { return {program, id_key}; }
  static ParkedKey WithKey(const Key& key) {
    ParkedKey row;
    std::tie(row.program, row.id_key) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("id_key", row.id_key);
    visit("number", row.number);
  }
};

// A reassignment of a referral.
struct ReferralMove {
  static constexpr char kTable[] = "referral_move";
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 3;
  int64_t program = 0;
  int64_t customer = 0;
  int64_t sequence = 0;
  int64_t from_partner = 0;
  int64_t partner = 0;
  using Key = std::tuple<int64_t, int64_t, int64_t>;
  Key key() const { return {program, customer, sequence}; }
  static ReferralMove WithKey(const Key& key) {
    ReferralMove row;
    std::tie(row.program, row.customer, row.sequence) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("customer", row.customer);
    visit("sequence", row.sequence);
    visit("from_partner", row.from_partner);
    visit("partner", row.partner);
  }
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_ROWS_REFERRAL_H_
