// What waits for the writer: commands, and readers of rows that are not in the tables yet. Thread-safe; Next is for the
// one thread that decides.
#ifndef TRAILBOOK_LEDGER_WRITER_WRITE_QUEUE_H_
#define TRAILBOOK_LEDGER_WRITER_WRITE_QUEUE_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ledger/writer/write_job.h"

namespace trailbook {

class WriteQueue {
 public:
  // Weights count events: how many may wait, how many are decided at once at most.
  WriteQueue(int64_t max_queued, int64_t batch_weight) : max_queued_(max_queued), batch_weight_(batch_weight) {}

  // ---- for callers ----
  // RESOURCE_EXHAUSTED with QUEUE_FULL at once (through finish) if too much waits, UNAVAILABLE after Stop.
  void Submit(WriteJob job);
  // Calls `then` once the rows of all records that were answered are written: at once, or by LetReadersIn.
  // RESOURCE_EXHAUSTED with QUEUE_FULL if too many wait.
  void WhenSaved(std::function<void(absl::Status)> then);
  // Takes no more commands.
  void Stop();

  // ---- for the writer ----
  // What the writer has in hand already.
  struct InHand {
    int64_t decided = 0;     // weight of what is decided and not passed on
    int64_t passed_on = 0;   // weight of what is being committed
    bool under_way = false;  // a commit is, on another thread
  };
  // Commands to decide next: none if there is something else to do (a commit ended, readers wait, Stop) or `longest` is
  // over. One that runs alone comes alone. No more than half of all that waits or is in hand, so that the thread that
  // decides and the one that commits both have work, but `least` at least.
  std::vector<WriteJob> Next(const InHand& in_hand, int64_t least, absl::Duration longest);
  // Ends the wait of Next while a commit is under way.
  void CommitEnded();
  bool IsStoppedAndEmpty();

  // More records that are stored, and whose rows are not written: told before they are answered.
  void RowsWait(int64_t records);
  // How many there were ever, and how many of them have no rows yet.
  int64_t recorded();
  int64_t unsaved();
  void SetUnsaved(int64_t records);
  // The rows of the first so many are written: whoever waits for no others reads.
  void Saved(int64_t records);
  bool ReadersWait();
  // All that was answered is written, or cannot be.
  void LetReadersIn(const absl::Status& status);
  // Rows that are unwritten now will not be written any more by this writer.
  void Close();

 private:
  const int64_t max_queued_, batch_weight_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::deque<WriteJob> queue_;
  int64_t queued_ = 0;
  bool stopped_ = false, closed_ = false;
  bool commit_ended_ = false;
  int64_t recorded_ = 0, saved_ = 0;  // records ever, and those whose rows are written
  struct Reader {
    int64_t waits_for = 0;  // as many records to be saved
    std::function<void(absl::Status)> then;
  };
  std::deque<Reader> readers_;  // in the order of what they wait for
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_WRITE_QUEUE_H_
