// What terms are made of besides their own row: tiers, groups of partners and their terms, and lowerings. Rows as plain
// values; see rows.h. A group of partners is called `grp` in columns: GROUP is a word of SQL.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ROWS_TERMS_H_
#define TRAILBOOK_LEDGER_DOMAIN_ROWS_TERMS_H_

#include <cstdint>
#include <string>
#include <tuple>

#include "ledger/domain/row_types.h"
#include "ledger/domain/rows_program.h"

namespace trailbook {

// A tier of a version of the terms of a group (0: of the program); ordinals 1, 2, ... ascend.
struct Tier {
  static constexpr char kTable[] = "tier";
  static constexpr int kKeyColumns = 4;
  int64_t program = 0;
  int64_t grp = 0;
  int64_t version = 0;
  int64_t ordinal = 0;
  int64_t min_paying_customers = 0;
  int64_t rate_bps = 0;
  using Key = std::tuple<int64_t, int64_t, int64_t, int64_t>;
  Key key() const { return {program, grp, version, ordinal}; }
  static Tier WithKey(const Key& key) {
    Tier row;
    std::tie(row.program, row.grp, row.version, row.ordinal) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("grp", row.grp);
    visit("version", row.version);
    visit("ordinal", row.ordinal);
    visit("min_paying_customers", row.min_paying_customers);
    visit("rate_bps", row.rate_bps);
  }
};

// A group of partners, with the counter that numbers its terms.
struct PartnerGroup {
  static constexpr char kTable[] = "partner_group";
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  int64_t grp = 0;
  std::string group_id;
  std::string display_name;
  int64_t create_time = 0;
  int64_t terms_version = 0;
  using Key = std::tuple<int64_t, int64_t>;
  Key key() const { return {program, grp}; }
  static PartnerGroup WithKey(const Key& key) {
    PartnerGroup row;
    std::tie(row.program, row.grp) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("grp", row.grp);
    visit("group_id", row.group_id);
    visit("display_name", row.display_name);
    visit("create_time", row.create_time);
    visit("terms_version", row.terms_version);
  }
};

// From a group's outside id to its number.
struct GroupKey {
  static constexpr char kTable[] = "group_key";
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  std::string group_id;
  int64_t grp = 0;
  using Key = std::tuple<int64_t, std::string>;
  Key key() const { return {program, group_id}; }
  static GroupKey WithKey(const Key& key) {
    GroupKey row;
    std::tie(row.program, row.group_id) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("group_id", row.group_id);
    visit("grp", row.grp);
  }
};

// A version of a group's terms: the same content as a program's.
struct GroupTerms {
  static constexpr char kTable[] = "group_terms";
  static constexpr int kKeyColumns = 3;
  int64_t grp = 0;
  Terms terms;
  using Key = std::tuple<int64_t, int64_t, int64_t>;
  Key key() const { return {terms.program, grp, terms.version}; }
  static GroupTerms WithKey(const Key& key) {
    GroupTerms row;
    std::tie(row.terms.program, row.grp, row.terms.version) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.terms.program);
    visit("grp", row.grp);
    visit("version", row.terms.version);
    visit("effective_day", row.terms.effective_day);
    visit("rate_bps", row.terms.rate_bps);
    visit("hold_days", row.terms.hold_days);
    visit("create_time", row.terms.create_time);
    visit("tiers", row.terms.tiers);
    visit("bonuses", row.terms.bonuses);
    visit("duration_months", row.terms.duration_months);
    visit("follow", row.terms.follow);
  }
};

// The group (0: none) that a partner belongs to from a day on.
struct GroupMember {
  static constexpr char kTable[] = "group_member";
  static constexpr int kKeyColumns = 3;
  int64_t program = 0;
  int64_t partner = 0;
  int64_t ordinal = 0;
  Day effective_day = 0;
  int64_t grp = 0;
  using Key = std::tuple<int64_t, int64_t, int64_t>;
  Key key() const { return {program, partner, ordinal}; }
  static GroupMember WithKey(const Key& key) {
    GroupMember row;
    std::tie(row.program, row.partner, row.ordinal) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("partner", row.partner);
    visit("ordinal", row.ordinal);
    visit("effective_day", row.effective_day);
    visit("grp", row.grp);
  }
};

// A person's decision that promises from before a day pay at most a rate from that day on; partner 0 is everybody's.
struct Lowering {
  static constexpr char kTable[] = "lowering";
  static constexpr int kKeyColumns = 3;
  int64_t program = 0;
  int64_t partner = 0;
  int64_t ordinal = 0;
  int64_t rate_bps = 0;
  Day effective_day = 0;
  std::string reason;
  std::string actor;
  int64_t create_time = 0;
  using Key = std::tuple<int64_t, int64_t, int64_t>;
  Key key() const { return {program, partner, ordinal}; }
  static Lowering WithKey(const Key& key) {
    Lowering row;
    std::tie(row.program, row.partner, row.ordinal) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("partner", row.partner);
    visit("ordinal", row.ordinal);
    visit("rate_bps", row.rate_bps);
    visit("effective_day", row.effective_day);
    visit("reason", row.reason);
    visit("actor", row.actor);
    visit("create_time", row.create_time);
  }
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_ROWS_TERMS_H_
