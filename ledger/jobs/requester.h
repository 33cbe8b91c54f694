// Who asks for something to be recorded. A value.
#ifndef TRAILBOOK_LEDGER_JOBS_REQUESTER_H_
#define TRAILBOOK_LEDGER_JOBS_REQUESTER_H_

#include <string>
#include <utility>

#include "absl/time/time.h"

namespace trailbook {

// Who asks, and how long he waits for an answer: a command whose time has passed before it is decided is not begun
// (DEADLINE_EXCEEDED).
struct Requester {
  Requester(std::string who, absl::Time until = absl::InfiniteFuture()) : actor(std::move(who)), deadline(until) {}
  Requester(const char* who) : Requester(std::string(who)) {}
  std::string actor;
  absl::Time deadline;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_JOBS_REQUESTER_H_
