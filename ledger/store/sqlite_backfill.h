// Moves what is committed from the WAL to its places in the database's file, while the writer commits on.
//
// A checkpoint of the writer's own makes whoever waits for a commit wait for its copying and its fsync. Here both
// happen beside it, on a connection that does nothing else, and the writer's own checkpoint, which alone lets the WAL
// begin anew, finds only what came meanwhile. That is safe with SQLite 3.40.1, which may lose commits if one connection
// begins the WAL anew while another checkpoints (https://sqlite.org/wal.html#walresetbug): until it ends, a reader of
// the moment at which it began keeps every connection from doing so.
#ifndef TRAILBOOK_LEDGER_STORE_SQLITE_BACKFILL_H_
#define TRAILBOOK_LEDGER_STORE_SQLITE_BACKFILL_H_

#include <sqlite3.h>

#include <future>
#include <memory>
#include <string>

namespace trailbook::store {

// Thread safety: one thread at a time calls.
class SqliteBackfill {
 public:
  // Opens the file when it is first needed.
  explicit SqliteBackfill(std::string path) : path_(std::move(path)) {}
  // Waits for what is under way.
  ~SqliteBackfill();

  // Begins to move what is committed by now. REQUIRES: nothing is under way.
  void Start();
  // Whether something was started and not taken back yet.
  bool UnderWay() const { return moved_.valid(); }
  bool IsDone() const;
  // Waits for the end. How many pages of the WAL, from its first, are in the file and synced; 0 if it failed, or a
  // commit was in the way: SQLITE_BUSY in the middle of one, or nothing moved of a WAL that had just begun anew. That
  // may be tried again, on whatever connection. REQUIRES: something is under way.
  int Take() { return moved_.get(); }

 private:
  using Connection = std::unique_ptr<sqlite3, int (*)(sqlite3*)>;

  bool Open(Connection& connection) const;
  int Move();

  const std::string path_;
  Connection keeper_{nullptr, sqlite3_close}, mover_{nullptr, sqlite3_close};
  std::future<int> moved_;
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_SQLITE_BACKFILL_H_
