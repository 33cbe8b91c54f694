// The book: every kind of row that the ledger's tables hold, and the working set of them that commands decide on and
// records change. A row lists its columns once (Visit); loading, saving, comparing and the schema's shape follow from
// that list. Not thread-safe: a Book belongs to the thread that decides.
#ifndef TRAILBOOK_LEDGER_DOMAIN_BOOK_H_
#define TRAILBOOK_LEDGER_DOMAIN_BOOK_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/node_hash_map.h"
#include "ledger/domain/rows.h"
#include "ledger/domain/table.h"
#include "ledger/domain/unsaved_lines.h"

namespace trailbook {

// Lists that no single key finds; asked of the store in the rare cases that need them. They see what is stored, not
// what the working set changed, and may see what is on its way to the store or not: callers overlay both themselves
// (Book::unsaved_lines).
class Lists {
 public:
  virtual ~Lists() = default;
  // Loads in bulk what the book's tables want now.
  virtual void LoadWantedRows() = 0;
  // Parked reports that wait for a key, by event time.
  virtual std::vector<Parked> ParkedFor(int64_t program, const Hash128& wait_key) = 0;
  // Parked reports of a program of events before a time (seconds).
  virtual std::vector<Parked> ParkedBefore(int64_t program, int64_t time) = 0;
  // Parked reports whose day has come, by event time.
  virtual std::vector<Parked> ParkedUntil(int64_t program, Day day) = 0;
  // Clicks from before a time (seconds), the oldest first; at most `limit`.
  virtual std::vector<Click> ClicksBefore(int64_t program, int64_t time, int limit) = 0;
  // The payable lines by which a commission became payable, its own and the first maturity of its day,
  // while `partner` had it, since a record.
  virtual std::vector<PayableLine> LinesOf(const Commission& commission, int64_t partner, int64_t since) = 0;
  // Of each of some partners, the lines that no payout has taken.
  virtual std::vector<std::vector<PayableLine>> UnpaidLines(int64_t program, Currency currency,
                                                            const std::vector<int64_t>& partners) = 0;
  // Partners with something payable in a currency, by number.
  virtual std::vector<Earner> Earners(int64_t program, Currency currency) = 0;
  // Partners and currencies with something due by a day, after the given ones; at most `limit`.
  virtual std::vector<Earner> DueEarners(int64_t program, Day through, int64_t after_partner, Currency after_currency,
                                         int limit) = 0;
  virtual std::vector<Payout> PayoutsOf(int64_t program, int64_t batch) = 0;
  // The commissions on a customer's payments, newest first, along the chains of the partners who have or had them.
  virtual std::vector<Commission> CommissionsOfCustomer(int64_t program, int64_t customer,
                                                        const std::vector<int64_t>& partners) = 0;
  // A partner's balances, by currency.
  virtual std::vector<Earner> EarnersOf(int64_t program, int64_t partner) = 0;
  // Commissions of a partner (0: of all) with something held or an open dispute.
  virtual std::vector<OpenHold> OpenHolds(int64_t program, int64_t partner) = 0;
  // What a forfeiture took of commissions, by their numbers.
  virtual std::vector<ForfeitedPart> ForfeitedParts(int64_t program, int64_t correction) = 0;
};

// The working set.
struct Book {
  // Projections of the log.
  Table<Program> programs;
  Table<Terms> terms;
  Table<Partner> partners;
  Table<PartnerRate> partner_rates;
  Table<Code> codes;
  Table<Referral> referrals;
  Table<PayingCustomers> paying_customers;
  Table<LosingTouch> losing_touches;
  Table<ExternalKey> external_keys;
  Table<Commission> commissions;
  Table<CommissionEvent> commission_events;
  Table<Refund> refunds;
  Table<Dispute> disputes;
  Table<OpenHold> open_holds;
  Table<Earner> earners;
  Table<EarnerDay> earner_days;
  Table<Account> accounts;
  Table<AccountDay> account_days;
  Table<PayableLine> payable_lines;
  Table<PayoutBatch> payout_batches;
  Table<Payout> payouts;
  Table<Correction> corrections;
  Table<ForfeitedPart> forfeited_parts;
  Table<Tier> tiers;
  Table<PartnerGroup> partner_groups;
  Table<GroupKey> group_keys;
  Table<GroupTerms> group_terms;
  Table<GroupMember> group_members;
  Table<Lowering> lowerings;
  Table<StatementMark> statement_marks;
  Table<BalanceLine> balance_lines;
  Table<ReferralMove> referral_moves;
  Table<FxRate> fx_rates;
  Table<FxPair> fx_pairs;
  // Beside the log: identities, bank details, clicks, what is parked, requests.
  Table<ProgramSlug> program_slugs;
  Table<PartnerIdentity> partner_identities;
  Table<PartnerKey> partner_keys;
  Table<CustomerIdentity> customer_identities;
  Table<CustomerKey> customer_keys;
  Table<CodeIdentity> code_identities;
  Table<CodeKey> code_keys;
  Table<PayoutMethod> payout_methods;
  Table<PayoutDestination> payout_destinations;
  Table<Click> clicks;
  Table<Parked> parked;
  Table<ParkedKey> parked_keys;
  Table<Request> requests;

  // Numbers of parked reports by program and what they wait for: those that are stored, as far as they were loaded
  // since the last commit for what a batch wants; and those that were parked since then, or are on their way to the
  // store.
  using WaitKey = std::pair<int64_t, Hash128>;
  absl::flat_hash_map<WaitKey, std::vector<int64_t>> stored_parked, fresh_parked;
  absl::flat_hash_set<WaitKey> wanted_parked;

  UnsavedLines unsaved_lines;     // of payable_lines
  Lists* lists = nullptr;         // not owned
  size_t customer_rows_left = 0;  // by PackCustomers
  int64_t parked_count = 0;       // over all programs; 0 spares every look at parked reports
  int64_t next_parked = 1;
  int64_t next_program = 1;
  std::string secret;  // keys the hashes of what names people

  // Calls f with every table: projections first.
  template <typename F>
  void ForEachProjection(F&& f) {
    f(programs);
    f(terms);
    f(partners);
    f(partner_rates);
    f(codes);
    f(referrals);
    f(paying_customers);
    f(losing_touches);
    f(external_keys);
    f(commissions);
    f(commission_events);
    f(refunds);
    f(disputes);
    f(open_holds);
    f(earners);
    f(earner_days);
    f(accounts);
    f(account_days);
    f(payable_lines);
    f(payout_batches);
    f(payouts);
    f(corrections);
    f(forfeited_parts);
    f(tiers);
    f(partner_groups);
    f(group_keys);
    f(group_terms);
    f(group_members);
    f(lowerings);
    f(statement_marks);
    f(balance_lines);
    f(referral_moves);
    f(fx_rates);
    f(fx_pairs);
  }
  // Of customers there are many, and each seldom pays: packs or forgets what is stored of them, once `many` more rows
  // are here than it left the last time. What changed stays until it is stored, and to look through that after every
  // report would cost more than it gives.
  void PackCustomers(size_t many) {
    customer_rows_left = std::min(customer_rows_left, customer_rows());
    if (customer_rows() < customer_rows_left + many) return;
    customer_keys.ForgetUnchanged();
    customer_identities.ForgetUnchanged();
    referrals.ForgetUnchanged();
    external_keys.ForgetUnchanged();
    customer_rows_left = customer_rows();
  }
  size_t customer_rows() const {
    return customer_keys.size() + customer_identities.size() + referrals.size() + external_keys.size();
  }
  // What is as it is stored, of every kind: packs it or forgets it.
  void ForgetUnchanged() {
    ForEach([](auto& table) { table.ForgetUnchanged(); });
  }
  // Forgets every row; what was not committed is lost.
  void Clear() {
    ForEach([](auto& table) { table.Clear(); });
    stored_parked.clear();
    fresh_parked.clear();
    wanted_parked.clear();
  }
  // The changes that left are stored now: all, or those of the projections, or the others.
  void Committed() {
    ProjectionsCommitted();
    BesideLogCommitted();
  }
  void ProjectionsCommitted() {
    ForEachProjection([](auto& table) { table.Committed(); });
  }
  void BesideLogCommitted() {
    ForEachBesideLog([](auto& table) { table.Committed(); });
    stored_parked.clear();
    for (auto it = fresh_parked.begin(); it != fresh_parked.end();) {
      auto& [waits_for, numbers] = *it;
      std::erase_if(numbers, [this, program = waits_for.first](int64_t number) {
        return !parked.IsDirty({program, number});
      });
      if (numbers.empty()) {
        fresh_parked.erase(it++);
      } else {
        ++it;
      }
    }
  }
  size_t size() {
    size_t rows = 0;
    ForEach([&rows](auto& table) { rows += table.size(); });
    return rows;
  }
  template <typename F>
  void ForEach(F&& f) {
    ForEachProjection(f);
    ForEachBesideLog(f);
  }
  // What does not follow from the log: outside names, bank details, what waits, answered requests.
  template <typename F>
  void ForEachBesideLog(F&& f) {
    f(program_slugs);
    f(partner_identities);
    f(partner_keys);
    f(customer_identities);
    f(customer_keys);
    f(code_identities);
    f(code_keys);
    f(payout_methods);
    f(payout_destinations);
    f(clicks);
    f(parked);
    f(parked_keys);
    f(requests);
  }
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_BOOK_H_
