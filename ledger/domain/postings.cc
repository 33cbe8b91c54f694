#include "ledger/domain/postings.h"

#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "ledger/domain/owner.h"

namespace trailbook {
namespace {

using log::v1::Record;

// What a record says of a commission.
struct Stated {
  int64_t commission = 0;  // 0: one that this record makes
  int64_t partner = 0;     // of one that it makes
  int64_t booked = 0;      // after it
};

std::optional<Stated> StatedBy(const Record& record) {
  switch (record.kind_case()) {
    case Record::kPaymentRecorded:
      return Stated{0, record.payment_recorded().partner(), record.payment_recorded().state().booked()};
    case Record::kBonusAccrued:
      return Stated{0, record.bonus_accrued().partner(), record.bonus_accrued().state().booked()};
    case Record::kRefundRecorded:
      return Stated{record.refund_recorded().commission(), 0, record.refund_recorded().state().booked()};
    case Record::kDisputeRecorded:
      return Stated{record.dispute_recorded().commission(), 0, record.dispute_recorded().state().booked()};
    case Record::kHoldRecomputed:
      return Stated{record.hold_recomputed().commission(), 0, record.hold_recomputed().state().booked()};
    case Record::kCommissionForfeited:
      return Stated{record.commission_forfeited().commission(), 0, record.commission_forfeited().state().booked()};
    case Record::kForfeitureUndone:
      return Stated{record.forfeiture_undone().commission(), 0, record.forfeiture_undone().state().booked()};
    case Record::kBonusChanged:
      return Stated{record.bonus_changed().commission(), 0, record.bonus_changed().state().booked()};
    case Record::kCommissionTransferred:
      return Stated{record.commission_transferred().commission(), 0, record.commission_transferred().state().booked()};
    default: return std::nullopt;
  }
}

// What commissions and bonuses cost the company by an entry.
__int128 CostOf(const Record& record) {
  __int128 cost = 0;
  for (const log::v1::Posting& posting : record.postings()) {
    const auto kind = static_cast<AccountKind>(posting.account());
    const bool costs = kind == AccountKind::kCommissionExpense || kind == AccountKind::kSignupBonusExpense ||
                       kind == AccountKind::kCommissionReversed;
    if (costs) cost += posting.amount();
  }
  return cost;
}

// REQUIRES: balances are int64, and so is whatever differs from them by an entry of a sound log.
std::string Figure(__int128 amount) {
  return amount > INT64_MAX || amount < INT64_MIN ? "more than 64 bits" : absl::StrCat(static_cast<int64_t>(amount));
}

// The partner of a leg who is neither `partner` nor the one that he was merged into; 0 if there is none.
int64_t StrangerIn(const Record& record, int64_t partner, Book& book) {
  for (const log::v1::Posting& posting : record.postings()) {
    const bool his = posting.partner() == 0 || posting.partner() == partner ||
                     posting.partner() == OwnerOf(book, record.program(), partner);
    if (!his) return posting.partner();
  }
  return 0;
}

}  // namespace

__int128 PostedTo(const Record& record, AccountKind account) {
  __int128 sum = 0;
  for (const log::v1::Posting& posting : record.postings()) {
    if (posting.account() == static_cast<int32_t>(account)) sum += posting.amount();
  }
  return sum;
}

std::string FindMisposting(const Record& record) {
  const __int128 cost = CostOf(record);
  const std::optional<Stated> stated = StatedBy(record);
  if (record.has_matured() && PostedTo(record, AccountKind::kCommissionPending) != record.matured().amount()) {
    return absl::StrCat("it takes ", Figure(PostedTo(record, AccountKind::kCommissionPending)),
                        " from pending, and says that ", record.matured().amount(), " matured");
  }
  if (!stated.has_value()) {
    const bool may_cost = record.has_correction_booked() ||
                          record.kind_case() == Record::KIND_NOT_SET;  // which says nothing (entry_check.h)
    return cost == 0 || may_cost ? ""
                                 : absl::StrCat("it posts ", Figure(cost), " to what commissions cost, and names none");
  }
  if (stated->commission != 0 || cost == stated->booked) return "";
  return absl::StrCat("it posts ", Figure(cost), " to what commissions cost, and says that its commission is ",
                      stated->booked);
}

std::string FindMisposting(const Record& record, Book& book) {
  std::string alone = FindMisposting(record);
  const std::optional<Stated> stated = StatedBy(record);
  if (!alone.empty() || !stated.has_value()) return alone;
  int64_t partner = stated->partner;
  if (stated->commission != 0) {
    const Commission& before = book.commissions.At({record.program(), stated->commission});
    partner = before.partner;
    const __int128 cost = CostOf(record), change = __int128{stated->booked} - before.booked;
    if (cost != change) {
      return absl::StrCat("it posts ", Figure(cost), " to what commissions cost, and says that commission ",
                          stated->commission, " changes by ", Figure(change));
    }
  }
  if (record.has_commission_transferred()) return "";  // between two partners
  const int64_t stranger = StrangerIn(record, partner, book);
  return stranger == 0
             ? ""
             : absl::StrCat("it posts to partner ", stranger, ", and its commission is that of partner ", partner);
}

}  // namespace trailbook
