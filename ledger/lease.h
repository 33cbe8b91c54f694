// Who writes a program's log where several daemons share a store: a lease for each program, taken by the first daemon that is asked to write,
// renewed while it runs, free for others when it ends. Time is the database's. A daemon that was paused past its lease is found out by Confirm,
// within the transaction that would have written: it compares the lease's epoch, and holds its row until the commit.
// Not thread-safe: belongs to the writer's thread.
#ifndef TRAILBOOK_LEDGER_LEASE_H_
#define TRAILBOOK_LEDGER_LEASE_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/store/sql.h"

namespace trailbook {

// The lease under which programs are made.
inline constexpr int64_t kDirectoryLease = 0;

class Leases {
 public:
  // `address`: where this daemon answers, for those who came to another one. The database is not owned.
  Leases(store::Database* db, std::string address);

  // Takes the lease, or keeps it. True if it was not held a moment ago: what is known in memory of the program may be old. UNAVAILABLE with
  // HELD_ELSEWHERE and the holder's address if another daemon has it; errors of the driver. Outside a transaction.
  absl::StatusOr<bool> Ensure(int64_t program);
  // The programs that somebody has the lease of now.
  absl::StatusOr<std::set<int64_t>> InForce();
  // Whether this daemon had the lease when it last asked.
  bool Holds(int64_t program) const { return held_.contains(program); }
  // Within a write transaction: nobody else has had the lease since Ensure, nor will before the end of the transaction. UNAVAILABLE else.
  absl::Status Confirm(int64_t program);
  // Renews one lease at once. When the answer came, everything that was committed before is as safe as the store makes it.
  absl::Status Prove(int64_t program);
  // Renews what is held, once a third of its time is over.
  absl::Status Renew();
  // Lets go of everything, so that others need not wait.
  void Release();

 private:
  struct Held {
    int64_t epoch = 0;
    absl::Time renewed;  // by this machine's clock, before the database was asked
  };
  absl::StatusOr<int64_t> Take(int64_t program);
  absl::Status HeldByOther(int64_t program);

  store::Database* db_;
  const std::string holder_, address_;
  std::map<int64_t, Held> held_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_LEASE_H_
