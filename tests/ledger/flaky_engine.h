// A store that cannot be reached now and then: some questions and writes fail, and after most of these failures
// everything does until the transaction ends, as after a connection that was cut. Where it fails follows from a seed.
#ifndef TRAILBOOK_TESTS_LEDGER_FLAKY_ENGINE_H_
#define TRAILBOOK_TESTS_LEDGER_FLAKY_ENGINE_H_

#include <memory>
#include <mutex>
#include <random>
#include <utility>

#include "ledger/base/status.h"
#include "tests/ledger/changed_database.h"
#include "tests/ledger/changed_engine.h"

namespace trailbook {

// Decides which calls fail. Thread-safe.
class Outages {
 public:
  explicit Outages(uint64_t seed) : random_(seed) {}
  // Of a thousand calls so many fail from now on.
  void SetPerMille(uint64_t per_mille) {
    const std::lock_guard<std::mutex> lock(mutex_);
    per_mille_ = per_mille;
  }
  // The call after so many fails (below 0: none).
  void StrikeAfter(int64_t calls) {
    const std::lock_guard<std::mutex> lock(mutex_);
    until_ = calls;
  }
  bool Strikes() {
    const std::lock_guard<std::mutex> lock(mutex_);
    const bool strikes = random_() % 1000 < per_mille_ || (until_ >= 0 && until_-- == 0);
    if (strikes) ++count_;
    return strikes;
  }
  // Whether it lasts until the transaction ends.
  bool Lasts() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return random_() % 10 < 7;
  }
  // How many failed, those apart that an earlier one made fail.
  int64_t count() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return count_;
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 random_;
  uint64_t per_mille_ = 0;
  int64_t until_ = -1, count_ = 0;
};

class FlakyDatabase final : public ChangedDatabase {
 public:
  FlakyDatabase(std::shared_ptr<store::Database> db, std::shared_ptr<Outages> outages)
      : ChangedDatabase(std::move(db)), outages_(std::move(outages)) {}

  absl::StatusOr<store::Statement*> Prepare(absl::string_view sql) override {
    TRAILBOOK_RETURN_IF_ERROR(Reach());
    return db_->Prepare(sql);
  }
  absl::StatusOr<store::Statement*> PrepareScan(absl::string_view sql) override {
    TRAILBOOK_RETURN_IF_ERROR(Reach());
    return db_->PrepareScan(sql);
  }
  absl::Status Begin(bool write) override {
    cut_ = false;
    TRAILBOOK_RETURN_IF_ERROR(Reach());
    const absl::Status begun = db_->Begin(write);
    in_transaction_ = begun.ok();
    return begun;
  }
  absl::Status Commit() override {
    const absl::Status reached = Reach();
    if (!reached.ok()) db_->Rollback();
    in_transaction_ = cut_ = false;
    return reached.ok() ? db_->Commit() : reached;
  }
  void Rollback() override {
    in_transaction_ = cut_ = false;
    db_->Rollback();
  }
  absl::Status InsertMany(const store::TableShape& shape, size_t rows, BindRow bind) override {
    TRAILBOOK_RETURN_IF_ERROR(Reach());
    return db_->InsertMany(shape, rows, bind);
  }
  absl::Status UpsertMany(const store::TableShape& shape, size_t rows, BindRow bind) override {
    TRAILBOOK_RETURN_IF_ERROR(Reach());
    return db_->UpsertMany(shape, rows, bind);
  }
  absl::Status GetMany(absl::string_view sql, size_t keys, BindRow bind, EachRow sink) override {
    TRAILBOOK_RETURN_IF_ERROR(Reach());
    return db_->GetMany(sql, keys, bind, sink);
  }
  absl::Status Demand(absl::string_view sql, const store::Row& parameters, const absl::Status& otherwise) override {
    TRAILBOOK_RETURN_IF_ERROR(Reach());
    return db_->Demand(sql, parameters, otherwise);
  }
  absl::Status AskByKeys(const store::TableShape& shape, size_t keys, BindRow bind, RowSink sink) override {
    TRAILBOOK_RETURN_IF_ERROR(Reach());
    return db_->AskByKeys(shape, keys, bind, std::move(sink));
  }
  absl::Status Collect() override {
    TRAILBOOK_RETURN_IF_ERROR(Reach());
    return db_->Collect();
  }

 private:
  absl::Status Reach() {
    const bool struck = !cut_ && outages_->Strikes();
    if (!struck && !cut_) return absl::OkStatus();
    cut_ = cut_ || (in_transaction_ && outages_->Lasts());
    return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", "the connection was cut");
  }

  const std::shared_ptr<Outages> outages_;
  bool in_transaction_ = false, cut_ = false;
};

// The writer's connections are flaky: the one that writes, and the first that reads.
class FlakyEngine final : public ChangedEngine {
 public:
  FlakyEngine(std::unique_ptr<store::Engine> engine, std::shared_ptr<Outages> outages)
      : ChangedEngine(std::move(engine)), outages_(std::move(outages)) {}

  absl::StatusOr<std::unique_ptr<store::Database>> OpenWriter() override { return Flaky(engine_->OpenWriter()); }
  absl::StatusOr<std::unique_ptr<store::Database>> OpenReader() override {
    return std::exchange(first_, false) ? Flaky(engine_->OpenReader()) : engine_->OpenReader();
  }

 private:
  absl::StatusOr<std::unique_ptr<store::Database>> Flaky(absl::StatusOr<std::unique_ptr<store::Database>> opened) {
    TRAILBOOK_RETURN_IF_ERROR(opened.status());
    return std::make_unique<FlakyDatabase>(*std::move(opened), outages_);
  }

  const std::shared_ptr<Outages> outages_;
  bool first_ = true;
};

}  // namespace trailbook

#endif  // TRAILBOOK_TESTS_LEDGER_FLAKY_ENGINE_H_
