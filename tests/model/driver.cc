#include "tests/model/driver.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/model/compare.h"
#include "tests/model/endings.h"

namespace trailbook::model {

namespace {

int64_t TimeOf(const Report& report) {
  return std::visit([](const auto& r) { return r.time; }, report);
}

// The clock stands still and no sweep runs while commands wait together.
bool Queued(const Command& command) {
  return command.kind == Command::Kind::kReports || command.kind == Command::Kind::kMutation;
}

class Run {
 public:
  Run(const Sequence& sequence, const RunOptions& options)
      : sequence_(sequence),
        options_(options),
        zone_(*LoadZone(sequence.zone)),
        real_(sequence.start, options.postgres, options.outages),
        model_(zone_),
        random_(static_cast<uint64_t>(sequence.start)) {}

  std::string Go() {
    std::string differs;
    for (size_t at = 0; at < sequence_.commands.size() && differs.empty();) {
      std::vector<Command> step{sequence_.commands[at++]};
      while (Queued(step[0]) && at < sequence_.commands.size() && sequence_.commands[at].joined &&
             Queued(sequence_.commands[at])) {
        step.push_back(sequence_.commands[at++]);
      }
      differs = Step(step);
      if (!differs.empty()) {
        std::string commands;
        for (const Command& command : step) absl::StrAppend(&commands, "\n    ", Print(command));
        return absl::StrCat(differs, "\n  after", commands, "\n  at ",
                            absl::FormatTime(absl::FromUnixSeconds(real_.now()), zone_));
      }
    }
    if (created_) differs = CompareDays(real_, model_, Days(true));
    if (differs.empty()) differs = ClosedPeriodsStand();
    if (differs.empty() && created_) differs = CompareState(real_, model_);
    if (differs.empty() && created_ && options_.endings) {
      snapshots_[model_.Today(real_.now())] = RealBalances(real_, "");
      if (!snapshots_valid_) snapshots_.clear();
      differs = Endings(sequence_, real_, model_, snapshots_);
    }
    return differs.empty() ? "" : absl::StrCat(differs, "\n  at the end");
  }

 private:
  std::string Step(const std::vector<Command>& step) {
    if (step[0].kind == Command::Kind::kClock && sequence_.in_order && created_) {
      snapshots_[model_.Today(real_.now())] = RealBalances(real_, "");
    }
    const int64_t now = real_.now();
    if (step[0].kind == Command::Kind::kSweep && created_) {
      if (std::string differs = SweepChangesNothing(step[0]); !differs.empty()) return differs;
    }
    const std::vector<RealAnswer> answers = real_.Apply(step);
    for (size_t at = 0; at < step.size(); ++at) {
      if (std::string differs = CompareAnswers(step[at], answers[at], now); !differs.empty()) return differs;
    }
    if (!created_) return "";
    // Whoever reads makes the ledger write the rows that wait for their records: sometimes nobody does, and sometimes
    // it is killed before.
    if (!options_.postgres && random_() % 25 == 0) real_.Kill();
    if (random_() % 3 == 0) return "";
    if (std::string differs = CompareDays(real_, model_, {model_.Today(real_.now())}); !differs.empty()) return differs;
    if (++steps_ % options_.state_every != 0) return "";
    if (std::string differs = CompareState(real_, model_); !differs.empty()) return differs;
    return CompareDays(real_, model_, Days(options_.every_day));
  }

  // RULES 5: what was read as of a closed day when it was closed is read for ever.
  std::string ClosedPeriodsStand() {
    for (const auto& [day, balances] : closed_) {
      const std::string diff = Diff(RealBalances(real_, FormatDay(day)), balances);
      if (!diff.empty()) {
        return absl::StrCat("a closed period changed, as of ", FormatDay(day), " (model: when it was closed):", diff);
      }
    }
    return "";
  }

  // RULES 5: a read counts what is due whether or not the sweep has run, as of any day. Unless the sweep takes what
  // waited for its day.
  std::string SweepChangesNothing(const Command& sweep) {
    const bool takes = std::any_of(model_.parked().begin(), model_.parked().end(), [this](const Parked& parked) {
      return parked.for_day && DayOf(TimeOf(parked.report), zone_) <= model_.Today(real_.now());
    });
    if (takes) return "";
    std::map<Day, AllBalances> before;
    for (Day day : Days(options_.every_day)) before[day] = RealBalances(real_, FormatDay(day));
    real_.Apply({sweep});  // a second time in Step, which must change nothing either
    for (const auto& [day, balances] : before) {
      const std::string diff = Diff(RealBalances(real_, FormatDay(day)), balances);
      if (!diff.empty()) {
        return absl::StrCat("a sweep changed what is read as of ", FormatDay(day), " (model: before):", diff);
      }
    }
    return "";
  }

  std::string CompareAnswers(const Command& command, const RealAnswer& answer, int64_t now) {
    switch (command.kind) {
      case Command::Kind::kClock: return "";
      case Command::Kind::kMutation: {
        const Answer expected =
            model_.Apply(command.mutation, {command.request_id, ContentOf(command.mutation)}, command.actor, now);
        const auto* create = std::get_if<CreateProgram>(&command.mutation);
        if (const auto* close = std::get_if<ClosePeriod>(&command.mutation);
            close != nullptr && expected.reason.empty()) {
          const Day through = *ParseDay(close->through_date);
          for (Day day : {through, through - 7, through - 40}) {
            closed_.try_emplace(day, RealBalances(real_, FormatDay(day)));
          }
        }
        created_ = created_ || (create != nullptr && expected.reason.empty());
        return CompareMutation(answer, expected);
      }
      case Command::Kind::kSweep: {
        if (!created_) return "";
        const Answer expected = model_.RunMaturity(command.through, now);
        return CompareMutation(answer, expected);
      }
      case Command::Kind::kReports: break;
    }
    if (!created_) return "";
    if (answer.outcomes.size() != command.reports.size()) {
      return absl::StrCat("the ledger answered ", answer.outcomes.size(), " of ", command.reports.size(),
                          " reports: ", answer.status.message());
    }
    for (size_t at = 0; at < command.reports.size(); ++at) {
      days_.insert(std::min(DayOf(TimeOf(command.reports[at]), zone_), model_.Today(now)));
      const Answer expected = model_.Apply(command.reports[at], now);
      // Shrinking may take away what made a late report a mere repetition.
      const bool late = DayOf(TimeOf(command.reports[at]), zone_) != model_.Today(now);
      if (late && !expected.replayed && expected.reason.empty()) snapshots_valid_ = false;
      if (std::string differs = CompareAnswer(answer.outcomes[at], expected); !differs.empty()) {
        return absl::StrCat("answer to report ", at + 1, ":", differs);
      }
    }
    return "";
  }

  // Days worth looking at: those of events and the day before each, those of maturity, and today.
  std::vector<Day> Days(bool all) {
    const Day today = model_.Today(real_.now());
    std::set<Day> days = days_;
    for (const PaymentState& payment : model_.payments()) {
      if (payment.mature_day <= today) days.insert(payment.mature_day);
    }
    std::vector<Day> chosen;
    for (Day day : days) {
      chosen.push_back(day);
      if (days.count(day - 1) == 0) chosen.push_back(day - 1);
    }
    const size_t few = all ? (options_.every_day ? 100000 : 12) : 3;
    if (chosen.size() > few) {
      std::shuffle(chosen.begin(), chosen.end(), random_);
      chosen.resize(few);
    }
    chosen.push_back(today);
    return chosen;
  }

  const Sequence& sequence_;
  const RunOptions options_;
  const absl::TimeZone zone_;
  Real real_;
  Model model_;
  std::mt19937_64 random_;
  std::set<Day> days_;
  std::map<Day, AllBalances> snapshots_;
  bool snapshots_valid_ = true;
  std::map<Day, AllBalances> closed_;
  bool created_ = false;
  int steps_ = 0;
};

}  // namespace

std::string Differs(const Sequence& sequence, const RunOptions& options) { return Run(sequence, options).Go(); }

std::string Differs(const Sequence& sequence) {
  RunOptions options;
  options.state_every = 1;
  options.every_day = true;
  return Differs(sequence, options);
}

}  // namespace trailbook::model
