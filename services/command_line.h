// What the command line of trailbookd says: flags win over the configuration file, that over the defaults. Thread-safe:
// values only.
#ifndef TRAILBOOK_SERVICES_COMMAND_LINE_H_
#define TRAILBOOK_SERVICES_COMMAND_LINE_H_

#include <string>

#include "absl/status/statusor.h"
#include "services/options.h"

namespace trailbook::services {

struct CommandLine {
  enum class Task {
    kServe,
    kAddKey,  // to options.key_file
    kCopy,    // books, from one store to another
    kTell,    // the help or the version, and nothing else
  };
  Task task = Task::kServe;
  DaemonOptions options;
  std::string copy_from, copy_to;  // data directories or PostgreSQL URIs
  std::string text;                // to tell
};

// INVALID_ARGUMENT says which flag, or which key of the file, is wrong, and what would be right.
absl::StatusOr<CommandLine> ReadCommandLine(int argc, const char* const* argv);

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_COMMAND_LINE_H_
