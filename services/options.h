// What the daemon is told: flags win over the configuration file. Thread-safe: values only.
#ifndef TRAILBOOK_SERVICES_OPTIONS_H_
#define TRAILBOOK_SERVICES_OPTIONS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"

namespace trailbook::services {

inline constexpr int64_t kMostDrainGraceMs = 600000;
inline constexpr int64_t kMostReaders = 64;
inline constexpr int64_t kMostClickRetentionDays = 36500;
inline constexpr int64_t kMostQueued = 10000000;
inline constexpr int64_t kMostIdBuffer = 5000000;

struct DaemonOptions {
  std::string data;
  std::string store;  // a PostgreSQL URI; empty: DATA/trailbook.db
  std::string listen = "127.0.0.1:7420";
  std::string log_level = "info";
  std::string log_format = "text";  // or "json"
  int64_t drain_grace_ms = 0;       // how long health says NOT_SERVING before calls are refused
  int64_t readers = 2;
  int64_t click_retention_days = 0;    // 0: the longest attribution window and 35 days
  int64_t max_queued = 200000;         // events that may wait for the writer
  int64_t id_buffer = 500000;          // outside ids that gather in memory before they are sorted into their table
  std::string log_origin;              // empty: that of the key file, or one that is made up for a new one
  std::string key_file;                // empty: DATA/log.keys
  std::vector<std::string> witnesses;  // vkeys
  bool reflection = true;
  bool migrate = false;
};

// Reads a TOML file with a key per flag ("drain_grace_ms"). INVALID_ARGUMENT names an unknown key, or a value of the
// wrong type or that the flag refuses, with its line.
absl::Status ReadConfig(const std::string& path, DaemonOptions* options);

// Refuses an address that others could reach: there is no access control yet. "127.0.0.1:7420", "localhost:0",
// "[::1]:7420".
absl::Status CheckLoopback(const std::string& listen);

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_OPTIONS_H_
