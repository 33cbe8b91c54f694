// Partners, how they are paid, and their codes. Rows as plain values; see rows.h.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ROWS_PARTNER_H_
#define TRAILBOOK_LEDGER_DOMAIN_ROWS_PARTNER_H_

#include <cstdint>
#include <string>
#include <tuple>

#include "ledger/domain/row_types.h"

namespace trailbook {

// Who refers, in a state of PartnerPhase. `rates`, `group_moves` and `lowerings` count what was ever set;
// deactivate_time is 0 while sign-ups count; paying_customers is how many of his customers have paid,
// most_paying_customers the highest that it ever was. merged_into is the partner that goes on for him (0: himself); his
// own aliases are a list from first_alias along their next_alias.
struct Partner {
  static constexpr char kTable[] = "partner";
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  int64_t partner = 0;
  int64_t rates = 0;
  int64_t create_time = 0;
  int64_t state = 1;
  int64_t deactivate_time = 0;
  std::string state_reason;
  int64_t group_moves = 0;
  int64_t paying_customers = 0;
  int64_t most_paying_customers = 0;
  int64_t lowerings = 0;
  int64_t merged_into = 0;
  int64_t first_alias = 0;
  int64_t next_alias = 0;
  using Key = std::tuple<int64_t, int64_t>;
  Key key() const { return {program, partner}; }
  static Partner WithKey(const Key& key) {
    Partner row;
    std::tie(row.program, row.partner) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("partner", row.partner);
    visit("rates", row.rates);
    visit("create_time", row.create_time);
    visit("state", row.state);
    visit("deactivate_time", row.deactivate_time);
    visit("state_reason", row.state_reason);
    visit("group_moves", row.group_moves);
    visit("paying_customers", row.paying_customers);
    visit("most_paying_customers", row.most_paying_customers);
    visit("lowerings", row.lowerings);
    visit("merged_into", row.merged_into);
    visit("first_alias", row.first_alias);
    visit("next_alias", row.next_alias);
  }
};

// A partner's own rate from a day on.
struct PartnerRate {
  static constexpr char kTable[] = "partner_rate";
  static constexpr int kKeyColumns = 3;
  int64_t program = 0;
  int64_t partner = 0;
  int64_t ordinal = 0;
  Day effective_day = 0;
  int64_t rate_bps = 0;
  using Key = std::tuple<int64_t, int64_t, int64_t>;
  Key key() const { return {program, partner, ordinal}; }
  static PartnerRate WithKey(const Key& key) {
    PartnerRate row;
    std::tie(row.program, row.partner, row.ordinal) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("partner", row.partner);
    visit("ordinal", row.ordinal);
    visit("effective_day", row.effective_day);
    visit("rate_bps", row.rate_bps);
  }
};

// Who a partner's number is.
struct PartnerIdentity {
  static constexpr char kTable[] = "partner_identity";
  static constexpr bool kBesideLog = true;
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  int64_t partner = 0;
  std::string partner_id;
  std::string display_name;
  std::string email;
  Bytes email_digest;
  std::string country;
  using Key = std::tuple<int64_t, int64_t>;
  Key key() const { return {program, partner}; }
  static PartnerIdentity WithKey(const Key& key) {
    PartnerIdentity row;
    std::tie(row.program, row.partner) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("partner", row.partner);
    visit("partner_id", row.partner_id);
    visit("display_name", row.display_name);
    visit("email", row.email);
    visit("email_digest", row.email_digest);
    visit("country", row.country);
  }
};

// From a partner's outside id to its number.
struct PartnerKey {
  static constexpr char kTable[] = "partner_key";
  static constexpr bool kBesideLog = true;
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  std::string partner_id;
  int64_t partner = 0;
  using Key = std::tuple<int64_t, std::string>;
  Key key() const { return {program, partner_id}; }
  static PartnerKey WithKey(const Key& key) {
    PartnerKey row;
    std::tie(row.program, row.partner_id) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("partner_id", row.partner_id);
    visit("partner", row.partner);
  }
};

// How a partner is paid.
struct PayoutMethod {
  static constexpr char kTable[] = "payout_method";
  static constexpr bool kBesideLog = true;
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  int64_t partner = 0;
  std::string type;
  std::string account;
  std::string editor;
  bool blocked = false;
  Currency settlement_currency;
  using Key = std::tuple<int64_t, int64_t>;
  Key key() const { return {program, partner}; }
  static PayoutMethod WithKey(const Key& key) {
    PayoutMethod row;
    std::tie(row.program, row.partner) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("partner", row.partner);
    visit("type", row.type);
    visit("account", row.account);
    visit("editor", row.editor);
    visit("blocked", row.blocked);
    visit("settlement_currency", row.settlement_currency);
  }
};

// A link or coupon code; disable_time 0 while it attributes.
struct Code {
  static constexpr char kTable[] = "code";
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  int64_t code = 0;
  int64_t partner = 0;
  bool coupon = false;
  int64_t create_time = 0;
  int64_t disable_time = 0;
  using Key = std::tuple<int64_t, int64_t>;
  Key key() const { return {program, code}; }
  static Code WithKey(const Key& key) {
    Code row;
    std::tie(row.program, row.code) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("code", row.code);
    visit("partner", row.partner);
    visit("coupon", row.coupon);
    visit("create_time", row.create_time);
    visit("disable_time", row.disable_time);
  }
};

// What a code's number is.
struct CodeIdentity {
  static constexpr char kTable[] = "code_identity";
  static constexpr bool kBesideLog = true;
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  int64_t code = 0;
  std::string text;
  std::string destination;
  using Key = std::tuple<int64_t, int64_t>;
  Key key() const { return {program, code}; }
  static CodeIdentity WithKey(const Key& key) {
    CodeIdentity row;
    std::tie(row.program, row.code) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("code", row.code);
    visit("text", row.text);
    visit("destination", row.destination);
  }
};

// From a folded code to its number.
struct CodeKey {
  static constexpr char kTable[] = "code_key";
  static constexpr bool kBesideLog = true;
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  std::string text;
  int64_t code = 0;
  using Key = std::tuple<int64_t, std::string>;
  Key key() const { return {program, text}; }
  static CodeKey WithKey(const Key& key) {
    CodeKey row;
    std::tie(row.program, row.text) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("text", row.text);
    visit("code", row.code);
  }
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_ROWS_PARTNER_H_
