// What a random sequence is made of: commands to the ledger and steps of the clock, as plain values that print as C++.
// Thread-safe: values only.
#ifndef TRAILBOOK_TESTS_MODEL_COMMAND_H_
#define TRAILBOOK_TESTS_MODEL_COMMAND_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "ledger/domain/commands.h"

namespace trailbook::model {

struct Command {
  enum class Kind { kReports, kMutation, kSweep, kClock };
  Kind kind = Kind::kClock;
  bool joined = false;  // waits in the writer's queue together with the command before it
  int64_t seconds = 0;  // kClock: how far it goes on
  std::vector<Report> reports;
  Mutation mutation;
  std::string request_id, actor;
  std::string through;  // kSweep
};

// The short forms in which sequences are printed, and pasted into regression tests.
inline Command Clock(int64_t seconds) {
  Command command;
  command.seconds = seconds;
  return command;
}
inline Command Reports(std::vector<Report> reports) {
  Command command;
  command.kind = Command::Kind::kReports;
  command.reports = std::move(reports);
  return command;
}
inline Command Change(std::string actor, std::string request_id, Mutation mutation) {
  Command command;
  command.kind = Command::Kind::kMutation;
  command.mutation = std::move(mutation);
  command.request_id = std::move(request_id);
  command.actor = std::move(actor);
  return command;
}
inline Command Sweep(std::string through) {
  Command command;
  command.kind = Command::Kind::kSweep;
  command.through = std::move(through);
  return command;
}
inline Command Joined(Command command) {
  command.joined = true;
  return command;
}

struct Sequence {
  std::string zone = "UTC";
  int64_t start = 0;  // the clock before the first command
  std::vector<Command> commands;
  // What the generator promises about it, and the end of the run may therefore demand.
  bool any_order = false;  // RULES 2.8: no rival claims, conflicts or decisions after the first report
  bool in_order = false;   // RULES 5: every event is reported on its day, by time
};

// A mutation's content as its request id is bound to it.
std::string ContentOf(const Mutation& mutation);
std::string Print(const Command& command);
std::string Print(const Sequence& sequence);
int64_t CountCommands(const Sequence& sequence);

}  // namespace trailbook::model

#endif  // TRAILBOOK_TESTS_MODEL_COMMAND_H_
