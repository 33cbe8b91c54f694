// The data directory: made with mode 0700, and held by one process at a time. Not thread-safe.
#ifndef TRAILBOOK_SERVICES_DATA_DIR_H_
#define TRAILBOOK_SERVICES_DATA_DIR_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace trailbook::services {

// Holds a directory from Open until it goes.
class DataDir {
 public:
  // FAILED_PRECONDITION if another process holds it (and says who); INTERNAL if it cannot be made or written.
  static absl::StatusOr<std::unique_ptr<DataDir>> Open(const std::string& path);
  ~DataDir();
  DataDir(const DataDir&) = delete;

  std::string database() const { return path_ + "/trailbook.db"; }
  // What was signed of each program's log.
  std::string checkpoints() const { return path_ + "/checkpoints"; }

 private:
  DataDir(std::string path, int lock) : path_(std::move(path)), lock_(lock) {}
  std::string path_;
  int lock_;  // the open lock file
};

}  // namespace trailbook::services

#endif  // TRAILBOOK_SERVICES_DATA_DIR_H_
