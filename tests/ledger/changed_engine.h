// An engine that gives other connections than the one that it stands before.
#ifndef TRAILBOOK_TESTS_LEDGER_CHANGED_ENGINE_H_
#define TRAILBOOK_TESTS_LEDGER_CHANGED_ENGINE_H_

#include <memory>
#include <string>
#include <utility>

#include "ledger/store/sql.h"

namespace trailbook {

class ChangedEngine : public store::Engine {
 public:
  explicit ChangedEngine(std::unique_ptr<store::Engine> engine) : engine_(std::move(engine)) {}
  absl::StatusOr<std::unique_ptr<store::Database>> OpenWriter() override { return engine_->OpenWriter(); }
  absl::StatusOr<std::unique_ptr<store::Database>> OpenSecondWriter() override { return engine_->OpenSecondWriter(); }
  absl::StatusOr<std::unique_ptr<store::Database>> OpenReader() override { return engine_->OpenReader(); }
  absl::StatusOr<std::unique_ptr<store::Database>> OpenScratch() override { return engine_->OpenScratch(); }
  absl::Status TryWrite(store::Database&) override { return absl::OkStatus(); }
  bool shared() const override { return engine_->shared(); }
  bool CheckpointIsDue(store::Database&, bool) override { return false; }
  absl::Status Checkpoint(store::Database&) override { return absl::OkStatus(); }
  absl::StatusOr<std::unique_ptr<store::Engine>> CopyTo(const std::string& path) override {
    return engine_->CopyTo(path);
  }

 protected:
  std::unique_ptr<store::Engine> engine_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_TESTS_LEDGER_CHANGED_ENGINE_H_
