// Backups: the whole store in one file, read back and checked before it gets its name.
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/queries/queries.h"
#include "ledger/signing/file.h"

namespace trailbook {
namespace {

// Reads a copy back: its structures are whole, and the tiles of every log hash to its head.
absl::StatusOr<BackupView> CheckCopy(store::Engine& copy, absl::Time now) {
  TRAILBOOK_ASSIGN_OR_RETURN(const auto db, copy.OpenReader());
  TRAILBOOK_RETURN_IF_ERROR(db->Begin(false));
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string damage, db->FindDamage());
  if (!damage.empty()) {
    return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                  absl::StrCat("the copy is damaged, and so may be the store: ", damage));
  }
  Queries queries(&copy, db.get(), now);
  BackupView view;
  PageRequest page{1000, ""};
  do {
    TRAILBOOK_ASSIGN_OR_RETURN(const Page<ProgramView> programs, queries.ListPrograms(page));
    for (const ProgramView& program : programs.items) {
      TRAILBOOK_ASSIGN_OR_RETURN(const log::StoredLog log, queries.GetStoredLog(program.program_id));
      TRAILBOOK_ASSIGN_OR_RETURN(const Sha256Digest root, log::RootAt(log.size, log.tiles));
      if (root != log.root) {
        return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
                      absl::StrCat("the log of ", program.program_id, " in the copy does not hash to its root"));
      }
      view.logs.push_back({program.program_id, Hex(AsView(log.root)), log.size});
    }
    page.cursor = programs.next;
  } while (!page.cursor.empty());
  db->Rollback();
  return view;
}

absl::Status AlreadyThere(const std::string& path) {
  return Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", "path",
                absl::StrCat("path: ", path, " is there already; a backup replaces nothing"));
}

}  // namespace

absl::StatusOr<BackupView> Queries::BackUp(const std::string& path) {
  if (path.empty() || path[0] != '/') {
    return InvalidField("path", "is required: an absolute path on the daemon's machine");
  }
  if (access(path.c_str(), F_OK) == 0) return AlreadyThere(path);
  const std::string directory = path.substr(0, path.rfind('/') + 1);
  if (access(directory.c_str(), W_OK) != 0) {
    return InvalidField("path", absl::StrCat("the daemon cannot write to ", directory, ": ", std::strerror(errno)));
  }
  const std::string part = path + ".part";
  auto copy = engine_->CopyTo(part);
  if (absl::IsAlreadyExists(copy.status())) return AlreadyThere(part);
  if (!copy.ok()) return copy.status();
  auto view = CheckCopy(**copy, now_);
  // A link never takes the place of another file, as a rename would.
  struct stat info {};
  absl::Status status = view.status();
  if (status.ok() && (stat(part.c_str(), &info) != 0 || link(part.c_str(), path.c_str()) != 0)) {
    status = errno == EEXIST ? AlreadyThere(path)
                             : Internal(absl::StrCat("cannot write ", path, ": ", std::strerror(errno)));
  }
  unlink(part.c_str());
  if (status.ok()) status = SyncDirectoryOf(path);
  if (!status.ok()) return status;
  view->bytes = info.st_size;
  return view;
}

}  // namespace trailbook
