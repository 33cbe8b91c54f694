// Statements on their way to a PostgreSQL server, sent at once and answered later: libpq's pipeline mode
// (https://www.postgresql.org/docs/15/libpq-pipeline-mode.html). A transaction whose writes need no answer before its
// end so costs a round trip or two, however many statements it has.
//
// Invariant: whatever was sent is followed by a Sync before anybody waits or does something else. A server that waits
// for the rest of a pipeline heeds neither idle_in_transaction_session_timeout nor statement_timeout: a daemon that is
// paused there would keep its locks. Thread safety: one thread at a time, as the connection.
#ifndef TRAILBOOK_LEDGER_STORE_POSTGRES_PIPELINE_H_
#define TRAILBOOK_LEDGER_STORE_POSTGRES_PIPELINE_H_

#include <libpq-fe.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/store/postgres_connection.h"

namespace trailbook::store {

// The values of a statement's parameters, as libpq takes them. What they point to must stay until the statement is
// sent.
struct Arguments {
  std::vector<const char*> values;
  std::vector<int> lengths, formats;
};

class Pipeline final {
 public:
  // Takes the result of a statement that succeeded.
  using Sink = std::function<absl::Status(Result)>;
  // The error of a statement; the result is null where none came.
  using ErrorMaker = std::function<absl::Status(const PGresult*, absl::string_view sql)>;

  // The connection is not owned.
  Pipeline(PGconn* connection, ErrorMaker error) : connection_(connection), error_(std::move(error)) {}

  // Sends a statement that the server knows by name; `sql` (its text, for errors) must stay until its answer is
  // collected. Nothing is asked of the answer if the sink is null. After a failure the connection is of no use any
  // more.
  absl::Status Send(const std::string& name, absl::string_view sql, const Arguments& arguments, Sink sink);
  // The same for a text without parameters.
  absl::Status SendText(const char* sql, Sink sink);
  // Ends what was sent since the last end: if one of these fails, the server passes over the rest of them.
  absl::Status End();
  // Whether answers are to be collected.
  bool empty() const { return sent_.empty(); }
  // Waits for the answers of all that was sent and gives each to its sink, in order. The first failure, of a statement
  // or of a sink; no sink is called after one. REQUIRES: what was sent was ended.
  absl::Status Collect();
  // The same without the sinks.
  void Drop();

 private:
  struct Sent {
    absl::string_view sql;
    Sink sink;
    bool end = false;
  };

  absl::Status Enter();
  absl::Status Flush();
  absl::Status TakeAnswer(const Sent& sent, bool wanted);

  PGconn* connection_;
  ErrorMaker error_;
  std::vector<Sent> sent_;
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_POSTGRES_PIPELINE_H_
