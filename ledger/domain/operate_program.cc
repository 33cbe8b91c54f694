// Programs and their terms.
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/operations.h"
#include "ledger/domain/terms_check.h"
#include "ledger/domain/validate.h"

namespace trailbook {
namespace {

constexpr int64_t kMaxDays = 366;

}  // namespace

absl::StatusOr<Operations::Place> Operations::Find(const std::string& program_id) {
  const ProgramSlug* slug = book_->program_slugs.Get({program_id});
  if (slug == nullptr) return NotFound("program", program_id);
  Place place;
  place.program = slug->program;
  TRAILBOOK_ASSIGN_OR_RETURN(place.zone, LoadZone(book_->programs.At({slug->program}).zone));
  place.today = DayOf(journal_->now_seconds(), place.zone);
  return place;
}

absl::StatusOr<Day> Operations::FromTodayOn(const Place& place, absl::string_view field, const std::string& date) {
  if (date.empty()) return place.today;
  const auto day = ParseDay(date);
  if (!day.ok()) return InvalidField(field, day.status().message());
  if (*day < place.today) {
    return Refuse(absl::StatusCode::kInvalidArgument, "RETROACTIVE", field,
                  absl::StrCat(field, ": ", date, " is before today, ", FormatDay(place.today),
                               "; terms and rates are never retroactive"));
  }
  if (*day > place.today + 10 * kMaxDays) {
    return Refuse(absl::StatusCode::kInvalidArgument, "TIME_OUT_OF_RANGE", field,
                  absl::StrCat(field, ": ", date, " is more than ten years ahead"));
  }
  return *day;
}

absl::StatusOr<log::v1::Terms> Operations::CheckTerms(const TermsSpec& spec) { return trailbook::CheckTerms(spec); }

absl::StatusOr<int64_t> Operations::Do(const CreateProgram& command) {
  TRAILBOOK_RETURN_IF_ERROR(CheckResourceId("program_id", command.program_id, 40));
  TRAILBOOK_RETURN_IF_ERROR(CheckText("program.display_name", command.display_name, 200, true));
  const std::string zone = command.book_time_zone.empty() ? "UTC" : command.book_time_zone;
  TRAILBOOK_ASSIGN_OR_RETURN(const absl::TimeZone time_zone, LoadZone(zone));
  TRAILBOOK_ASSIGN_OR_RETURN(log::v1::Terms terms, CheckTerms(command.terms));
  if (!command.terms.effective_date.empty()) {
    return InvalidField("terms.effective_date", "must be empty: version 1 applies from ever");
  }
  if (book_->program_slugs.Get({command.program_id}) != nullptr) {
    return Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", "program_id",
                  absl::StrCat("there is a program \"", command.program_id, "\" already"));
  }
  ProgramSlug slug;
  slug.program_id = command.program_id;
  slug.program = book_->next_program;
  terms.set_version(1);
  log::v1::ProgramCreated& created =
      *journal_->Start(slug.program, DayOf(journal_->now_seconds(), time_zone)).mutable_program_created();
  created.set_program_id(command.program_id);
  created.set_display_name(command.display_name);
  created.set_book_time_zone(zone);
  *created.mutable_terms() = std::move(terms);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  ++book_->next_program;
  book_->program_slugs.Put(std::move(slug));
  return 0;
}

absl::StatusOr<int64_t> Operations::Do(const PublishTerms& command) {
  TRAILBOOK_ASSIGN_OR_RETURN(const Place place, Find(command.program_id));
  TRAILBOOK_ASSIGN_OR_RETURN(log::v1::Terms terms, CheckTerms(command.terms));
  TRAILBOOK_ASSIGN_OR_RETURN(const Day from, FromTodayOn(place, "terms.effective_date", command.terms.effective_date));
  const int64_t version = book_->programs.At({place.program}).terms_version;
  const Terms& last = book_->terms.At({place.program, version});
  if (from < last.effective_day) {
    return InvalidField("terms.effective_date", absl::StrCat("is before ", FormatDay(last.effective_day),
                                                             ", the first day of version ", version));
  }
  terms.set_version(static_cast<int32_t>(version + 1));
  terms.set_effective_day(from);
  *journal_->Start(place.program, place.today).mutable_terms_published() = std::move(terms);
  TRAILBOOK_RETURN_IF_ERROR(journal_->Emit().status());
  return version + 1;
}

}  // namespace trailbook
