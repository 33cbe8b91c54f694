// Payout batches, payouts and the payment file.
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/domain/money.h"
#include "ledger/domain/payout_plan.h"
#include "ledger/domain/phases.h"
#include "ledger/queries/cursor.h"
#include "ledger/queries/queries.h"
#include "ledger/store/row_mapping.h"

namespace trailbook {
namespace {

// What views of payouts name, in bulk.
void LoadFor(Book& book, const std::vector<Payout>& payouts) {
  for (const Payout& payout : payouts) {
    book.payout_destinations.Want(payout.key());
    book.partner_identities.Want({payout.program, payout.partner});
  }
  book.lists->LoadWantedRows();
}

// One field of RFC 4180. What a spreadsheet would take for a formula gets a quote before it.
std::string CsvField(absl::string_view text) {
  std::string field(text);
  if (!field.empty() && absl::StrContains("=+-@\t\r", field.substr(0, 1))) field.insert(0, "'");
  if (field.find_first_of(",\"\r\n") == std::string::npos) return field;
  return absl::StrCat("\"", absl::StrReplaceAll(field, {{"\"", "\"\""}}), "\"");
}

// "1499.00": minor units as a decimal, for banks.
std::string Decimal(int64_t minor_units, absl::string_view currency) {
  std::string text = FormatMoney(minor_units, currency).substr(4);
  return absl::StrReplaceAll(text, {{",", ""}});
}

}  // namespace

BatchView Queries::ViewOf(const PayoutBatch& batch) {
  BatchView view;
  view.batch = batch.batch;
  view.currency = batch.currency;
  view.cutoff_date = FormatDay(batch.cutoff_day);
  view.funding_account = batch.funding_account;
  view.content_hash_hex = Hex(batch.content_hash.bytes);
  view.preparer = batch.preparer;
  view.approver = batch.approver;
  view.state = static_cast<BatchState>(batch.state);
  view.total = batch.total;
  view.payout_count = batch.payout_count;
  view.create_time = batch.create_time;
  view.totals = {batch.total,     batch.settled,
                 batch.returned,  batch.failed,
                 batch.cancelled, batch.total - batch.settled - batch.returned - batch.failed - batch.cancelled};
  return view;
}

PayoutView Queries::ViewOf(const Payout& payout) {
  PayoutView view;
  view.batch = payout.batch;
  view.payout = payout.payout;
  view.partner_id = PartnerId(payout.program, payout.partner);
  view.method_type = payout.method_type;
  view.evidence = payout.evidence;
  view.after_failure = payout.after_failure;
  view.settlement = {payout.settlement_currency, payout.settlement_amount};
  view.fx_rate = payout.fx_rate;
  view.retry_of_batch = payout.retry_of_batch;
  view.retry_of_payout = payout.retry_of_payout;
  view.currency = payout.currency;
  view.amount = payout.amount;
  view.line_count = payout.line_count;
  view.state = static_cast<PayoutState>(payout.state);
  const PayoutDestination* to = book_.payout_destinations.Get({payout.program, payout.batch, payout.payout});
  if (to != nullptr) {
    view.display_name = to->display_name;
    view.method_account = to->account;
  }
  return view;
}

absl::StatusOr<BatchContentView> Queries::PreviewBatch(absl::string_view program_id, absl::string_view currency,
                                                       absl::string_view cutoff) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_RETURN_IF_ERROR(CheckCurrency("payout_batch.currency_code", currency));
  TRAILBOOK_ASSIGN_OR_RETURN(const Day day, DayOr(place, "payout_batch.cutoff_date", cutoff));
  if (day > place.today) {
    return InvalidField("payout_batch.cutoff_date", absl::StrCat(cutoff, " is after today, ", FormatDay(place.today)));
  }
  BatchContentView view;
  view.batch.currency = std::string(currency);
  view.batch.cutoff_date = FormatDay(day);
  TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<PlannedPayout> plans,
                             PlanPayouts(book_, place.program, view.batch.currency, day, place.today));
  for (const PlannedPayout& plan : plans) {
    const PartnerView partner = ViewOf(place, plan.partner);
    if (!plan.left_out.empty()) {
      view.left_out.push_back({partner.partner_id, plan.left_out, plan.why, view.batch.currency, plan.amount});
      continue;
    }
    PayoutView payout;
    payout.payout = static_cast<int64_t>(view.payouts.size()) + 1;
    payout.partner_id = partner.partner_id;
    payout.display_name = partner.display_name;
    payout.method_type = partner.method_type;
    payout.method_account = partner.method_account;
    payout.currency = view.batch.currency;
    payout.amount = plan.amount;
    payout.settlement = {plan.settlement_currency, plan.settlement_amount};
    payout.fx_rate = plan.fx_rate;
    payout.retry_of_batch = plan.retry_of_batch;
    payout.retry_of_payout = plan.retry_of_payout;
    payout.line_count = static_cast<int64_t>(plan.lines.size());
    view.batch.total += plan.amount;
    view.payouts.push_back(std::move(payout));
  }
  view.batch.payout_count = static_cast<int64_t>(view.payouts.size());
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return view;
}

absl::StatusOr<BatchView> Queries::GetBatch(absl::string_view program_id, int64_t batch) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  const PayoutBatch* row = book_.payout_batches.Get({place.program, batch});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (row == nullptr) return NotFound("payout batch", absl::StrCat(batch));
  return ViewOf(*row);
}

absl::StatusOr<Page<BatchView>> Queries::ListBatches(absl::string_view program_id, const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t before, NumberCursor(page.cursor, INT64_MAX));
  TRAILBOOK_ASSIGN_OR_RETURN(
      std::vector<PayoutBatch> rows,
      store::SelectRows<PayoutBatch>(
          *db_, store::SelectFrom<PayoutBatch>("WHERE program_id = $1 AND batch < $2 ORDER BY batch DESC LIMIT $3"),
          {place.program, before, page.size + 1}));
  Page<BatchView> out;
  if (static_cast<int64_t>(rows.size()) > page.size) {
    rows.resize(page.size);
    out.next = absl::StrCat(rows.back().batch);
  }
  for (const PayoutBatch& row : rows) out.items.push_back(ViewOf(row));
  return out;
}

absl::StatusOr<Page<PayoutView>> Queries::ListPayouts(absl::string_view program_id, int64_t batch,
                                                      const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const BatchView view, GetBatch(program_id, batch));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t after, NumberCursor(page.cursor, 0));
  Page<PayoutView> out;
  if (view.state == BatchState::kDraft) {
    TRAILBOOK_ASSIGN_OR_RETURN(BatchContentView plan, PreviewBatch(program_id, view.currency, view.cutoff_date));
    for (PayoutView& payout : plan.payouts) {
      if (payout.payout <= after) continue;
      if (static_cast<int64_t>(out.items.size()) == page.size) {
        out.next = absl::StrCat(out.items.back().payout);
        break;
      }
      payout.batch = batch;
      out.items.push_back(std::move(payout));
    }
    return out;
  }
  TRAILBOOK_ASSIGN_OR_RETURN(
      std::vector<Payout> rows,
      store::SelectRows<Payout>(
          *db_,
          store::SelectFrom<Payout>("WHERE program_id = $1 AND batch = $2 AND payout > $3 ORDER BY payout LIMIT $4"),
          {place.program, batch, after, page.size + 1}));
  if (static_cast<int64_t>(rows.size()) > page.size) {
    rows.resize(page.size);
    out.next = absl::StrCat(rows.back().payout);
  }
  LoadFor(book_, rows);
  for (const Payout& row : rows) out.items.push_back(ViewOf(row));
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return out;
}

absl::StatusOr<PayoutView> Queries::GetPayout(absl::string_view program_id, int64_t batch, int64_t payout) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  const Payout* row = book_.payouts.Get({place.program, batch, payout});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (row == nullptr) return NotFound("payout", absl::StrCat(batch, "/", payout));
  PayoutView view = ViewOf(*row);
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return view;
}

FxRateView Queries::ViewOf(const FxRate& rate) {
  return {rate.number,      rate.time, rate.create_time, rate.from_currency,
          rate.to_currency, rate.rate, rate.source,      rate.actor};
}

absl::StatusOr<FxRateView> Queries::GetFxRate(absl::string_view program_id, int64_t number) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  const FxRate* rate = book_.fx_rates.Get({place.program, number});
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  if (rate == nullptr) return NotFound("fx rate", absl::StrCat(number));
  return ViewOf(*rate);
}

absl::StatusOr<Page<FxRateView>> Queries::ListFxRates(absl::string_view program_id, const PageRequest& page) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t before, NumberCursor(page.cursor, INT64_MAX));
  TRAILBOOK_ASSIGN_OR_RETURN(
      std::vector<FxRate> rows,
      store::SelectRows<FxRate>(
          *db_,
          store::SelectFrom<FxRate>("WHERE program_id = $1 AND rate_number < $2 ORDER BY rate_number DESC LIMIT $3"),
          {place.program, before, page.size + 1}));
  Page<FxRateView> out;
  if (static_cast<int64_t>(rows.size()) > page.size) {
    rows.resize(page.size);
    out.next = absl::StrCat(rows.back().number);
  }
  for (const FxRate& row : rows) out.items.push_back(ViewOf(row));
  return out;
}

absl::StatusOr<std::string> Queries::ExportFile(absl::string_view program_id, int64_t batch) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(const BatchView view, GetBatch(program_id, batch));
  if (view.state < BatchState::kExported || view.state == BatchState::kCancelled) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "",
                  absl::StrCat("payout batch ", batch, " has not been exported"));
  }
  std::string file =
      "payout_id,partner_id,name,method,account,currency,amount,reference,earned_currency,earned_amount,fx_rate\r\n";
  const std::vector<Payout> payouts = repository_.PayoutsOf(place.program, batch);
  LoadFor(book_, payouts);
  for (const Payout& payout : payouts) {
    const PayoutView row = ViewOf(payout);
    const FxRate* rate = row.fx_rate == 0 ? nullptr : book_.fx_rates.Get({place.program, row.fx_rate});
    const Amount sent = rate == nullptr ? Amount{row.currency, row.amount} : row.settlement;
    absl::StrAppend(&file, batch, "/", row.payout, ",", CsvField(row.partner_id), ",", CsvField(row.display_name), ",",
                    row.method_type, ",", CsvField(row.method_account), ",", sent.currency, ",",
                    Decimal(sent.minor_units, sent.currency), ",");
    absl::StrAppend(&file, program_id, "-", batch, "-", row.payout, ",", row.currency, ",",
                    Decimal(row.amount, row.currency), ",", rate == nullptr ? "" : rate->rate, "\r\n");
  }
  TRAILBOOK_RETURN_IF_ERROR(Loaded());
  return file;
}

}  // namespace trailbook
