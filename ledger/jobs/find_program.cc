#include "ledger/jobs/find_program.h"

#include "ledger/base/day.h"
#include "ledger/base/status.h"

namespace trailbook {

absl::StatusOr<FoundProgram> FindProgram(Book& book, const std::string& program_id) {
  const ProgramSlug* slug = book.program_slugs.Get({program_id});
  if (slug == nullptr) return NotFound("program", program_id);
  TRAILBOOK_ASSIGN_OR_RETURN(const absl::TimeZone zone, LoadZone(book.programs.At({slug->program}).zone));
  return FoundProgram{slug->program, zone};
}

}  // namespace trailbook
