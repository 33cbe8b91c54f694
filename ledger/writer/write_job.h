// A command on its way through the writer. Not thread-safe: it belongs to whoever holds it.
#ifndef TRAILBOOK_LEDGER_WRITER_WRITE_JOB_H_
#define TRAILBOOK_LEDGER_WRITER_WRITE_JOB_H_

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "ledger/domain/book.h"
#include "ledger/domain/journal.h"

namespace trailbook {

// What a command is decided on.
struct WriteContext {
  Book* book;
  Journal* journal;
  int64_t now_seconds;
};

// `decide` may run more than once (a batch that failed is tried again); only `finish` answers, once.
struct WriteJob {
  std::string program_id;  // empty: it makes a program
  int64_t weight = 1;      // how many events it carries
  bool alone = false;      // runs in a transaction of its own: it asks for lists of what is stored
  bool rows_may_wait =
      false;  // its records are answered once they are in the log; their rows may follow with a later commit
  std::string actor;
  absl::Time deadline = absl::InfiniteFuture();  // not begun after it
  // May be empty; called until the book wants nothing more, `anew` the first time of each try.
  std::function<void(Book&, bool anew)> prefetch;
  // Not OK: the command failed after it had recorded something; its whole transaction is dropped and `finish` gets the
  // status.
  std::function<absl::Status(WriteContext&)> decide;
  std::function<void(absl::Status)> finish;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_WRITE_JOB_H_
