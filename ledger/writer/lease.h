// Who writes a program's log where several daemons share a store: a lease for each program, taken by the first daemon
// that is asked to write, renewed while it runs, free for others when it ends. Time is the database's. A daemon that
// was paused past its lease is found out by DemandLease, within the transaction that would have written: it compares
// the lease's epoch, and holds its row until the commit. Not thread-safe: a Leases belongs to the thread that decides,
// the functions to that of their Database.
#ifndef TRAILBOOK_LEDGER_WRITER_LEASE_H_
#define TRAILBOOK_LEDGER_WRITER_LEASE_H_

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

// A lease as whoever writes under it shows it.
struct Lease {
  int64_t program = 0;
  std::string holder;
  int64_t epoch = 0;      // 0: it is not held
  int64_t watermark = 0;  // how far the program's tables followed its log when the holder last wrote them
};

// Renews a lease, if nobody else has had it since it was taken, on a database that shows the rows that were written
// under it; in a write transaction nobody else will have it before its end either. False: it is lost, or the database
// is behind. True also says that everything committed before is as safe as the store makes it. Errors of the driver.
absl::StatusOr<bool> KeepLease(store::Database& db, const Lease& lease);
// The same within a transaction that fails if the lease is lost: UNAVAILABLE, with this call or a later one (see
// store::Database::Defer).
absl::Status DemandLease(store::Database& db, const Lease& lease);

class Leases {
 public:
  // `address`: where this daemon answers, for those who came to another one. The database is not owned.
  Leases(store::Database* db, std::string address);

  // Which lease the commands of a program need: its number; kDirectoryLease if they name none, -1 if it is not there.
  // Errors of the driver.
  absl::StatusOr<int64_t> ProgramOf(const std::string& program_id);
  // The same if it was asked for before, else -1.
  int64_t KnownProgram(const std::string& program_id) const;
  // Takes the lease, or keeps it. True if it was not held a moment ago: what is known in memory of the program may be
  // old. UNAVAILABLE with HELD_ELSEWHERE and the holder's address if another daemon has it; errors of the driver.
  // Outside a transaction, unless the lease is fresh.
  absl::StatusOr<bool> Ensure(int64_t program);
  // The programs that somebody has the lease of now.
  absl::StatusOr<std::set<int64_t>> InForce();
  // Whether this daemon had the lease when it last asked.
  bool Holds(int64_t program) const { return held_.contains(program); }
  // Whether it was renewed so lately that Ensure need not ask the database.
  bool IsFresh(int64_t program) const;
  // What a transaction shows that writes under it.
  Lease Of(int64_t program) const;
  // A transaction that began at this moment, or later, has kept it.
  void WasKept(int64_t program, absl::Time asked);
  // Renews what is held and not fresh, and knows then what is lost.
  absl::Status Renew();
  // The same for all that is held.
  absl::Status RenewAll();
  // Lets go of everything, so that others need not wait.
  void Release();

 private:
  struct Held {
    int64_t epoch = 0;
    absl::Time renewed;  // by this machine's clock, before the database was asked
  };
  absl::StatusOr<int64_t> Take(int64_t program);
  absl::Status RenewOlderThan(absl::Duration age);
  absl::Status HeldByOther(int64_t program);

  store::Database* db_;
  const std::string holder_, address_;
  std::map<int64_t, Held> held_;
  std::map<std::string, int64_t> programs_;  // numbers by id
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_WRITER_LEASE_H_
