// The states of payouts and batches as rows keep them. The numbers are stored and never change their meaning.
#ifndef TRAILBOOK_LEDGER_DOMAIN_PHASES_H_
#define TRAILBOOK_LEDGER_DOMAIN_PHASES_H_

namespace trailbook {

enum class BatchPhase { kDraft = 1, kSubmitted, kApproved, kExported, kSettling, kClosed, kCancelled };

enum class PayoutPhase {
  kPlanned = 1,
  kReserved,
  kSent,
  kSettled,
  kFailed,
  kReturned,
  kUnknown,
  kCancelled
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_PHASES_H_
