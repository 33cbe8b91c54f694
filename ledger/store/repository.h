// Between the working set and the tables: loads the rows that commands ask for and writes the changed ones in bulk. The columns come from
// each row's Visit; there is no SQL per table. Not thread-safe: belongs to the thread of its Database.
#ifndef TRAILBOOK_LEDGER_STORE_REPOSITORY_H_
#define TRAILBOOK_LEDGER_STORE_REPOSITORY_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "ledger/domain/book.h"
#include "ledger/store/fresh_keys.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

class Repository final : public Lists {
 public:
  // Connects the book's tables to the database; neither is owned and both outlive the repository. `key_generation`: see fresh_keys.h.
  Repository(Database* db, Book* book, int64_t key_generation = 0);

  // Loads what the book's tables want, a table at a time, in bulk.
  absl::Status LoadWanted();
  // Writes every changed row, or only those that do not follow from the log. REQUIRES: an open write transaction.
  absl::Status SaveDirty();
  absl::Status SaveBesideLog();
  // What became of the transaction that SaveDirty was called in.
  void Committed() { fresh_keys_.Committed(); }
  void Dropped() { fresh_keys_.Dropped(); }
  // To be called once before anything is written to a store that may hold ids on their way to their table.
  absl::Status LoadFreshKeys() { return fresh_keys_.Load(); }
  // The first error of any load since the last call. A book that was decided on beside an error must not be committed.
  absl::Status TakeError();
  // Counters that live beside the log: parked reports, programs, the secret (made if there is none; needs a write transaction then).
  absl::Status LoadCounters(bool may_create);

  void LoadWantedRows() override { Keep(LoadWanted()); }
  std::vector<Parked> ParkedFor(int64_t program, const Hash128& wait_key) override;
  std::vector<Parked> ParkedBefore(int64_t program, int64_t time) override;
  std::vector<Parked> ParkedUntil(int64_t program, Day day) override;
  std::vector<Click> ClicksBefore(int64_t program, int64_t time, int limit) override;
  std::vector<EarnerDay> UnmaturedDays(int64_t program, int64_t partner, const std::string& currency,
                                       Day from) override;
  std::vector<PayableLine> LinesOf(const Commission& commission, int64_t partner, int64_t since) override;
  std::vector<Commission> CommissionsOfCustomer(int64_t program, int64_t customer,
                                                const std::vector<int64_t>& partners) override;
  std::vector<Earner> EarnersOf(int64_t program, int64_t partner) override;
  std::vector<std::vector<PayableLine>> UnpaidLines(int64_t program, const std::string& currency,
                                                    const std::vector<int64_t>& partners) override;
  std::vector<Earner> Earners(int64_t program, const std::string& currency) override;
  std::vector<Earner> DueEarners(int64_t program, Day through, int64_t after_partner,
                                 const std::string& after_currency, int limit) override;
  std::vector<Payout> PayoutsOf(int64_t program, int64_t batch) override;
  std::vector<OpenHold> OpenHolds(int64_t program, int64_t partner) override;

 private:
  template <typename R>
  void Connect(Table<R>& table);
  template <typename R>
  absl::Status LoadKeys(Table<R>& table, std::vector<typename R::Key> keys);
  template <typename R>
  absl::Status Save(Table<R>& table);
  absl::Status LoadDueDays();
  absl::Status LoadParked();
  // Takes the keys out of `keys` whose rows are in memory.
  void TakeFresh(Table<ExternalKey>& table, std::vector<ExternalKey::Key>& keys) const;
  void Keep(absl::Status status) { error_.Update(std::move(status)); }

  Database* db_;
  Book* book_;
  FreshKeys fresh_keys_;
  absl::Status error_;
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_REPOSITORY_H_
