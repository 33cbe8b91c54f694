// Programs, partners, codes, the clock, sweeps and payouts; the reports are in generator_reports.cc.
#include "tests/model/generator.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tests/model/methods.h"

namespace trailbook::model {

namespace {

constexpr int64_t kDay = 86400;
const std::vector<std::string> kPeople = {"ann", "bob", "cat"};

}  // namespace

Generator::Generator(uint64_t seed, Style style, int commands, bool people)
    : random_(seed), style_(style), commands_(commands), people_(people), model_(absl::UTCTimeZone()) {}

int64_t Generator::Pick(int64_t least, int64_t most) {
  return least + static_cast<int64_t>(random_() % static_cast<uint64_t>(most - least + 1));
}

bool Generator::Chance(int percent) { return Pick(1, 100) <= percent; }

void Generator::Add(Command command) {
  const bool queued = command.kind == Command::Kind::kReports || command.kind == Command::Kind::kMutation;
  const bool after = !sequence_.commands.empty() && (sequence_.commands.back().kind == Command::Kind::kReports ||
                                                     sequence_.commands.back().kind == Command::Kind::kMutation);
  // An approval needs the content hash of what came before it.
  const bool approval = std::holds_alternative<ApprovePayoutBatch>(command.mutation);
  command.joined = queued && after && !approval && Chance(40);
  switch (command.kind) {
    case Command::Kind::kClock: now_ += command.seconds; break;
    case Command::Kind::kSweep: model_.RunMaturity(command.through, now_); break;
    case Command::Kind::kReports:
      for (const Report& report : command.reports) model_.Apply(report, now_);
      break;
    case Command::Kind::kMutation:
      model_.Apply(command.mutation, {command.request_id, ContentOf(command.mutation)}, command.actor, now_);
      break;
  }
  sequence_.commands.push_back(std::move(command));
}

void Generator::AddMutation(Mutation mutation) {
  Command command = Change(One(kPeople), absl::StrCat("q", ++requests_), std::move(mutation));
  mutations_.push_back(command);
  Add(std::move(command));
}

Sequence Generator::Make() {
  static const std::vector<std::string> zones = {"UTC", "UTC", "Asia/Kolkata", "America/New_York"};
  sequence_.zone = One(zones);
  sequence_.any_order = style_ == Style::kAnyOrder;
  sequence_.in_order = style_ == Style::kInOrder;
  zone_ = *LoadZone(sequence_.zone);
  model_ = Model(zone_);
  sequence_.start = now_ = 1767225600 + Pick(0, 200 * kDay);
  payouts_ = style_ != Style::kAnyOrder && Chance(70);
  self_referrals_ = Chance(30);
  // Most sequences are of reports, some of what people decide.
  operations_ = Chance(20) ? 15 : 6;
  decisions_ = Chance(30) ? 30 : 6;
  payout_steps_ = Chance(30) ? 40 : 17;
  merges_ = Chance(25) ? 20 : 2;
  converts_ = Chance(35);
  frauds_ = payouts_ && people_ && Chance(25);
  if (frauds_) decisions_ = 40;
  partner_count_ = static_cast<int>(Pick(1, 4));
  customers_ = static_cast<int>(Pick(1, 6));
  universe_ = static_cast<int>(std::max<int64_t>(4, commands_ / Pick(2, 8)));
  static const std::vector<int64_t> scales = {3, 100, 100, 10000, 10000, 1000000000000000};
  scale_ = One(scales);
  currencies_ = Chance(60) ? std::vector<std::string>{"USD"} : std::vector<std::string>{"USD", "EUR", "JPY"};
  Founding();
  int64_t made = CountCommands(sequence_);
  while (made < commands_) {
    const int64_t dice = Pick(1, 100);
    if (dice <= 14) {
      AddClock();
    } else if (dice <= 18) {
      Add(Sweep(Chance(70) ? "" : SomeDate(20, Chance(80) ? 0 : 1)));
    } else if (dice <= 18 + operations_ && style_ != Style::kAnyOrder) {
      AddOperation();
    } else if (dice <= 18 + operations_ + decisions_ && style_ != Style::kAnyOrder && people_) {
      AddDecision();
    } else if (dice <= 18 + operations_ + decisions_ + payout_steps_ && payouts_) {
      AddPayoutStep();
    } else {
      AddReports();
    }
    made = CountCommands(sequence_);
  }
  return std::move(sequence_);
}

void Generator::Founding() {
  AddMutation(CreateProgram{"p", "Program", sequence_.zone, SomeTerms()});
  if (style_ != Style::kAnyOrder && Chance(30)) AddMutation(CreateGroup{"p", "g1", "Group", SomeGroupTerms()});
  if (converts_ && style_ != Style::kAnyOrder) {
    for (int64_t rates = Pick(6, 20); rates > 0; --rates) AddFxRate("p");
  }
  for (int partner = 1; partner <= partner_count_; ++partner) {
    AddMutation(CreatePartner{"p", SomePartner(absl::StrCat("p", partner))});
  }
  // Mostly somebody is bound from the beginning, so that payments earn while there is time for payouts.
  if (style_ == Style::kAnyOrder || Chance(30)) return;
  for (int customer = 1; customer <= customers_; ++customer) {
    if (!Chance(60)) continue;
    SignUpReport sign_up;
    sign_up.customer_id = absl::StrCat("c", customer);
    sign_up.partner_id = absl::StrCat("p", Pick(1, partner_count_));
    sign_up.time = now_ - (style_ == Style::kInOrder ? 0 : Pick(0, 60 * kDay));
    sign_ups_[sign_up.customer_id] = sign_up;
    Add(Reports({sign_up}));
  }
}

TermsSpec Generator::SomeTerms() {
  static const std::vector<int64_t> rates = {1000, 1000, 750, 500, 999, 1, 0, 333};
  static const std::vector<int64_t> holds = {0, 1, 7, 30, 30, 30, 366};
  TermsSpec terms;
  terms.rate_bps = One(rates);
  terms.hold_days = frauds_ ? Pick(0, 1) : One(holds);
  if (Chance(40)) terms.attribution_window_days = Pick(1, 40);
  if (Chance(30)) terms.minimums.push_back({"USD", Pick(1, 10) * std::max<int64_t>(1, scale_ / 10)});
  if (Chance(15)) terms.duration_months = Pick(1, 4);
  if (style_ == Style::kAnyOrder) return terms;
  if (Chance(25)) {
    for (int64_t tier = 1, from = Pick(1, 2); tier <= Pick(1, 3); ++tier, from += Pick(1, 2)) {
      const int64_t before = terms.tiers.empty() ? terms.rate_bps : terms.tiers.back().rate_bps;
      terms.tiers.push_back({from, Pick(before, 1000)});
    }
  }
  for (const std::string& currency : currencies_) {
    if (Chance(15)) terms.sign_up_bonuses.push_back({currency, Pick(1, std::max<int64_t>(1, scale_ / 10))});
  }
  terms.follow = Chance(20);
  return terms;
}

TermsSpec Generator::SomeGroupTerms() {
  TermsSpec terms = SomeTerms();
  if (Chance(95)) {
    terms.minimums.clear();
    terms.attribution_window_days = 0;
  }
  return terms;
}

// Mostly none; else a currency that the method may or may not pay.
std::string Generator::SomeSettlement() {
  static const std::vector<std::string> currencies = {"USD", "EUR", "JPY"};
  return Chance(converts_ ? 85 : 3) ? One(currencies) : "";
}

void Generator::AddFxRate(const std::string& program) {
  static const std::vector<std::string> currencies = {"USD", "EUR", "JPY"};
  static const std::vector<std::string> rates = {"1",        "0.5",         "0.9",     "1.08", "155.25",
                                                 "0.006441", "0.000000001", "83.2154", "0",    "1,5"};
  AddMutation(SetFxRate{program, One(currencies), One(currencies), One(rates), Chance(97) ? "the bank" : "",
                        Chance(80) ? 0 : now_ + Pick(-kDay, 10)});
}

// Groups of partners and their terms, and what only a person may lower.
void Generator::AddPromise(const std::string& program, const std::string& partner) {
  const std::string group = absl::StrCat("g", Pick(1, 2));
  const int64_t dice = model_.groups().empty() && Chance(70) ? 1 : Pick(1, 6);
  switch (dice) {
    case 1: return AddMutation(CreateGroup{program, group, "Group", SomeGroupTerms()});
    case 2: {
      TermsSpec terms = SomeGroupTerms();
      if (Chance(50)) terms.effective_date = SomeDate(Chance(20) ? 2 : 0, 10);
      return AddMutation(PublishGroupTerms{program, group, terms});
    }
    case 3:
    case 4:
    case 5:
      return AddMutation(SetPartnerGroup{program, partner, Chance(70) ? group : "",
                                         Chance(50) ? "" : SomeDate(Chance(20) ? 2 : 0, 10)});
    default: {
      static const std::vector<int64_t> rates = {0, 50, 100, 300, 1001};
      return AddMutation(LowerRate{program, Chance(30) ? "" : partner, One(rates),
                                   Chance(50) ? "" : SomeDate(Chance(20) ? 2 : 0, 10), Chance(95) ? "ticket" : "",
                                   Chance(95)});
    }
  }
}

std::pair<std::string, std::string> Generator::SomeMethod() {
  static const std::vector<std::string> types = {"paypal", "paypal", "paypal", "paypal", "ach", "sepa", "none"};
  const std::string type = One(types);
  return {type, type == "none" ? "" : One(GoodAccounts(type))};
}

PartnerSpec Generator::SomePartner(const std::string& id) {
  PartnerSpec spec;
  spec.partner_id = id;
  spec.display_name = absl::StrCat("Partner ", id);
  if (Chance(50)) spec.email = absl::StrCat(id, "@example.com");
  std::tie(spec.method_type, spec.method_account) = SomeMethod();
  if (spec.method_type == "paypal") spec.settlement_currency = SomeSettlement();
  static const std::vector<int64_t> rates = {0, 1, 250, 1000};
  if (Chance(30)) spec.rate_bps = One(rates);
  if (Chance(20) && !model_.groups().empty()) spec.group_id = absl::StrCat("g", Pick(1, 2));
  if (Chance(60)) spec.link_code = absl::StrCat("link-", id);
  if (Chance(40)) spec.coupon_code = absl::StrCat("coupon-", id);
  for (const std::string& code : {spec.link_code, spec.coupon_code}) {
    if (!code.empty()) codes_.push_back(code);
  }
  return spec;
}

std::string Generator::SomeDate(int64_t back, int64_t ahead) {
  return FormatDay(DayOf(now_, zone_) + static_cast<Day>(Pick(-back, ahead)));
}

std::string Generator::SomeCode() {
  if (codes_.empty() || Chance(20)) return absl::StrCat("code-", Pick(1, 4));
  const std::string code = One(codes_);
  return Chance(20) ? absl::StrCat(" ", absl::AsciiStrToUpper(code), " ") : code;
}

void Generator::AddClock() {
  const int64_t dice = Pick(1, 10);
  if (dice <= 3) return Add(Clock(Pick(1, 23 * 3600)));
  if (dice <= 6) return Add(Clock(Pick(1, 9 * kDay)));
  Add(Clock(Pick(20 * kDay, 70 * kDay)));
}

// Terms, rates, methods and codes; some of it refused, some of it a repetition.
void Generator::AddOperation() {
  const std::string partner = absl::StrCat("p", Pick(1, partner_count_ + (Chance(10) ? 1 : 0)));
  const std::string program = Chance(97) ? "p" : "another";
  if (Chance(35)) return AddPromise(program, partner);
  if (Chance(converts_ ? 30 : 3)) return AddFxRate(program);
  switch (Pick(1, 9)) {
    case 1: {
      TermsSpec terms = SomeTerms();
      if (Chance(50)) terms.effective_date = SomeDate(Chance(20) ? 2 : 0, 10);
      if (Chance(10)) terms.rate_bps = 1001;
      if (Chance(10)) terms.tiers.push_back({1, terms.rate_bps - 1});
      return AddMutation(PublishTerms{program, terms});
    }
    case 2:
    case 3: {
      static const std::vector<int64_t> rates = {0, 100, 1000, 1000, 1001, -1};
      return AddMutation(
          SetPartnerRate{program, partner, One(rates), Chance(50) ? "" : SomeDate(Chance(20) ? 2 : 0, 10)});
    }
    case 4: {
      auto [type, account] = SomeMethod();
      static const std::vector<std::string> bad = {
          "", "account", "DE98370400440532013000", "021000012/1", "HDFC9945215/1", "one@two@mail.example"};
      if (Chance(15)) account = type == "none" ? "account" : One(bad);
      return AddMutation(SetPayoutMethod{program, partner, type, account, SomeSettlement()});
    }
    case 5: {
      const std::string code = absl::StrCat("code-", Pick(1, 4));
      codes_.push_back(code);
      return AddMutation(CreateCode{program, Chance(10) ? "not a code" : code, partner, "", Chance(50)});
    }
    case 6: return AddMutation(DisableCode{program, SomeCode()});
    case 7: {
      if (partner_count_ < 5 && Chance(50)) {
        ++partner_count_;
        return AddMutation(CreatePartner{program, SomePartner(absl::StrCat("p", partner_count_))});
      }
      return AddMutation(CreatePartner{program, SomePartner(partner)});
    }
    default: {
      if (mutations_.empty()) return;
      Command again = One(mutations_);
      again.joined = false;
      if (Chance(30)) again.mutation = PublishTerms{"p", SomeTerms()};  // the id of another request
      return Add(std::move(again));
    }
  }
}

// One that waits for a decision (or that was booked), where there is one; sometimes any.
int64_t Generator::SomeCorrection(bool booked) {
  const auto& corrections = model_.corrections();
  std::vector<int64_t> fit;
  for (size_t at = 0; at < corrections.size(); ++at) {
    if (!corrections[at].rejected && corrections[at].booked == booked) fit.push_back(static_cast<int64_t>(at) + 1);
  }
  return fit.empty() || Chance(15) ? Pick(1, static_cast<int64_t>(corrections.size()) + 1) : One(fit);
}

int64_t Generator::WaitingCorrections() const {
  return std::count_if(model_.corrections().begin(), model_.corrections().end(),
                       [](const CorrectionModel& one) { return !one.booked && !one.rejected; });
}

// A ban, what is forfeited under it, and what of that is undone.
void Generator::AddFraudStep() {
  if (WaitingCorrections() > 0 && Chance(70)) {
    return AddMutation(DecideCorrection{"p", SomeCorrection(false), Chance(90), "ticket"});
  }
  std::vector<std::string> suspects, banned;
  std::vector<ProposeCorrection> forfeitures;
  for (int at = 0; at < static_cast<int>(model_.partners().size()); ++at) {
    const PartnerState& partner = model_.partners()[static_cast<size_t>(at)];
    const bool is_banned = partner.state == PartnerStateKind::kBanned;
    if (is_banned) banned.push_back(partner.id);
    for (const std::string& currency : currencies_) {
      const Balances has = model_.BalancesAt(at, currency, model_.Today(now_));
      if (has.held + has.payable == 0) continue;
      if (is_banned) {
        forfeitures.push_back({"p", CorrectionKind::kForfeiture, partner.id, currency, 0, 0, "ticket", ""});
      }
      // Rather one of whom only a part is left of what was paid to him otherwise.
      const bool fits = partner.state == PartnerStateKind::kActive &&
                        (has.held > 0 && has.reserved + has.paid > 0 ? Chance(70) : Chance(15));
      if (fits) suspects.push_back(partner.id);
    }
  }
  if (!forfeitures.empty() && Chance(60)) return AddMutation(One(forfeitures));
  if (!suspects.empty() && Chance(60)) {
    return AddMutation(SetPartnerState{"p", One(suspects), PartnerStateKind::kBanned, "ticket"});
  }
  if (!banned.empty() && Chance(30)) {
    return AddMutation(SetPartnerState{"p", One(banned), PartnerStateKind::kActive, "ticket"});
  }
  if (Chance(20)) {
    return AddMutation(
        ProposeCorrection{"p", CorrectionKind::kReversal, "", "", 0, SomeCorrection(true), "ticket", ""});
  }
  return Chance(50) ? AddPayoutStep() : AddReports();
}

// Corrections, partners that leave and come back, reviews, referrals that move.
void Generator::AddDecision() {
  if (frauds_ && Chance(70)) return AddFraudStep();
  const std::string partner = absl::StrCat("p", Pick(1, partner_count_ + (Chance(5) ? 1 : 0)));
  const std::vector<std::string> reviewed = model_.InReview();
  const std::string customer = self_referrals_ && Chance(20) ? "p1" : absl::StrCat("c", Pick(1, customers_));
  const std::string reason = Chance(95) ? "ticket" : "";
  if (!reviewed.empty() && Chance(35)) return AddMutation(DecideReview{"p", One(reviewed), Chance(40), reason});
  if (WaitingCorrections() > 0 && Chance(40)) {
    return AddMutation(DecideCorrection{"p", SomeCorrection(false), Chance(85), reason});
  }
  for (const PartnerState& one : model_.partners()) {
    if (one.state != PartnerStateKind::kBanned || !Chance(20)) continue;
    return AddMutation(ProposeCorrection{"p", CorrectionKind::kForfeiture, one.id, One(currencies_), 0, 0, reason, ""});
  }
  if (style_ == Style::kWild && Chance(8)) {
    if (Chance(80)) Add(Sweep(""));
    return AddMutation(ClosePeriod{"p", Chance(95) ? SomeDate(40, Chance(90) ? -1 : 0) : "yesterday"});
  }
  if (Chance(merges_)) {
    return AddMutation(MergePartner{"p", partner, absl::StrCat("p", Pick(1, partner_count_)), reason});
  }
  if (Chance(8)) return AddMutation(PurgeParked{"p", Chance(50) ? 0 : SomeTime(), reason});
  switch (Pick(1, 8)) {
    case 1:
    case 2: {
      static const std::vector<CorrectionKind> kinds = {CorrectionKind::kAdjustment, CorrectionKind::kAdjustment,
                                                        CorrectionKind::kWriteOff,   CorrectionKind::kRepayment,
                                                        CorrectionKind::kReversal,   CorrectionKind::kForfeiture};
      ProposeCorrection proposal{"p", One(kinds), partner, One(currencies_), Pick(-scale_, scale_ * 2), 0, reason, ""};
      if (proposal.kind == CorrectionKind::kReversal) proposal.reverses = SomeCorrection(true);
      if (proposal.kind == CorrectionKind::kRepayment || proposal.kind == CorrectionKind::kWriteOff) {
        proposal.amount = Pick(0, Chance(70) ? scale_ / 10 + 1 : scale_);
      }
      return AddMutation(proposal);
    }
    case 3:
    case 4: return AddMutation(DecideCorrection{"p", SomeCorrection(false), Chance(80), reason});
    case 5: {
      static const std::vector<PartnerStateKind> states = {PartnerStateKind::kActive, PartnerStateKind::kActive,
                                                           PartnerStateKind::kDeactivated, PartnerStateKind::kClosed,
                                                           PartnerStateKind::kBanned};
      return AddMutation(SetPartnerState{"p", partner, One(states), reason});
    }
    case 6: return AddMutation(DecideReview{"p", customer, Chance(40), reason});
    default: return AddMutation(ReassignReferral{"p", customer, partner, reason, Chance(70)});
  }
}

bool Generator::PaysAnybody(const std::string& currency, Day cutoff) const {
  const std::vector<Planned> plans = model_.Plan(currency, cutoff, now_);
  return std::any_of(plans.begin(), plans.end(), [](const Planned& plan) { return plan.left_out.empty(); });
}

// A batch in a currency in which somebody would be paid, where there is one.
void Generator::AddBatch() {
  std::vector<std::string> worth;
  for (const std::string& currency : currencies_) {
    if (PaysAnybody(currency, model_.Today(now_))) worth.push_back(currency);
  }
  if (worth.empty() && Chance(90)) return AddClock();
  const std::string cutoff = Chance(75) ? "" : SomeDate(30, Chance(90) ? 0 : 1);
  const std::string currency = Chance(2) ? "XXQ" : worth.empty() || Chance(10) ? One(currencies_) : One(worth);
  AddMutation(CreatePayoutBatch{"p", currency, cutoff, Chance(5) ? "" : Chance(80) ? "main" : "second"});
}

// Mostly what a batch needs next, sometimes anything.
void Generator::AddPayoutStep() {
  const auto& batches = model_.batches();
  std::vector<int64_t> open;
  for (size_t at = 0; at < batches.size(); ++at) {
    const BatchState state = batches[at].state;
    if (state == BatchState::kCancelled || state == BatchState::kClosed) continue;
    const bool waits = state == BatchState::kDraft && !PaysAnybody(batches[at].currency, batches[at].cutoff);
    if (!waits || Chance(5)) open.push_back(static_cast<int64_t>(at) + 1);
  }
  if (open.empty() || Chance(10)) {
    if (batches.empty() || Chance(85)) return AddBatch();
  }
  const int64_t last = static_cast<int64_t>(batches.size());
  const int64_t number = !open.empty() && Chance(85) ? One(open) : Pick(1, last + 1);
  const BatchState state = number > last ? BatchState::kDraft : batches[static_cast<size_t>(number) - 1].state;
  if (Chance(4)) return AddMutation(CancelPayoutBatch{"p", number, Chance(90) ? "a mistake" : ""});
  if (Chance(88)) {
    switch (state) {
      case BatchState::kDraft: return AddMutation(SubmitPayoutBatch{"p", number});
      case BatchState::kSubmitted: return AddMutation(ApprovePayoutBatch{"p", number, Chance(95) ? "" : "another"});
      case BatchState::kApproved: return AddMutation(ExportPayoutBatch{"p", number});
      default: return AddResult(number);
    }
  }
  switch (Pick(1, 4)) {
    case 1: return AddMutation(SubmitPayoutBatch{"p", number});
    case 2: return AddMutation(ApprovePayoutBatch{"p", number, ""});
    case 3: return AddMutation(ExportPayoutBatch{"p", number});
    default: return AddResult(number);
  }
}

void Generator::AddResult(int64_t number) {
  static const std::vector<PayoutResultKind> results = {
      PayoutResultKind::kSettled,  PayoutResultKind::kSettled,  PayoutResultKind::kSettled, PayoutResultKind::kFailed,
      PayoutResultKind::kReturned, PayoutResultKind::kReturned, PayoutResultKind::kUnknown};
  const std::string date = style_ == Style::kInOrder || Chance(70) ? "" : SomeDate(5, Chance(90) ? 0 : 1);
  const auto& batches = model_.batches();
  const size_t at = static_cast<size_t>(number) - 1;
  const int64_t payouts = at < batches.size() ? static_cast<int64_t>(batches[at].payouts.size()) : 0;
  const int64_t payout = payouts == 0 || Chance(5) ? Pick(1, 3) : Pick(1, payouts);
  AddMutation(RecordPayoutResult{"p", number, payout, One(results), Chance(97) ? "statement" : "", date});
}

}  // namespace trailbook::model
