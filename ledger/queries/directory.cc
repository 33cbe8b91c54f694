// Programs, partners and codes.
#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/attribution.h"
#include "ledger/domain/owner.h"
#include "ledger/domain/validate.h"
#include "ledger/queries/cursor.h"
#include "ledger/queries/queries.h"
#include "ledger/store/row_mapping.h"

namespace trailbook {
namespace {

// Cuts a page that was read one row too far, and names where to go on.
template <typename R, typename F>
std::string CutPage(std::vector<R>& rows, int64_t size, F&& cursor_of) {
  if (static_cast<int64_t>(rows.size()) <= size) return "";
  rows.resize(size);
  return absl::StrCat(cursor_of(rows.back()));
}

}  // namespace

Queries::Queries(store::Engine* engine, store::Database* db, absl::Time now)
    : engine_(engine), db_(db), now_(now), repository_(db, &book_) {}

absl::StatusOr<Queries::Place> Queries::Find(absl::string_view program_id) {
  const ProgramSlug* slug = book_.program_slugs.Get({std::string(program_id)});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (slug == nullptr) return NotFound("program", program_id);
  Place place;
  place.program = slug->program;
  TRAILBOOK_RETURN_IF_ERROR(AwaitRows(place.program));
  const Program& program = book_.programs.At({place.program});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  TRAILBOOK_ASSIGN_OR_RETURN(place.zone, LoadZone(program.zone));
  place.today = DayOf(now_, place.zone);
  place.closed_through = program.closed_through;
  return place;
}

absl::StatusOr<int64_t> Queries::FindPartner(const Place& place, absl::string_view partner_id) {
  const PartnerKey* key = book_.partner_keys.Get({place.program, std::string(partner_id)});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (key == nullptr) return NotFound("partner", partner_id);
  return key->partner;
}

absl::StatusOr<Day> Queries::DayOr(const Place& place, absl::string_view field, absl::string_view date) {
  if (date.empty()) return place.today;
  const auto day = ParseDay(date);
  if (!day.ok()) return InvalidField(field, day.status().message());
  return *day;
}

absl::StatusOr<std::string> Queries::ResolveDate(absl::string_view program_id, absl::string_view field,
                                                 absl::string_view date) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const Day day, DayOr(place, field, date));
  return FormatDay(day);
}

std::string Queries::PartnerId(int64_t program, int64_t partner) {
  return book_.partner_identities.At({program, partner}).partner_id;
}

ProgramView Queries::ViewOf(const Program& program) {
  ProgramView view{program.program_id, program.display_name, program.zone, program.create_time, {}, ""};
  if (program.closed_through != kFromEver) view.closed_through_date = FormatDay(program.closed_through);
  const auto zone = LoadZone(program.zone);
  if (zone.ok()) view.terms = ViewOf(TermsOn(book_, program.program, DayOf(now_, *zone)), 0);
  return view;
}

absl::StatusOr<ProgramView> Queries::GetProgram(absl::string_view program_id) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  return ViewOf(book_.programs.At({place.program}));
}

absl::StatusOr<Page<ProgramView>> Queries::ListPrograms(const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t after, NumberCursor(page.cursor, 0));
  TRAILBOOK_ASSIGN_OR_RETURN(
      std::vector<Program> rows,
      store::SelectRows<Program>(*db_, store::SelectFrom<Program>("WHERE program_id > $1 ORDER BY program_id LIMIT $2"),
                                 {after, page.size + 1}));
  Page<ProgramView> out;
  out.next = CutPage(rows, page.size, [](const Program& row) { return row.program; });
  for (const Program& row : rows) {
    book_.programs.Loaded(row);
    out.items.push_back(ViewOf(row));
  }
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

absl::StatusOr<Page<TermsView>> Queries::ListTerms(absl::string_view program_id, const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t after, NumberCursor(page.cursor, 0));
  TRAILBOOK_ASSIGN_OR_RETURN(
      std::vector<Terms> rows,
      store::SelectRows<Terms>(
          *db_, store::SelectFrom<Terms>("WHERE program_id = $1 AND version > $2 ORDER BY version LIMIT $3"),
          {place.program, after, page.size + 1}));
  Page<TermsView> out;
  out.next = CutPage(rows, page.size, [](const Terms& row) { return row.version; });
  for (const Terms& row : rows) out.items.push_back(ViewOf(row, 0));
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

PartnerView Queries::ViewOf(const Place& place, int64_t partner) {
  PartnerView view;
  view.number = partner;
  if (const PartnerIdentity* identity = book_.partner_identities.Get({place.program, partner})) {
    view.partner_id = identity->partner_id;
    view.display_name = identity->display_name;
    view.email = identity->email;
    view.country = identity->country;
  }
  if (const PayoutMethod* method = book_.payout_methods.Get({place.program, partner})) {
    view.method_type = method->type;
    view.method_account = method->account;
    view.method_editor = method->editor;
    view.settlement_currency = method->settlement_currency;
    view.method_blocked = method->blocked;
  }
  if (const Partner* row = book_.partners.Get({place.program, partner})) {
    view.create_time = row->create_time;
    view.state = static_cast<PartnerStateKind>(row->state);
    view.state_reason = row->state_reason;
    if (row->merged_into != 0) view.merged_into = PartnerId(place.program, row->merged_into);
    for (int64_t alias : FamilyOf(book_, place.program, partner)) {
      if (alias != partner) view.aliases.push_back(PartnerId(place.program, alias));
    }
    view.paying_customers = row->most_paying_customers;
  }
  const PartnerGroup* group =
      book_.partner_groups.Get({place.program, GroupOn(book_, place.program, partner, place.today)});
  if (group != nullptr) view.group_id = group->group_id;
  for (const Lowering& lowering : LoweringsOf(place.program, partner)) view.lowerings.push_back(ViewOf(lowering));
  const Promise promise = PromiseOn(book_, place.program, partner, place.today);
  if (promise.own_rate) view.rate_bps = promise.rate_bps;
  return view;
}

absl::StatusOr<PartnerView> Queries::GetPartner(absl::string_view program_id, absl::string_view partner_id) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t partner, FindPartner(place, partner_id));
  PartnerView view = ViewOf(place, partner);
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return view;
}

absl::StatusOr<Page<PartnerView>> Queries::ListPartners(absl::string_view program_id, const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t after, NumberCursor(page.cursor, 0));
  TRAILBOOK_ASSIGN_OR_RETURN(
      std::vector<Partner> rows,
      store::SelectRows<Partner>(
          *db_, store::SelectFrom<Partner>("WHERE program_id = $1 AND partner > $2 ORDER BY partner LIMIT $3"),
          {place.program, after, page.size + 1}));
  Page<PartnerView> out;
  out.next = CutPage(rows, page.size, [](const Partner& row) { return row.partner; });
  for (const Partner& row : rows) {
    book_.partners.Loaded(row);
    out.items.push_back(ViewOf(place, row.partner));
  }
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

CodeView Queries::ViewOf(int64_t program, const Code& code) {
  CodeView view;
  if (const CodeIdentity* identity = book_.code_identities.Get({program, code.code})) {
    view.code = identity->text;
    view.destination = identity->destination;
  }
  view.partner_id = PartnerId(program, code.partner);
  view.coupon = code.coupon;
  view.create_time = code.create_time;
  view.disable_time = code.disable_time;
  return view;
}

absl::StatusOr<CodeView> Queries::GetCode(absl::string_view program_id, absl::string_view code) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  const std::string folded = FoldCode(code);
  const CodeKey* key = book_.code_keys.Get({place.program, folded});
  const Code* row = key == nullptr ? nullptr : book_.codes.Get({place.program, key->code});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (row == nullptr) return NotFound("code", folded);
  return ViewOf(place.program, *row);
}

absl::StatusOr<CodeView> Queries::ResolveCode(absl::string_view program_id, absl::string_view code, int64_t time) {
  TRAILBOOK_ASSIGN_OR_RETURN(CodeView view, GetCode(program_id, code));
  const int64_t at = time == 0 ? absl::ToUnixSeconds(now_) : time;
  if (view.disable_time != 0 && at >= view.disable_time) return NotFound("code", view.code);
  return view;
}

absl::StatusOr<Page<CodeView>> Queries::ListCodes(absl::string_view program_id, absl::string_view partner_id,
                                                  const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t after, NumberCursor(page.cursor, 0));
  int64_t partner = 0;
  if (!partner_id.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(partner, FindPartner(place, partner_id));
  }
  TRAILBOOK_ASSIGN_OR_RETURN(
      std::vector<Code> rows,
      store::SelectRows<Code>(
          *db_,
          store::SelectFrom<Code>(
              "WHERE program_id = $1 AND code > $2 AND ($3 = 0 OR partner = $3) ORDER BY code LIMIT $4"),
          {place.program, after, partner, page.size + 1}));
  Page<CodeView> out;
  out.next = CutPage(rows, page.size, [](const Code& row) { return row.code; });
  for (const Code& row : rows) out.items.push_back(ViewOf(place.program, row));
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

}  // namespace trailbook
