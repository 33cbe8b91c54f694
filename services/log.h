// Structured logs: one JSON object (or one line of text) per event, on standard error. Values are encoded, so that no
// input can forge a line. Thread-safe.
#ifndef TRAILBOOK_SERVICES_LOG_H_
#define TRAILBOOK_SERVICES_LOG_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace trailbook::services {

enum class LogFormat { kText, kJson };

// Call once, before any thread. `level` is debug, info, warn or error.
void InitLog(LogFormat format, absl::string_view level);

using LogFields = std::vector<std::pair<std::string, std::string>>;
void LogInfo(absl::string_view message, const LogFields& fields = {});
void LogWarning(absl::string_view message, const LogFields& fields = {});

struct CallLine {
  std::string method, request_id, actor;
  absl::Status status;
  absl::Duration took;
  bool writes = false;
};
// Reads that succeed are logged at debug, writes at info, refusals at info, but those of a full queue at debug, faults
// at warn.
void LogCall(const CallLine& line);

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_LOG_H_
