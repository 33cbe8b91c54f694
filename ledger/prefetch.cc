#include "ledger/prefetch.h"

#include "absl/time/time.h"
#include "ledger/base/day.h"
#include "ledger/domain/external_ids.h"

namespace trailbook {
namespace {

class Wanter {
 public:
  Wanter(Book& book, int64_t program, absl::TimeZone zone) : book_(book), program_(program), zone_(zone) {}

  void operator()(const SignUpReport& r) { WantCustomer(r.customer_id); }
  void operator()(const PaymentReport& r) {
    const ExternalKey::Key id{program_, ExternalIdKey(IdKind::kPayment, r.payment_id)};
    if (!Known(book_.external_keys, id)) {
      WantCustomer(r.customer_id);
      return;
    }
    if (const ExternalKey* known = book_.external_keys.Get(id)) {
      book_.commissions.Want({program_, known->commission});
      return;
    }
    const Referral* referral = WantCustomer(r.customer_id);
    if (referral == nullptr) return;
    const Day day = DayOf(r.time, zone_);
    WantEarner(*referral, r.collected.currency, day, day + static_cast<Day>(referral->hold_days));
  }
  void operator()(const AliasReport& r) {
    book_.external_keys.Want({program_, ExternalIdKey(IdKind::kPayment, r.alias_id)});
    WantPayment(r.payment_id);
  }
  void operator()(const RefundReport& r) {
    book_.external_keys.Want({program_, ExternalIdKey(IdKind::kRefund, r.refund_id)});
    WantPayment(r.payment_id);
  }
  void operator()(const DisputeReport& r) {
    book_.external_keys.Want({program_, ExternalIdKey(IdKind::kDispute, r.dispute_id)});
    WantPayment(r.payment_id);
  }

 private:
  // True if the row was loaded (or is known to be absent); else it is wanted now.
  template <typename R>
  bool Known(Table<R>& table, const typename R::Key& key) {
    if (table.Knows(key)) return true;
    table.Want(key);
    return false;
  }

  const Referral* WantCustomer(const std::string& customer_id) {
    const CustomerKey::Key key{program_, ExternalIdKey(IdKind::kCustomer, customer_id)};
    if (!Known(book_.customer_keys, key)) return nullptr;
    const CustomerKey* customer = book_.customer_keys.Get(key);
    if (customer == nullptr) return nullptr;
    const Referral::Key referral{program_, customer->customer};
    return Known(book_.referrals, referral) ? book_.referrals.Get(referral) : nullptr;
  }

  void WantEarner(const Referral& referral, const std::string& currency, Day day, Day matures_on) {
    book_.earners.Want({program_, referral.partner, currency});
    book_.earner_days.Want({program_, referral.partner, currency, day});
    book_.earner_days.Want({program_, referral.partner, currency, matures_on});
    book_.partner_identities.Want({program_, referral.partner});
  }

  void WantPayment(const std::string& payment_id) {
    const ExternalKey::Key key{program_, ExternalIdKey(IdKind::kPayment, payment_id)};
    if (!Known(book_.external_keys, key)) return;
    const ExternalKey* payment = book_.external_keys.Get(key);
    if (payment == nullptr) return;
    const Commission::Key commission{program_, payment->commission};
    if (!Known(book_.commissions, commission)) return;
    const Commission& c = *book_.commissions.Get(commission);
    book_.referrals.Want({program_, c.customer});
    book_.earners.Want({program_, c.partner, c.currency});
    book_.earner_days.Want({program_, c.partner, c.currency, c.matures_on});
  }

  Book& book_;
  int64_t program_;
  absl::TimeZone zone_;
};

}  // namespace

void WantForReports(Book& book, const std::string& program_id, const std::vector<Report>& reports) {
  const ProgramSlug* slug = book.program_slugs.Get({program_id});
  if (slug == nullptr) return;
  const auto zone = LoadZone(book.programs.Get({slug->program})->zone);
  if (!zone.ok()) return;
  Wanter wanter(book, slug->program, *zone);
  for (const Report& report : reports) std::visit(wanter, report);
}

}  // namespace trailbook
