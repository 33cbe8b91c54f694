// Receipts: that one record is in a log whose checkpoint was signed, for whoever keeps the file and trusts nobody (C2SP
// tlog-proof). The extra line holds the record's stored bytes, so that the file is all that is needed beside the log's
// key. Thread-safe: values and functions only.
#ifndef TRAILBOOK_LEDGER_LOG_RECEIPT_H_
#define TRAILBOOK_LEDGER_LOG_RECEIPT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "ledger/log/checkpoint.h"
#include "ledger/log/proof.h"

namespace trailbook::log {

struct Receipt {
  int64_t index = 0;  // the record's sequence less one
  Proof proof;
  std::string record;  // stored bytes; believed only after Open
  std::string note;    // the signed checkpoint, as it was signed

  std::string Text() const;
  // INVALID_ARGUMENT with BAD_RECEIPT.
  static absl::StatusOr<Receipt> Parse(absl::string_view text);
};

// The checkpoint that the receipt's record is proved in. INVALID_ARGUMENT with BAD_RECEIPT, BAD_NOTE, BAD_SIGNATURE or
// BAD_PROOF.
absl::StatusOr<Checkpoint> OpenReceipt(const Receipt& receipt, absl::Span<const VerifierKey> keys);

}  // namespace trailbook::log

#endif  // TRAILBOOK_LEDGER_LOG_RECEIPT_H_
