// What a batch of reports needs, asked for in bulk before it is decided. Asking for too little costs single loads, never a wrong result.
#ifndef TRAILBOOK_LEDGER_PREFETCH_H_
#define TRAILBOOK_LEDGER_PREFETCH_H_

#include <string>
#include <vector>

#include "ledger/domain/book.h"
#include "ledger/domain/commands.h"

namespace trailbook {

// Wants the next rows that can be named from what is loaded; call again after each load.
void WantForReports(Book& book, const std::string& program_id, const std::vector<Report>& reports);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_PREFETCH_H_
