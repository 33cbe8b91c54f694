#include "ledger/jobs/prefetch.h"

#include <algorithm>
#include <functional>

#include "absl/time/time.h"
#include "ledger/base/day.h"
#include "ledger/domain/external_ids.h"
#include "ledger/domain/parking.h"
#include "ledger/domain/validate.h"
#include "ledger/jobs/find_program.h"

namespace trailbook {
namespace {

class Wanter {
 public:
  Wanter(Book& book, int64_t program, absl::TimeZone zone) : book_(book), program_(program), zone_(zone) {}

  // Each wants the next rows that can be named. True: there is nothing more to ask for.
  bool WantCustomer(const Hash128& id, const Referral** referral) {
    *referral = nullptr;
    const CustomerKey::Key key{program_, id};
    if (!book_.customer_keys.Want(key)) return false;
    const CustomerKey* customer = book_.customer_keys.Get(key);
    if (customer == nullptr) return true;
    const Referral::Key referral_key{program_, customer->customer};
    if (!book_.referrals.Want(referral_key)) return false;
    *referral = book_.referrals.Get(referral_key);
    return true;
  }

  // The report itself, if it waits already, and what waits for it.
  bool WantParked(const Hash128& id, const Hash128* waiting) {
    if (book_.parked_count == 0) return true;
    bool has_all = true;
    if (waiting != nullptr) {
      const Book::WaitKey key{program_, *waiting};
      const auto stored = book_.stored_parked.find(key);
      has_all = stored != book_.stored_parked.end();
      if (!has_all) {
        book_.wanted_parked.insert(key);
      } else {
        for (const int64_t number : stored->second) book_.parked.Want({program_, number});
      }
    }
    const ParkedKey::Key key{program_, id};
    if (!book_.parked_keys.Want(key)) return false;
    if (const ParkedKey* parked = book_.parked_keys.Get(key)) book_.parked.Want({program_, parked->number});
    return has_all;
  }

  bool WantClick(const Hash128& id) {
    book_.clicks.Want({program_, id});
    return true;
  }

  bool WantPayment(const PaymentReport& report, const Hash128& id, const Hash128& customer_id) {
    const Referral* referral = nullptr;
    const bool has_customer = WantCustomer(customer_id, &referral);
    const ExternalKey::Key key{program_, id};
    if (!book_.external_keys.Want(key)) return false;
    if (const ExternalKey* known = book_.external_keys.Get(key)) {
      book_.commissions.Want({program_, known->commission});
      return has_customer;
    }
    if (referral == nullptr) return has_customer;
    const Day day = DayOf(report.time, zone_);
    const Day matures_on = day + static_cast<Day>(referral->hold_days);
    const Earner::Key earner{program_, referral->partner, report.collected.currency};
    book_.earner_days.Want({program_, day, referral->partner, report.collected.currency});
    book_.earner_days.Want({program_, matures_on, referral->partner, report.collected.currency});
    book_.partner_identities.Want({program_, referral->partner});
    book_.partners.Want({program_, referral->partner});
    book_.paying_customers.Want(PayingCustomers::KeyOf(program_, referral->customer));
    if (!book_.earners.Want(earner)) return false;
    if (const Earner* known = book_.earners.Get(earner)) {
      for (const Day due : known->due_days.Between(kFromEver, day)) {
        book_.earner_days.Want({program_, due, known->partner, known->currency});
      }
    }
    return true;
  }

  bool WantGivenBack(const Hash128& own, const Hash128& payment_id) {
    book_.external_keys.Want({program_, own});
    const ExternalKey::Key key{program_, payment_id};
    if (!book_.external_keys.Want(key)) return false;
    const ExternalKey* payment = book_.external_keys.Get(key);
    if (payment == nullptr) return true;
    const Commission::Key commission{program_, payment->commission};
    if (!book_.commissions.Want(commission)) return false;
    const Commission& c = book_.commissions.At(commission);
    book_.referrals.Want({program_, c.customer});
    book_.partners.Want({program_, c.partner});
    book_.earners.Want({program_, c.partner, c.currency});
    book_.earner_days.Want({program_, c.matures_on, c.partner, c.currency});
    return true;
  }

 private:
  Book& book_;
  int64_t program_;
  absl::TimeZone zone_;
};

}  // namespace

ReportPrefetch::ReportPrefetch(const std::vector<Report>& reports) {
  ids_.reserve(reports.size());
  for (const Report& report : reports) {
    Ids ids{&report, {}, {}, {}};
    if (const auto* sign_up = std::get_if<SignUpReport>(&report)) {
      ids.subject = ExternalIdKey(IdKind::kCustomer, sign_up->customer_id);
    } else if (const auto* payment = std::get_if<PaymentReport>(&report)) {
      ids.own = ExternalIdKey(IdKind::kPayment, payment->payment_id);
      ids.subject = ExternalIdKey(IdKind::kCustomer, payment->customer_id);
    } else if (const auto* alias = std::get_if<AliasReport>(&report)) {
      ids.own = ExternalIdKey(IdKind::kPayment, alias->alias_id);
      ids.subject = ExternalIdKey(IdKind::kPayment, alias->payment_id);
    } else if (const auto* refund = std::get_if<RefundReport>(&report)) {
      ids.own = ExternalIdKey(IdKind::kRefund, refund->refund_id);
      ids.subject = ExternalIdKey(IdKind::kPayment, refund->payment_id);
    } else if (const auto* click = std::get_if<ClickReport>(&report)) {
      ids.own = ExternalIdKey(IdKind::kClick, click->click_id);
    } else if (const auto* dispute = std::get_if<DisputeReport>(&report)) {
      ids.own = ExternalIdKey(IdKind::kDispute, dispute->dispute_id);
      ids.subject = ExternalIdKey(IdKind::kPayment, dispute->payment_id);
    }
    ids.parked =
        std::holds_alternative<PaymentReport>(report) ? ids.own : ParkedId(report);  // a payment waits under its own id
    ids_.push_back(ids);
  }
}

void ReportPrefetch::Want(Book& book, const std::string& program_id, bool anew) {
  if (anew) open_ = ids_.size();
  if (open_ == 0) return;
  const auto found = FindProgram(book, program_id);
  if (!found.ok()) return;  // deciding says so
  Wanter wanter(book, found->program, found->zone);
  const auto has_all = [&wanter](const Ids& ids) {
    const Referral* referral = nullptr;
    if (std::holds_alternative<ClickReport>(*ids.report)) return wanter.WantClick(ids.own);
    if (const auto* sign_up = std::get_if<SignUpReport>(ids.report)) {
      if (!sign_up->click_id.empty()) wanter.WantClick(ExternalIdKey(IdKind::kClick, sign_up->click_id));
      const bool has_parked = wanter.WantParked(ids.parked, &ids.subject);
      return wanter.WantCustomer(ids.subject, &referral) && has_parked;
    }
    if (const auto* payment = std::get_if<PaymentReport>(ids.report)) {
      const bool has_parked = wanter.WantParked(ids.parked, &ids.own);
      return wanter.WantPayment(*payment, ids.own, ids.subject) && has_parked;
    }
    const bool has_parked =
        wanter.WantParked(ids.parked, std::holds_alternative<AliasReport>(*ids.report) ? &ids.own : nullptr);
    return wanter.WantGivenBack(ids.own, ids.subject) && has_parked;
  };
  const auto end = ids_.begin() + static_cast<std::ptrdiff_t>(open_);
  open_ = static_cast<size_t>(std::partition(ids_.begin(), end, std::not_fn(has_all)) - ids_.begin());
}

void WantPartners(Book& book, const std::string& program_id, const std::vector<PartnerSpec>& rows) {
  const ProgramSlug* slug = book.program_slugs.Get({program_id});
  if (slug == nullptr) return;
  const int64_t program = slug->program;
  const auto want_code = [&book, program](const std::string& code) {
    const CodeKey::Key key{program, FoldCode(code)};
    if (!CheckCode("code", std::get<1>(key)).ok()) return;
    if (!book.code_keys.Want(key)) return;
    if (const CodeKey* known = book.code_keys.Get(key)) {
      book.codes.Want({program, known->code});
    }
  };
  for (const PartnerSpec& row : rows) {
    want_code(row.link_code);
    want_code(row.coupon_code);
    const PartnerKey::Key key{program, row.partner_id};
    if (!CheckResourceId("partner_id", row.partner_id, 64).ok()) continue;
    if (!book.partner_keys.Want(key)) continue;
    if (const PartnerKey* known = book.partner_keys.Get(key)) {
      book.partners.Want({program, known->partner});
      book.partner_identities.Want({program, known->partner});
      book.payout_methods.Want({program, known->partner});
    }
  }
}

}  // namespace trailbook
