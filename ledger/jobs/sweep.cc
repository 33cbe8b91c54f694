#include "ledger/jobs/sweep.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/base/day.h"
#include "ledger/base/status.h"
#include "ledger/domain/maturity.h"
#include "ledger/domain/reporter.h"
#include "ledger/jobs/find_program.h"

namespace trailbook {
namespace {

constexpr int kEarnersAChunk = 500;
constexpr int64_t kSecondsADay = 86400;
constexpr int64_t kLateSignUpDays = 35;
constexpr int kClicksAChunk = 5000;

// Where a sweep goes on. The first part comes before the earners, and again as long as it has more to do.
struct Place {
  bool first_part = true;
  int64_t partner = 0;  // earners after this one
  Currency currency;
};

// A chunk of it: what all did up to its end, and where the next begins.
struct Chunk {
  absl::StatusOr<MaturityReply> reply = MaturityReply();
  Place next;
  bool more = false;
};

// Shared by the chunks of one sweep.
struct State {
  Sweep sweep;
  std::string actor;
  std::function<void(WriteJob)> submit;
  std::function<void(absl::StatusOr<MaturityReply>)> done;
  MaturityReply before;  // what stored chunks did
  Place place;
  Chunk decided;
};

// Drops clicks that no sign-up may name any more. True: there may be more of them.
bool DropOldClicks(Book& book, int64_t program, int64_t retention_days, int64_t now) {
  int64_t window = 0;
  for (int64_t version = book.programs.At({program}).terms_version; version > 0; --version) {
    window = std::max(window, book.terms.At({program, version}).window_days);
  }
  const int64_t days = retention_days == 0 ? window + kLateSignUpDays : std::max(window, retention_days);
  const std::vector<Click> old = book.lists->ClicksBefore(program, now - days * kSecondsADay, kClicksAChunk);
  for (const Click& click : old) book.clicks.Erase(click.key());
  return old.size() == kClicksAChunk;
}

absl::StatusOr<Day> ThroughDay(const Sweep& sweep, Day today) {
  if (sweep.through_date.empty()) return today;
  const auto day = ParseDay(sweep.through_date);
  if (!day.ok()) return InvalidField("through_date", day.status().message());
  if (*day > today) {
    return InvalidField("through_date", absl::StrCat(sweep.through_date, " is after today, ", FormatDay(today)));
  }
  return *day;
}

// What maturing asks of each, in bulk.
void LoadRowsOf(const std::vector<Earner>& due, Day through, Book& book) {
  for (const Earner& earner : due) {
    book.earners.Want(earner.key());
    book.partners.Want({earner.program, earner.partner});
    for (const Day day : earner.due_days.Between(kFromEver, through)) {
      book.earner_days.Want({earner.program, day, earner.partner, earner.currency});
    }
  }
  book.lists->LoadWantedRows();
}

// What the first part takes is due to nobody that the store knows of yet: another chunk matures. True: there is
// something of that kind.
bool TakeFirstPart(const State& state, const FoundProgram& found, WriteContext& context, Chunk& chunk) {
  const int64_t taken =
      Reporter(context.book, context.journal, found.program, found.zone, context.now_seconds).TakeDue();
  chunk.next.first_part =
      DropOldClicks(*context.book, found.program, state.sweep.click_retention_days, context.now_seconds);
  return taken > 0 || chunk.next.first_part;
}

absl::Status Mature(const FoundProgram& found, Day through, const Place& place, WriteContext& context, Chunk& chunk) {
  Book& book = *context.book;
  const std::vector<Earner> due =
      book.lists->DueEarners(found.program, through, place.partner, place.currency, kEarnersAChunk);
  LoadRowsOf(due, through, book);
  for (const Earner& earner : due) {
    TRAILBOOK_ASSIGN_OR_RETURN(const int64_t entries, MatureThrough(book, *context.journal, earner.key(), through));
    chunk.reply->entries += entries;
    ++chunk.reply->earners;
    chunk.next.partner = earner.partner;
    chunk.next.currency = earner.currency;
  }
  chunk.more = due.size() == kEarnersAChunk;
  return absl::OkStatus();
}

// May run more than once: nothing of the state changes but what is decided. Not OK: it failed after it had recorded
// something.
absl::Status Decide(State& state, WriteContext& context) {
  Chunk& chunk = state.decided = {state.before, state.place, false};
  const auto found = FindProgram(*context.book, state.sweep.program_id);
  const auto through = found.ok() ? ThroughDay(state.sweep, DayOf(context.now_seconds, found->zone))
                                  : absl::StatusOr<Day>(found.status());
  if (!through.ok()) {
    chunk.reply = through.status();
    return absl::OkStatus();
  }
  chunk.reply->through_date = FormatDay(*through);
  if (state.place.first_part) {
    chunk.more = TakeFirstPart(state, *found, context, chunk);
    if (chunk.more) return absl::OkStatus();
  }
  return Mature(*found, *through, state.place, context, chunk);
}

void SubmitChunk(std::shared_ptr<State> state, absl::Time deadline) {
  WriteJob job;
  job.program_id = state->sweep.program_id;
  job.alone = true;
  job.actor = state->actor;
  job.deadline = deadline;
  job.decide = [state](WriteContext& context) { return Decide(*state, context); };
  job.finish = [state](absl::Status status) {
    Chunk& chunk = state->decided;
    if (!status.ok()) return state->done(status);
    if (!chunk.reply.ok() || !chunk.more) return state->done(std::move(chunk.reply));
    state->before = *chunk.reply;
    state->place = chunk.next;
    SubmitChunk(state, absl::InfiniteFuture());
  };
  state->submit(std::move(job));
}

}  // namespace

void StartSweep(Sweep sweep, Requester requester, std::function<void(WriteJob)> submit,
                std::function<void(absl::StatusOr<MaturityReply>)> done) {
  auto state = std::make_shared<State>();
  state->sweep = std::move(sweep);
  state->actor = std::move(requester.actor);
  state->submit = std::move(submit);
  state->done = std::move(done);
  SubmitChunk(std::move(state), requester.deadline);
}

}  // namespace trailbook
