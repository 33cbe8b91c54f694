#include "ledger/signing/key_file.h"

#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/signing/file.h"

namespace trailbook::log {
namespace {

constexpr absl::string_view kRemark =
    "# Signing keys of Trailbook's logs, the newest first; every one of them signs. Keep this file secret and keep a "
    "copy of it.\n";

absl::Status BadFile(const std::string& path, absl::string_view what) {
  return absl::FailedPreconditionError(absl::StrCat("key file ", path, ": ", what));
}

absl::Status Write(const std::string& path, const std::vector<SigningKey>& keys) {
  std::string text(kRemark);
  for (const SigningKey& key : keys) absl::StrAppend(&text, key.SecretText(), "\n");
  return WriteWholeFile(path, text);
}

}  // namespace

absl::StatusOr<std::vector<SigningKey>> ReadKeyFile(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) {
    const std::string why = std::strerror(errno);
    return errno == ENOENT ? absl::NotFoundError(absl::StrCat("there is no key file ", path)) : BadFile(path, why);
  }
  if ((info.st_mode & 077) != 0) {
    return BadFile(path, "others than its owner may read it; chmod 600 it, or make a new key if they did");
  }
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string text, ReadWholeFile(path));
  std::vector<SigningKey> keys;
  int number = 0;
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    line = absl::StripAsciiWhitespace(line);
    if (line.empty() || line[0] == '#') continue;
    const auto key = SigningKey::Parse(line);
    if (!key.ok()) return BadFile(path, absl::StrCat("line ", number, ": ", key.status().message()));
    if (!keys.empty() && key->name() != keys[0].name()) {
      return BadFile(path,
                     absl::StrCat("line ", number, ": a key of ", key->name(), " beside one of ", keys[0].name()));
    }
    keys.push_back(*key);
  }
  if (keys.empty()) return BadFile(path, "it holds no key");
  return keys;
}

absl::StatusOr<std::vector<SigningKey>> OpenKeyFile(const std::string& path, absl::string_view origin) {
  auto keys = ReadKeyFile(path);
  if (absl::IsNotFound(keys.status())) {
    const std::string name =
        origin.empty() ? absl::StrCat("trailbook-", Hex(RandomBytes(4)), ".invalid") : std::string(origin);
    TRAILBOOK_ASSIGN_OR_RETURN(SigningKey fresh, SigningKey::Generate(name));
    std::vector<SigningKey> made{std::move(fresh)};
    TRAILBOOK_RETURN_IF_ERROR(Write(path, made));
    return made;
  }
  if (!keys.ok()) return keys.status();
  if (origin.empty() || (*keys)[0].name() == origin) return keys;
  return BadFile(path,
                 absl::StrCat("its keys are of ", (*keys)[0].name(), ", the configuration says ", origin,
                              "; a log keeps its origin for ever, or whoever follows it takes it for another log"));
}

absl::Status AddKey(const std::string& path) {
  TRAILBOOK_ASSIGN_OR_RETURN(std::vector<SigningKey> keys, ReadKeyFile(path));
  TRAILBOOK_ASSIGN_OR_RETURN(SigningKey fresh, SigningKey::Generate(keys[0].name()));
  keys.insert(keys.begin(), std::move(fresh));
  return Write(path, keys);
}

}  // namespace trailbook::log
