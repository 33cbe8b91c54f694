// The program that a command is for. Functions only; the thread of the Book.
#ifndef TRAILBOOK_LEDGER_JOBS_FIND_PROGRAM_H_
#define TRAILBOOK_LEDGER_JOBS_FIND_PROGRAM_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/domain/book.h"

namespace trailbook {

struct FoundProgram {
  int64_t program = 0;
  absl::TimeZone zone;  // of its books
};

// NOT_FOUND if there is no program of that id.
absl::StatusOr<FoundProgram> FindProgram(Book& book, const std::string& program_id);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_JOBS_FIND_PROGRAM_H_
