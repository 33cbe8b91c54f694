// Makes a failing sequence small: drops commands, then single reports, while it still fails. Thread-safe: functions
// only.
#ifndef TRAILBOOK_TESTS_MODEL_SHRINK_H_
#define TRAILBOOK_TESTS_MODEL_SHRINK_H_

#include <algorithm>
#include <functional>

#include "tests/model/command.h"

namespace trailbook::model {

using Fails = std::function<bool(const Sequence&)>;

// Drops runs of elements of `list(sequence)`, long ones first, as long as the sequence still fails. True if any was
// dropped.
template <typename List>
bool DropRuns(Sequence& sequence, const List& list, const Fails& fails, int& budget) {
  bool dropped = false;
  for (size_t run = std::max<size_t>(1, list(sequence).size() / 2); run > 0; run /= 2) {
    for (size_t at = 0; at < list(sequence).size() && budget > 0;) {
      Sequence shorter = sequence;
      auto& elements = list(shorter);
      const size_t end = std::min(at + run, elements.size());
      elements.erase(elements.begin() + static_cast<int64_t>(at), elements.begin() + static_cast<int64_t>(end));
      --budget;
      if (fails(shorter)) {
        sequence = std::move(shorter);
        dropped = true;
      } else {
        at += run;
      }
    }
  }
  return dropped;
}

// At most `budget` runs of the sequence.
inline Sequence Shrink(Sequence sequence, const Fails& fails, int budget) {
  const auto commands = [](Sequence& s) -> std::vector<Command>& { return s.commands; };
  bool again = true;
  while (again && budget > 0) {
    again = DropRuns(sequence, commands, fails, budget);
    for (size_t at = 0; at < sequence.commands.size() && budget > 0; ++at) {
      if (sequence.commands[at].joined) {
        Sequence apart = sequence;
        apart.commands[at].joined = false;
        --budget;
        if (fails(apart)) sequence = std::move(apart);
      }
      if (sequence.commands[at].reports.size() < 2) continue;
      const auto reports = [at](Sequence& s) -> std::vector<Report>& { return s.commands[at].reports; };
      again = DropRuns(sequence, reports, fails, budget) || again;
    }
  }
  return sequence;
}

}  // namespace trailbook::model

#endif  // TRAILBOOK_TESTS_MODEL_SHRINK_H_
