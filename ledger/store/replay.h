// Records of a stored log, read again, and into a book: by the projector that wrote the tables, for whoever begins to
// write where another stopped (see watermark.h). Functions only; the thread of the Database.
#ifndef TRAILBOOK_LEDGER_STORE_REPLAY_H_
#define TRAILBOOK_LEDGER_STORE_REPLAY_H_

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "ledger/domain/book.h"
#include "ledger/store/repository.h"
#include "ledger/store/sql.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook::store {

// Calls `visit` with the sequence and the bytes of each record after `after` up to `through`, in order, until it
// returns false.
absl::Status ForEachRecord(Database& db, int64_t program, int64_t after, int64_t through,
                           absl::FunctionRef<bool(int64_t, absl::string_view)> visit);

// Projects the records after `after` up to `through` on a book that stands where record `after` left it; its rows are
// changed, not written. `repository` loads what the book has not, in bulk as far as the records name it. DATA_LOSS with
// LEDGER_DAMAGED if a record is missing or is none, or a row that one changes is missing.
absl::Status Replay(Database& db, int64_t program, int64_t after, int64_t through, Repository& repository, Book& book);

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_REPLAY_H_
