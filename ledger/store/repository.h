// Between the tables and the working set: loads the rows that commands ask for. The columns come from each row's Visit;
// there is no SQL per table. How changed rows go back: changes.h. Not thread-safe: belongs to the thread of its
// Database.
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
  // Connects the book's tables to the database. `fresh_keys`: outside ids on their way to their table; nullptr if there
  // are none. Nothing is owned, and all outlives the repository.
  Repository(Database* db, Book* book, const FreshKeys* fresh_keys = nullptr);

  // From where rows are loaded from now on. It must show at least what has arrived of what left the book.
  void ReadFrom(Database* db) { db_ = db; }
  // Loads what the book's tables want, in bulk.
  absl::Status LoadWanted();
  // The first error of any load since the last call; LEDGER_DAMAGED for a row that must be there and is not. A book
  // that was decided on beside an error must not be committed.
  absl::Status TakeError();
  void LoadWantedRows() override { Keep(LoadWanted()); }
  std::vector<Parked> ParkedFor(int64_t program, const Hash128& wait_key) override;
  std::vector<Parked> ParkedBefore(int64_t program, int64_t time) override;
  std::vector<Parked> ParkedUntil(int64_t program, Day day) override;
  std::vector<Click> ClicksBefore(int64_t program, int64_t time, int limit) override;
  std::vector<PayableLine> LinesOf(const Commission& commission, int64_t partner, int64_t since) override;
  std::vector<Commission> CommissionsOfCustomer(int64_t program, int64_t customer,
                                                const std::vector<int64_t>& partners) override;
  std::vector<Earner> EarnersOf(int64_t program, int64_t partner) override;
  std::vector<std::vector<PayableLine>> UnpaidLines(int64_t program, Currency currency,
                                                    const std::vector<int64_t>& partners) override;
  std::vector<Earner> Earners(int64_t program, Currency currency) override;
  std::vector<Earner> DueEarners(int64_t program, Day through, int64_t after_partner, Currency after_currency,
                                 int limit) override;
  std::vector<Payout> PayoutsOf(int64_t program, int64_t batch) override;
  std::vector<OpenHold> OpenHolds(int64_t program, int64_t partner) override;
  std::vector<ForfeitedPart> ForfeitedParts(int64_t program, int64_t correction) override;

 private:
  template <typename R>
  void Connect(Table<R>& table);
  // Asks for rows; those that did not come by Collect are absent.
  template <typename R>
  absl::Status AskFor(Table<R>& table, const std::vector<typename R::Key>& keys);
  template <typename R>
  absl::Status LoadKey(Table<R>& table, const typename R::Key& key);
  // The numbers of what waits for each key arrive in `numbers`.
  absl::Status AskForParked(const std::vector<Book::WaitKey>& keys, std::vector<std::vector<int64_t>>& numbers);
  // Whether what an outside id names is known without the store: then the table has it.
  bool TakeFresh(Table<ExternalKey>& table, const ExternalKey::Key& key) const;
  template <typename R>
  void KeepMissing(const typename R::Key& key);
  void Keep(absl::Status status) { error_.Update(std::move(status)); }

  Database* db_;
  Book* book_;
  const FreshKeys* fresh_keys_;
  absl::Status error_;
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_REPOSITORY_H_
