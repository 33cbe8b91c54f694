// The states of payouts, batches, partners and corrections as rows keep them. The numbers are stored and never change
// their meaning.
#ifndef TRAILBOOK_LEDGER_DOMAIN_PHASES_H_
#define TRAILBOOK_LEDGER_DOMAIN_PHASES_H_

namespace trailbook {

enum class BatchPhase { kDraft = 1, kSubmitted, kApproved, kExported, kSettling, kClosed, kCancelled };

enum class PayoutPhase { kPlanned = 1, kReserved, kSent, kSettled, kFailed, kReturned, kUnknown, kCancelled };

enum class PartnerPhase { kActive = 1, kDeactivated, kClosed, kBanned, kMerged };

enum class CorrectionPhase { kProposed = 1, kBooked, kRejected };

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_PHASES_H_
