// Programs and their terms. Rows as plain values; see rows.h.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ROWS_PROGRAM_H_
#define TRAILBOOK_LEDGER_DOMAIN_ROWS_PROGRAM_H_

#include <cstdint>
#include <string>
#include <tuple>

#include "ledger/domain/row_types.h"

namespace trailbook {

// One company's partner program, with the counters that number what it owns.
struct Program {
  static constexpr char kTable[] = "program";
  static constexpr int kKeyColumns = 1;
  int64_t program = 0;
  std::string program_id;
  std::string display_name;
  std::string zone;
  int64_t create_time = 0;
  int64_t terms_version = 0;
  int64_t partners = 0;
  int64_t customers = 0;
  int64_t codes = 0;
  int64_t batches = 0;
  int64_t corrections = 0;
  Day closed_through = kFromEver;
  int64_t group_count = 0;
  int64_t lowerings = 0;     // those that concern every partner
  Day follow_from = kNever;  // the first day of any terms that existing referrals follow
  int64_t fx_rates = 0;
  using Key = std::tuple<int64_t>;
  Key key() const { return {program}; }
  static Program WithKey(const Key& key) {
    Program row;
    row.program = std::get<0>(key);
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("slug", row.program_id);
    visit("display_name", row.display_name);
    visit("zone", row.zone);
    visit("create_time", row.create_time);
    visit("terms_version", row.terms_version);
    visit("partners", row.partners);
    visit("customers", row.customers);
    visit("codes", row.codes);
    visit("batches", row.batches);
    visit("corrections", row.corrections);
    visit("closed_through", row.closed_through);
    visit("group_count", row.group_count);
    visit("lowerings", row.lowerings);
    visit("follow_from", row.follow_from);
    visit("fx_rates", row.fx_rates);
  }
};

// From a program's outside id to its number.
struct ProgramSlug {
  static constexpr char kTable[] = "program_slug";
  static constexpr bool kBesideLog = true;
  static constexpr int kKeyColumns = 1;
  std::string program_id;
  int64_t program = 0;
  using Key = std::tuple<std::string>;
  Key key() const { return {program_id}; }
  static ProgramSlug WithKey(const Key& key) {
    ProgramSlug row;
    row.program_id = std::get<0>(key);
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("slug", row.program_id);
    visit("program_id", row.program);
  }
};

// A version of a program's rules. `minimums` and `bonuses` are "INR=100000;USD=2500"; `tiers` is how many Tier rows it
// has; duration_months 0 is none. Version 1 has the day kFromEver.
struct Terms {
  static constexpr char kTable[] = "terms";
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  int64_t version = 0;
  Day effective_day = 0;
  int64_t rate_bps = 0;
  int64_t hold_days = 0;
  int64_t window_days = 0;
  std::string minimums;
  int64_t create_time = 0;
  int64_t tiers = 0;
  std::string bonuses;
  int64_t duration_months = 0;
  bool follow = false;
  using Key = std::tuple<int64_t, int64_t>;
  Key key() const { return {program, version}; }
  static Terms WithKey(const Key& key) {
    Terms row;
    std::tie(row.program, row.version) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("version", row.version);
    visit("effective_day", row.effective_day);
    visit("rate_bps", row.rate_bps);
    visit("hold_days", row.hold_days);
    visit("window_days", row.window_days);
    visit("minimums", row.minimums);
    visit("create_time", row.create_time);
    visit("tiers", row.tiers);
    visit("bonuses", row.bonuses);
    visit("duration_months", row.duration_months);
    visit("follow", row.follow);
  }
};

// A mutation that was done, and what it answered.
struct Request {
  static constexpr char kTable[] = "request";
  static constexpr bool kBesideLog = true;
  static constexpr bool kSeldomReadAgain = true;
  static constexpr int kKeyColumns = 2;
  int64_t program = 0;
  Hash128 id_key;
  Bytes content_hash;
  int64_t number = 0;
  using Key = std::tuple<int64_t, Hash128>;
  Key key() const { return {program, id_key}; }
  static Request WithKey(const Key& key) {
    Request row;
    std::tie(row.program, row.id_key) = key;
    return row;
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("id_key", row.id_key);
    visit("content_hash", row.content_hash);
    visit("number", row.number);
  }
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_ROWS_PROGRAM_H_
