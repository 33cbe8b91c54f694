// The reads of the ledger, over one read transaction of one connection: every answer of one Queries object is of the
// same moment. Cost is bounded by what is returned, never by the length of the history, except Verify, which reads
// everything. Not thread-safe: a Queries belongs to the thread that Ledger::Read runs it on.
#ifndef TRAILBOOK_LEDGER_QUERIES_QUERIES_H_
#define TRAILBOOK_LEDGER_QUERIES_QUERIES_H_

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "ledger/base/day.h"
#include "ledger/domain/book.h"
#include "ledger/domain/phases.h"
#include "ledger/domain/simulation.h"
#include "ledger/domain/words.h"
#include "ledger/log/proof.h"
#include "ledger/queries/views.h"
#include "ledger/store/repository.h"
#include "ledger/store/sql.h"
#include "ledger/verify/report.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// Under which terms to replay. Without terms: those that were published, so that nothing differs from the books.
struct SimulationQuery {
  std::optional<TermsSpec> terms;  // effective_date: in force from this day on instead of any other; empty: from ever
  std::string group_id;            // whose terms; empty: the program's
  std::string partner_id;          // only this partner; empty: all
};

// Where a list of accounts goes on: first those of the program, then partner by partner, each of the six kinds.
struct AccountCursor {
  int64_t account = 0, partner = 0, kind = 0;
  Currency currency;
  absl::Status Parse(absl::string_view text);
  std::string Text() const;
};

// All methods: NOT_FOUND for a program, partner, ... that does not exist; INVALID_ARGUMENT for a bad date or cursor.
// Dates: empty is today.
class Queries {
 public:
  // `engine` and `db` are not owned; `db` has an open read transaction. `now` decides what "today" is.
  Queries(store::Engine* engine, store::Database* db, absl::Time now);

  absl::StatusOr<ProgramView> GetProgram(absl::string_view program_id);
  absl::StatusOr<Page<ProgramView>> ListPrograms(const PageRequest& page);
  absl::StatusOr<Page<TermsView>> ListTerms(absl::string_view program_id, const PageRequest& page);
  absl::StatusOr<GroupView> GetGroup(absl::string_view program_id, absl::string_view group_id);
  absl::StatusOr<Page<GroupView>> ListGroups(absl::string_view program_id, const PageRequest& page);
  absl::StatusOr<Page<TermsView>> ListGroupTerms(absl::string_view program_id, absl::string_view group_id,
                                                 const PageRequest& page);
  // What was ever lowered: for every partner, then partner by partner.
  absl::StatusOr<Page<LoweringView>> ListLowerings(absl::string_view program_id, const PageRequest& page);
  // `partner_id` empty: those for every partner.
  absl::StatusOr<LoweringView> GetLowering(absl::string_view program_id, absl::string_view partner_id, int64_t ordinal);
  // Replays the log under other terms; see SimulationQuery. Reads everything; writes nothing.
  absl::StatusOr<SimulationView> Simulate(absl::string_view program_id, const SimulationQuery& query,
                                          const PageRequest& page);

  absl::StatusOr<PartnerView> GetPartner(absl::string_view program_id, absl::string_view partner_id);
  absl::StatusOr<Page<PartnerView>> ListPartners(absl::string_view program_id, const PageRequest& page);

  absl::StatusOr<CodeView> GetCode(absl::string_view program_id, absl::string_view code);
  // The code if it attributes a sign-up at `time` (seconds; 0: now), else NOT_FOUND.
  absl::StatusOr<CodeView> ResolveCode(absl::string_view program_id, absl::string_view code, int64_t time);
  // `partner_id` may be empty: all.
  absl::StatusOr<Page<CodeView>> ListCodes(absl::string_view program_id, absl::string_view partner_id,
                                           const PageRequest& page);

  // Resolves an empty date to today (book time zone) and checks the others.
  absl::StatusOr<std::string> ResolveDate(absl::string_view program_id, absl::string_view field,
                                          absl::string_view date);
  absl::StatusOr<Page<EarningsView>> ListEarnings(absl::string_view program_id, absl::string_view as_of,
                                                  const PageRequest& page);
  absl::StatusOr<PartnerEarningsView> GetPartnerEarnings(absl::string_view program_id, absl::string_view partner_id,
                                                         absl::string_view as_of);
  absl::StatusOr<Page<CommissionView>> ListCommissions(absl::string_view program_id, absl::string_view partner_id,
                                                       const PageRequest& page);
  absl::StatusOr<ExplanationView> Explain(absl::string_view program_id, int64_t commission);
  absl::StatusOr<BalanceView> ExplainBalance(absl::string_view program_id, absl::string_view partner_id,
                                             absl::string_view currency, BalanceKind balance, const PageRequest& page);
  // The commissions behind one day of pending, or one maturity, newest first.
  absl::StatusOr<Page<DueCommissionView>> ListDueCommissions(absl::string_view program_id, absl::string_view partner_id,
                                                             absl::string_view currency, absl::string_view mature_date,
                                                             const PageRequest& page);
  // `from` empty: the first of the month of `to`.
  absl::StatusOr<StatementView> GetStatement(absl::string_view program_id, absl::string_view partner_id,
                                             absl::string_view currency, absl::string_view from, absl::string_view to,
                                             const PageRequest& page);

  // What becomes payable on which day, from today on, and what the program owes in all. `partner_id` and `currency` may
  // be empty: all.
  absl::StatusOr<ForecastView> Forecast(absl::string_view program_id, absl::string_view partner_id,
                                        absl::string_view currency);
  // Reports that wait beside the ledger, in the order in which they came.
  absl::StatusOr<Page<ParkedView>> ListParked(absl::string_view program_id, const PageRequest& page);

  absl::StatusOr<BatchContentView> PreviewBatch(absl::string_view program_id, absl::string_view currency,
                                                absl::string_view cutoff);
  absl::StatusOr<BatchView> GetBatch(absl::string_view program_id, int64_t batch);
  absl::StatusOr<Page<BatchView>> ListBatches(absl::string_view program_id, const PageRequest& page);
  // For a draft: what it would pay now, as PLANNED.
  absl::StatusOr<Page<PayoutView>> ListPayouts(absl::string_view program_id, int64_t batch, const PageRequest& page);
  absl::StatusOr<PayoutView> GetPayout(absl::string_view program_id, int64_t batch, int64_t payout);
  // What a payout pays for; the lines sum to its amount.
  absl::StatusOr<Page<BalancePartView>> ListPayoutLines(absl::string_view program_id, int64_t batch, int64_t payout,
                                                        const PageRequest& page);
  absl::StatusOr<FxRateView> GetFxRate(absl::string_view program_id, int64_t number);
  absl::StatusOr<Page<FxRateView>> ListFxRates(absl::string_view program_id, const PageRequest& page);
  // The payment file of an exported batch: RFC 4180 CSV, the same bytes always. FAILED_PRECONDITION before the export.
  absl::StatusOr<std::string> ExportFile(absl::string_view program_id, int64_t batch);

  absl::StatusOr<CorrectionView> GetCorrection(absl::string_view program_id, int64_t correction);
  absl::StatusOr<Page<CorrectionView>> ListCorrections(absl::string_view program_id, const PageRequest& page);
  // Referrals that wait for a person, and every commission of which something is held.
  absl::StatusOr<Page<ReviewView>> ListReviews(absl::string_view program_id, const PageRequest& page);
  absl::StatusOr<Page<HoldView>> ListHolds(absl::string_view program_id, const PageRequest& page);

  // The dispute file of a customer. NOT_FOUND for one who is bound to nobody.
  absl::StatusOr<ReferralView> GetReferral(absl::string_view program_id, absl::string_view customer_id,
                                           const PageRequest& page);

  absl::StatusOr<RecordView> GetRecord(absl::string_view program_id, int64_t sequence);
  // From `from_sequence` (0: the first); `entries_only` skips records without postings.
  absl::StatusOr<Page<RecordView>> ListRecords(absl::string_view program_id, int64_t from_sequence, bool entries_only,
                                               const PageRequest& page);
  absl::StatusOr<Page<AccountView>> ListAccounts(absl::string_view program_id, const PageRequest& page);
  // One row per account of the chart and currency; partners' accounts as one each. Sums to zero per currency.
  absl::StatusOr<std::vector<AccountView>> TrialBalance(absl::string_view program_id, absl::string_view as_of);
  // `tree_size` 0: the log as it is now. OUT_OF_RANGE for a size that the log does not have.
  absl::StatusOr<InclusionProofView> GetInclusionProof(absl::string_view program_id, int64_t sequence,
                                                       int64_t tree_size);
  absl::StatusOr<ConsistencyProofView> GetConsistencyProof(absl::string_view program_id, int64_t old_size,
                                                           int64_t tree_size);
  absl::StatusOr<LogHeadView> GetLogHead(absl::string_view program_id);
  // The log with its tiles, of the moment of this Queries; good for as long as that lasts.
  absl::StatusOr<log::StoredLog> GetStoredLog(absl::string_view program_id);
  // Up to 256 records as they are stored: those of tile `index` of level 0 in a log of `size`. OUT_OF_RANGE if it has
  // none of them.
  absl::StatusOr<std::vector<std::string>> ReadBundle(absl::string_view program_id, int64_t index, int64_t size);
  // Ends the moment that was looked at: what follows is of one that begins now.
  absl::Status Renew();
  // A consistent copy of the whole store in a new file, read back and checked. ALREADY_EXISTS, RESOURCE_EXHAUSTED with
  // DISK_FULL, DATA_LOSS with LEDGER_DAMAGED; then no file is left.
  absl::StatusOr<BackupView> BackUp(const std::string& path);
  // The error of any load since the last call; answers are worth nothing beside one. LEDGER_DAMAGED for a row that must
  // be there and is not.
  absl::Status Loaded() { return repository_.TakeError(); }
  // Hashes and replays the whole log and compares every table. A damaged ledger is an answer (ok = false), not an
  // error.
  absl::StatusOr<VerifyReport> Verify(absl::string_view program_id);

 private:
  // A program, with its zone and its today.
  struct Place {
    int64_t program = 0;
    absl::TimeZone zone;
    Day today = 0;
    Day closed_through = kFromEver;
  };
  absl::StatusOr<Place> Find(absl::string_view program_id);
  // Where another daemon may have answered reports: until the tables show them. UNAVAILABLE if they do not come. May
  // begin a new moment.
  absl::Status AwaitRows(int64_t program);
  absl::StatusOr<int64_t> FindPartner(const Place& place, absl::string_view partner_id);
  absl::StatusOr<Day> DayOr(const Place& place, absl::string_view field, absl::string_view date);
  std::string PartnerId(int64_t program, int64_t partner);
  ProgramView ViewOf(const Program& program);
  TermsView ViewOf(const Terms& terms, int64_t grp);
  GroupView ViewOf(const Place& place, const PartnerGroup& group);
  LoweringView ViewOf(const Lowering& lowering);
  absl::StatusOr<int64_t> FindGroup(const Place& place, absl::string_view group_id);
  absl::StatusOr<OtherTerms> ToOtherTerms(const Place& place, const SimulationQuery& query);
  // Those that concern a partner: for every partner, and his own.
  std::vector<Lowering> LoweringsOf(int64_t program, int64_t partner);
  // What the sign-up day promised, and what was lowered since, in words.
  std::vector<std::string> PromiseText(const Place& place, const Referral& referral);
  PartnerView ViewOf(const Place& place, int64_t partner);
  CodeView ViewOf(int64_t program, const Code& code);
  // Balances at the end of a day, what is due by then counted as payable.
  EarningsView BalancesAt(const Place& place, const Earner& earner, Day day);
  CommissionView ViewOf(const Place& place, const Commission& commission);
  absl::StatusOr<log::v1::Record> ReadRecord(int64_t program, int64_t sequence, std::string* body);
  RecordView ViewOf(const log::v1::Record& record, std::string body);
  std::string AccountOf(const log::v1::Posting& posting, int64_t program);
  // The records that concern a commission, its lines and their payouts.
  absl::Status AddSequences(const Place& place, const Commission& commission, std::set<int64_t>& sequences);
  absl::Status AddSteps(const Place& place, const Commission& commission, ExplanationView& view);
  // The lines of at most `count` records of a day, after the first `from` of them.
  absl::StatusOr<std::vector<StatementLine>> LinesOfDay(const Place& place, const EarnerDay& day, int64_t from,
                                                        int64_t count);
  // Parts of a balance, a page of them. What is due by today: with payable, else with pending.
  absl::Status AddMaturing(const Place& place, const Earner& earner, bool due, const PageRequest& page,
                           BalanceView& view);
  absl::Status AddHeld(const Place& place, const Earner& earner, const PageRequest& page, BalanceView& view);
  template <typename Line>
  absl::Status AddLines(const Place& place, const Earner& earner, const std::vector<Line>& lines,
                        const PageRequest& page, BalanceView& view);
  absl::Status AddUnpaidLines(const Place& place, const Earner& earner, const PageRequest& page, BalanceView& view);
  absl::Status AddDebts(const Place& place, const Earner& earner, const PageRequest& page, BalanceView& view);
  absl::Status AddPaid(const Place& place, const Earner& earner, const PageRequest& page, BalanceView& view);
  absl::Status AddReserved(const Earner& earner, const PageRequest& page, BalanceView& view);
  const Correction* CorrectionBehind(const log::v1::Record& record);
  // What a record says, with the reason that a person gave for a correction.
  RecordWords WordsFor(const log::v1::Record& record, absl::string_view currency);
  // A posting of a record, in its words.
  absl::StatusOr<BalancePartView> PartOf(const Place& place, Currency currency, int64_t sequence, Day day,
                                         int64_t amount);
  // Whether the maturity of a commission's day ran over it while a partner had it.
  bool MaturedWith(const Commission& commission, int64_t partner);
  // The days between two, both included, on which something is due that has not matured.
  std::vector<EarnerDay> UnmaturedBetween(const Earner& earner, Day first, Day last);
  // A partner's booking days between two, both included.
  absl::StatusOr<std::vector<EarnerDay>> DaysBetween(const Place& place, const Earner& earner, Day first, Day last);
  // Those of some days that a partner has a row for.
  std::vector<EarnerDay> RowsOf(const Earner& earner, const std::vector<Day>& days);
  // What is due by today and has not matured.
  int64_t DueNow(const Place& place, const Earner& earner);
  // Why something of a commission is held: DISPUTE, REVIEW, BAN.
  std::vector<std::string> HoldReasons(const Commission& commission);
  FxRateView ViewOf(const FxRate& rate);
  // The size of a tree that is asked for; the log's own for 0.
  absl::StatusOr<int64_t> SizeOr(absl::string_view program_id, absl::string_view field, int64_t size);
  // What is in a partner's accounts at the end of a day, by booking days alone: as one sum of days.
  absl::StatusOr<EarnerDay> BooksAt(const Place& place, const Earner& earner, Day day);
  CorrectionView ViewOf(const Correction& correction);
  // Adds an earner's accounts to a page of at most `most`, from where the cursor stands.
  void AddAccounts(const Place& place, const Earner& earner, int64_t most, AccountCursor& at,
                   std::vector<AccountView>& items);
  TouchView ViewOf(int64_t program, const log::v1::Touch& touch);
  absl::Status AddTouches(const Place& place, const Referral& referral, ReferralView& view);
  absl::StatusOr<std::set<int64_t>> AddMoves(const Place& place, const Referral& referral, ReferralView& view);
  absl::Status AddCommissions(const Place& place, const Referral& referral, const std::set<int64_t>& holders,
                              const PageRequest& page, ReferralView& view);
  BatchView ViewOf(const PayoutBatch& batch);
  PayoutView ViewOf(const Payout& payout);

  store::Engine* engine_;
  store::Database* db_;
  absl::Time now_;
  Book book_;
  store::Repository repository_;
  std::set<int64_t> awaited_;  // programs whose rows have been waited for
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_QUERIES_QUERIES_H_
