// Where records are made: an entry gathers a record and its legs, and Emit gives it its sequence, checks that it
// balances and that no balance overflows or falls below zero, encodes it once, and applies it to the book at once. What
// Emit refused changed nothing. Not thread-safe: belongs to the thread that writes.
#ifndef TRAILBOOK_LEDGER_DOMAIN_JOURNAL_H_
#define TRAILBOOK_LEDGER_DOMAIN_JOURNAL_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "ledger/domain/book.h"
#include "ledger/domain/commission.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// The head of a program's log as the journal goes on from it.
struct EmittedRecord {
  int64_t program = 0;
  int64_t sequence = 0;
  std::string body;  // the bytes that are stored and hashed
};

// Gives the number of records in a program's log.
class LogSizes {
 public:
  virtual ~LogSizes() = default;
  virtual int64_t SizeOf(int64_t program) = 0;
};

// A currency of a partner, for legs on his accounts.
struct EarnerRef {
  int64_t partner = 0;
  Currency currency;
};

class Journal {
 public:
  Journal(Book* book, LogSizes* sizes) : book_(book), sizes_(sizes) {}

  // The moment and the person of the records that follow.
  void SetContext(int64_t now_micros, std::string actor) {
    now_micros_ = now_micros;
    actor_ = std::move(actor);
  }
  int64_t now_seconds() const { return now_micros_ / 1000000; }
  const std::string& actor() const { return actor_; }

  // A record to fill in; valid until the next Start.
  log::v1::Record& Start(int64_t program, Day event_day);
  // Adds legs, those of a closed period on its first open day: partner accounts are those of `earner`; the details name
  // the cash or in-transit account among the debits and credits.
  void AddLegs(const std::vector<Leg>& legs, const EarnerRef& earner, const std::string& debit_detail = "",
               const std::string& credit_detail = "");
  // Adds legs from one partner to another: debits are on `debited`'s accounts, credits on `credited`'s.
  void AddTransfer(const std::vector<Leg>& legs, const EarnerRef& debited, const EarnerRef& credited);
  // Seals the record. OUT_OF_RANGE with OVERFLOW if a balance would not fit; INTERNAL if the entry does not balance,
  // does not post what its record says (postings.h), or a balance that may not be negative would be. Returns its
  // sequence.
  absl::StatusOr<int64_t> Emit();

  std::vector<EmittedRecord>& emitted() { return emitted_; }
  void Clear() { emitted_.clear(); }

 private:
  absl::Status Check();
  // Nothing books inside a closed period: then on the first open day (RULES 5).
  Day OpenDay(Day day) const;
  int64_t NextSequence(int64_t program);

  Book* book_;
  LogSizes* sizes_;
  int64_t now_micros_ = 0;
  std::string actor_;
  log::v1::Record record_;
  std::vector<EmittedRecord> emitted_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_JOURNAL_H_
