// Reports that cannot be recorded yet (RULES 3): they wait beside the ledger for a sign-up, for a payment, or for their
// day, and are taken again, in the order of their event times, when that comes. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_PARKING_H_
#define TRAILBOOK_LEDGER_DOMAIN_PARKING_H_

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "ledger/domain/book.h"
#include "ledger/domain/commands.h"

namespace trailbook {

// The keys that parked reports wait for.
Hash128 WaitForCustomer(absl::string_view customer_id);
Hash128 WaitForPayment(absl::string_view payment_or_alias_id);

// Under what a report is parked: its id and state.
Hash128 ParkedId(const Report& report);

int64_t TimeOf(const Report& report);

// A report's bytes and back. E-mails become digests under `secret` on the way.
std::string EncodeReport(const Report& report, absl::string_view secret);
Report DecodeReport(absl::string_view bytes);

// The digest of a normalised e-mail; empty for an empty one.
std::string EmailDigest(absl::string_view email, absl::string_view secret);
// That of a sign-up, whether it was kept meanwhile or not.
std::string EmailDigest(const SignUpReport& report, absl::string_view secret);

class Parking {
 public:
  Parking(Book* book, int64_t program) : book_(book), program_(program) {}

  // The report as it is parked already under the same id and state, or nullptr.
  const Parked* Find(const Report& report);
  // True if the parked one says the same (for refunds and disputes whatever the time; aliases of a payment are no
  // content).
  bool SameContent(const Parked& parked, const Report& report);
  // A parked payment told again with further aliases takes them, as a recorded one does.
  void AddAliases(const Parked& parked, const PaymentReport& report);
  // Parks; exactly one of wait_key and due_day is given.
  void Park(const Report& report, const Hash128& wait_key, Day due_day);
  // What waits for a key; each is removed.
  std::vector<Parked> Release(const Hash128& wait_key);
  // What waits for a day up to `today`; each is removed.
  std::vector<Parked> ReleaseDue(Day today);
  // Drops what was parked of events before a time (seconds). Returns how many. REQUIRES: the command runs alone.
  int64_t Purge(int64_t before_time);
  // Drops one.
  void Drop(const Parked& parked);
  // Keeps a released report that could not be recorded, with the reason, for people to look at.
  void KeepRefused(Parked parked, absl::string_view reason);

 private:
  std::vector<Parked> Remove(std::vector<Parked> found);

  Book* book_;
  int64_t program_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_PARKING_H_
