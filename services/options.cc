#include "services/options.h"

#include <arpa/inet.h>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "ledger/base/status.h"
#include "ledger/log/note.h"

namespace trailbook::services {
namespace {

template <typename T>
absl::Status Take(const std::string& path, absl::string_view key, const toml::node& node, absl::string_view type,
                  T* out) {
  const auto value = node.value_exact<T>();
  if (value.has_value()) {
    *out = *value;
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(path, ":", node.source().begin.line, ": ", key, " must be ", type));
}

absl::Status TakeList(const std::string& path, absl::string_view key, const toml::node& node,
                      std::vector<std::string>* out) {
  out->clear();
  const toml::array* list = node.as_array();
  for (size_t at = 0; list != nullptr && at < list->size(); ++at) {
    std::string item;
    TRAILBOOK_RETURN_IF_ERROR(Take(path, absl::StrCat(key, "[", at, "]"), (*list)[at], "text", &item));
    out->push_back(std::move(item));
  }
  if (list != nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(path, ":", node.source().begin.line, ": ", key, " must be a list of texts"));
}

// What the flags refuse, the file must not slip in.
absl::Status CheckOneOf(const std::string& where, absl::string_view value,
                        const std::vector<absl::string_view>& allowed) {
  if (std::find(allowed.begin(), allowed.end(), value) != allowed.end()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat(where, " must be one of ", absl::StrJoin(allowed, ", "), ", not \"", value, "\""));
}

absl::Status CheckRange(const std::string& where, int64_t value, int64_t least, int64_t most) {
  if (value >= least && value <= most) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(where, " must be between ", least, " and ", most, ", not ", value));
}

absl::Status CheckValue(const std::string& where, const std::string& key, const DaemonOptions& options) {
  if (key == "log_level") return CheckOneOf(where, options.log_level, {"debug", "info", "warn", "error"});
  if (key == "log_format") return CheckOneOf(where, options.log_format, {"text", "json"});
  if (key == "drain_grace_ms") return CheckRange(where, options.drain_grace_ms, 0, kMostDrainGraceMs);
  if (key == "click_retention_days") return CheckRange(where, options.click_retention_days, 0, kMostClickRetentionDays);
  if (key == "max_queued") return CheckRange(where, options.max_queued, 1, kMostQueued);
  if (key == "id_buffer") return CheckRange(where, options.id_buffer, 0, kMostIdBuffer);
  if (key == "witnesses") {
    for (const std::string& witness : options.witnesses) {
      const auto parsed = log::VerifierKey::Parse(witness);
      if (!parsed.ok()) return absl::InvalidArgumentError(absl::StrCat(where, ": ", parsed.status().message()));
    }
  }
  if (key == "readers") return CheckRange(where, options.readers, 1, kMostReaders);
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadConfig(const std::string& path, DaemonOptions* options) {
  const toml::parse_result parsed = toml::parse_file(path);
  if (!parsed) {
    const std::string why(parsed.error().description());
    return absl::InvalidArgumentError(absl::StrCat(path, ":", parsed.error().source().begin.line, ": ", why));
  }
  for (const auto& [name, node] : parsed.table()) {
    const std::string key(name.str());
    absl::Status taken;
    if (key == "data") {
      taken = Take(path, key, node, "text", &options->data);
    } else if (key == "store") {
      taken = Take(path, key, node, "text", &options->store);
    } else if (key == "listen") {
      taken = Take(path, key, node, "text", &options->listen);
    } else if (key == "log_level") {
      taken = Take(path, key, node, "text", &options->log_level);
    } else if (key == "log_format") {
      taken = Take(path, key, node, "text", &options->log_format);
    } else if (key == "drain_grace_ms") {
      taken = Take(path, key, node, "a whole number", &options->drain_grace_ms);
    } else if (key == "readers") {
      taken = Take(path, key, node, "a whole number", &options->readers);
    } else if (key == "click_retention_days") {
      taken = Take(path, key, node, "a whole number", &options->click_retention_days);
    } else if (key == "max_queued") {
      taken = Take(path, key, node, "a whole number", &options->max_queued);
    } else if (key == "id_buffer") {
      taken = Take(path, key, node, "a whole number", &options->id_buffer);
    } else if (key == "log_origin") {
      taken = Take(path, key, node, "text", &options->log_origin);
    } else if (key == "key_file") {
      taken = Take(path, key, node, "text", &options->key_file);
    } else if (key == "witnesses") {
      taken = TakeList(path, key, node, &options->witnesses);
    } else if (key == "reflection") {
      taken = Take(path, key, node, "true or false", &options->reflection);
    } else if (key == "migrate") {
      taken = Take(path, key, node, "true or false", &options->migrate);
    } else {
      taken = absl::InvalidArgumentError(absl::StrCat(
          path, ":", node.source().begin.line, ": unknown key \"", key,
          "\"; known are data, store, listen, log_level, log_format, drain_grace_ms, readers, click_retention_days, "
          "max_queued, id_buffer, log_origin, key_file, witnesses, reflection, migrate"));
    }
    if (taken.ok()) taken = CheckValue(absl::StrCat(path, ":", node.source().begin.line, ": ", key), key, *options);
    if (!taken.ok()) return taken;
  }
  return absl::OkStatus();
}

absl::Status CheckLoopback(const std::string& listen) {
  const size_t colon = listen.rfind(':');
  const std::string host = colon == std::string::npos ? listen : listen.substr(0, colon);
  int port = -1;
  const bool numbered = colon != std::string::npos && absl::SimpleAtoi(listen.substr(colon + 1), &port);
  if (!numbered || port < 0 || port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("\"", listen, "\" is not HOST:PORT, e.g. 127.0.0.1:7420"));
  }
  // The whole text must be an address: a name that only begins like one is resolved by whoever owns it.
  in_addr address;
  const bool loopback = inet_pton(AF_INET, host.c_str(), &address) == 1 && ntohl(address.s_addr) >> 24 == 127;
  if (host == "localhost" || host == "[::1]" || loopback) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("will not listen on ", host,
                                                 ": only loopback addresses (127.0.0.1, [::1], localhost) until there "
                                                 "is access control; everybody who reaches the port can move money"));
}

}  // namespace trailbook::services
