// What verification makes of a log: its tables anew, in an empty store, by the same projector that wrote the stored
// ones; on a thread of its own, while the rest of the log is still checked. Thread safety: belongs to the thread that
// made it.
#ifndef TRAILBOOK_LEDGER_VERIFY_REBUILD_H_
#define TRAILBOOK_LEDGER_VERIFY_REBUILD_H_

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ledger/base/hash.h"
#include "ledger/domain/book.h"
#include "ledger/domain/row_changes.h"
#include "ledger/store/packed_scratch.h"
#include "ledger/store/repository.h"
#include "ledger/store/sql.h"
#include "ledger/verify/kept_rows.h"
#include "ledger/verify/log_check.h"
#include "ledger/verify/new_rows.h"
#include "ledger/verify/tables.h"

namespace trailbook {

class Rebuild {
 public:
  // What is in memory at most: records of a chunk, and rows of a table, some 330 bytes each, looked at after each
  // chunk. Where rows hardly change they are written and forgotten then. Where rows change again and again, those that
  // did not since they were written are forgotten, and the others written if they are many: most change many times
  // before, and are neither written nor read meanwhile.
  struct Memory {
    size_t records = RecordChunk::kRecords;
    size_t rows_that_hardly_change = 6000;
    size_t rows_that_change = 300000;
  };
  struct Result {
    // A record that changes what none made, makes what no table takes, or posts other than it says; nothing else is of
    // use then.
    std::string problem;
    TableFingerprints at_watermark;  // of the tables as of the record `watermark`
  };

  // `scratch` is empty, belongs to the rebuild until Finish, and holds then what follows from all that was given. A
  // chunk ends with the record `watermark`, if there is one (see log_check.h).
  Rebuild(store::Database& scratch, int64_t watermark, const ShortHashKey& key, const Memory& memory)
      : Rebuild(scratch, nullptr, watermark, key, memory) {}
  // The same, quicker, for who needs the fingerprints: outside ids have no row there, and days of partners none that
  // SQL sees. Ids come in no order, so that rows of them are the dearest to write, and to know whether they are the
  // right ones a fingerprint does.
  Rebuild(store::PackedScratch& scratch, int64_t watermark, const ShortHashKey& key, const Memory& memory)
      : Rebuild(scratch, &scratch, watermark, key, memory) {}
  // Gives up what is not done yet.
  ~Rebuild();

  // The next records. Waits while those before wait too, so that memory holds few; drops them if there is a problem. An
  // error is one of the storage: RESOURCE_EXHAUSTED with DISK_FULL where there is no room for the scratch store.
  absl::Status Give(std::unique_ptr<RecordChunk> chunk);
  // Waits for the end of what was given. Errors as of Give. Once.
  absl::StatusOr<Result> Finish();

 private:
  // `packed`: the same store if it packs, else null.
  Rebuild(store::Database& scratch, store::PackedScratch* packed, int64_t watermark, const ShortHashKey& key,
          const Memory& memory);
  void End();
  // REQUIRES: it stopped.
  absl::Status StorageError() const;
  // Of the thread.
  void Run();
  absl::Status ProjectGiven();
  std::unique_ptr<RecordChunk> Next();
  void Take(const log::v1::Record& record);
  // The tables of which there are many rows here, or all.
  absl::Status Save(bool all);
  template <typename R>
  absl::Status Save(Table<R>& table, bool all);
  template <typename R>
  absl::Status Write(Table<R>& table);
  template <typename R>
  absl::Status Store(const RowChanges<R>& changes);
  absl::Status Store(const RowChanges<EarnerDay>& days);
  // The rows that are as they are written.
  template <typename R>
  void Forget(Table<R>& table);
  // New rows of these tables go to where they stay at once.
  void PassOnNewRows(store::PackedScratch& packed);
  // REQUIRES: all is saved, so that no row is in the book.
  void TakeFingerprints();

  store::Database& scratch_;
  const int64_t watermark_;
  const Memory memory_;
  Book book_;
  store::Repository repository_;
  // Of the rows that are in the scratch store and not in the book: one is taken out when it is loaded, and added when
  // it is forgotten.
  FingerprintByTable elsewhere_;
  absl::Status passed_on_;  // the first error of those that take new rows or keep others
  std::optional<NewRows<Commission>> commissions_;
  std::optional<NewRows<Referral>> referrals_;
  std::optional<NewRows<ExternalKey>> ids_;
  std::optional<KeptRows<EarnerDay>> days_;
  Result result_;
  absl::Status status_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::unique_ptr<RecordChunk> given_;
  bool ended_ = false;    // no more is given
  bool stopped_ = false;  // no more is taken; status_ says why
  std::thread thread_;    // the last member: it uses the others
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_VERIFY_REBUILD_H_
