#include "services/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook::services {
namespace {

// Set by InitLog before any other thread runs.
LogFormat& Format() {
  static LogFormat format = LogFormat::kText;
  return format;
}

void Write(spdlog::level::level_enum level, absl::string_view message, const LogFields& fields) {
  if (!spdlog::should_log(level)) return;
  // nlohmann replaces what is not UTF-8 and escapes control characters, newlines included.
  const auto encode = [](const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  };
  if (Format() == LogFormat::kJson) {
    nlohmann::ordered_json line;
    line["ts"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
    const auto name = spdlog::level::to_string_view(level);
    line["level"] = std::string(name.data(), name.size());
    line["msg"] = std::string(message);
    for (const auto& [key, value] : fields) line[key] = value;
    spdlog::log(level, "{}", line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  std::string line(message);
  for (const auto& [key, value] : fields) absl::StrAppend(&line, " ", key, "=", encode(value));
  spdlog::log(level, "{}", line);
}

}  // namespace

void InitLog(LogFormat format, absl::string_view level) {
  Format() = format;
  auto logger = spdlog::stderr_logger_mt("trailbookd");
  logger->set_pattern(format == LogFormat::kJson ? "%v" : "%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                      spdlog::pattern_time_type::utc);
  logger->flush_on(spdlog::level::debug);
  spdlog::set_default_logger(logger);
  spdlog::set_level(spdlog::level::from_str(std::string(level)));
}

void LogInfo(absl::string_view message, const LogFields& fields) { Write(spdlog::level::info, message, fields); }

void LogWarning(absl::string_view message, const LogFields& fields) { Write(spdlog::level::warn, message, fields); }

void LogCall(const CallLine& line) {
  const bool busy = ReasonOf(line.status) == "QUEUE_FULL";  // as many lines as calls are refused
  const bool fault = line.status.code() == absl::StatusCode::kInternal ||
                     line.status.code() == absl::StatusCode::kDataLoss ||
                     (line.status.code() == absl::StatusCode::kResourceExhausted && !busy);
  const auto level = fault                              ? spdlog::level::warn
                     : busy                             ? spdlog::level::debug
                     : line.writes || !line.status.ok() ? spdlog::level::info
                                                        : spdlog::level::debug;
  if (!spdlog::should_log(level)) return;
  LogFields fields{{"method", line.method},
                   {"code", absl::StatusCodeToString(line.status.code())},
                   {"us", absl::StrCat(absl::ToInt64Microseconds(line.took))},
                   {"actor", line.actor},
                   {"request_id", line.request_id}};
  if (!line.status.ok()) fields.push_back({"error", std::string(line.status.message())});
  Write(level, "call", fields);
}

}  // namespace trailbook::services
