// What a batch of reports or an import of partners needs, asked for in bulk before it is decided. Asking for too little
// costs single loads, never a wrong result.
#ifndef TRAILBOOK_LEDGER_JOBS_PREFETCH_H_
#define TRAILBOOK_LEDGER_JOBS_PREFETCH_H_

#include <string>
#include <vector>

#include "ledger/base/hash.h"
#include "ledger/domain/book.h"
#include "ledger/domain/commands.h"

namespace trailbook {

// What some reports need. Not thread-safe.
class ReportPrefetch {
 public:
  // Hashes the ids once, on the caller's thread. `reports` must outlive it.
  explicit ReportPrefetch(const std::vector<Report>& reports);

  // Wants the next rows that can be named from what is loaded; call again after each load. A report whose rows are all
  // there is not looked at again, unless `anew`: what was loaded may be gone.
  void Want(Book& book, const std::string& program_id, bool anew);

 private:
  struct Ids {
    const Report* report;
    Hash128 own;      // of a payment, alias, refund or dispute
    Hash128 subject;  // the customer of a sign-up or payment, the payment of the others
    Hash128 parked;   // under which it may wait already
  };
  std::vector<Ids> ids_;
  size_t open_ = 0;  // of the first so many not everything is there
};

// Wants the next rows that rows of an import need: who has their ids and codes, and what is known of those partners.
// What will be refused is not asked for: a store may not even take it as text.
void WantPartners(Book& book, const std::string& program_id, const std::vector<PartnerSpec>& rows);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_JOBS_PREFETCH_H_
