// The real ledger, in this process, on a database file of its own with a clock that the test moves; every call waits
// for its answer. Not thread-safe.
#ifndef TRAILBOOK_TESTS_MODEL_REAL_H_
#define TRAILBOOK_TESTS_MODEL_REAL_H_

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "ledger/ledger.h"
#include "tests/contract/stores.h"
#include "tests/ledger/flaky_engine.h"
#include "tests/model/command.h"

namespace trailbook::model {

// What the ledger answered to one command.
struct RealAnswer {
  absl::Status status;
  std::vector<ReportOutcome> outcomes;  // kReports
  MutationReply reply;                  // kMutation
};

class Real {
 public:
  // On a file of its own, or in the cluster that tests/postgres started. Of a thousand calls the store fails `outages`:
  // then commands are repeated until the ledger takes them.
  explicit Real(int64_t now, bool postgres = false, int outages = 0);
  ~Real();
  Real(const Real&) = delete;
  Real& operator=(const Real&) = delete;

  void SetClock(int64_t now) { *now_ = now; }
  int64_t now() const { return *now_; }
  // Gives the ledger commands that wait in its queue at once, and waits for all answers.
  std::vector<RealAnswer> Apply(const std::vector<Command>& commands);
  // Runs a read and waits for it.
  void Read(const std::function<void(Queries&)>& work);
  // Stops the ledger and opens the same file again.
  void Reopen();
  bool has_file() const { return postgres_ == nullptr; }
  // The same store once more. REQUIRES: a file of its own.
  std::unique_ptr<store::Engine> OpenEngine() const;
  // Opens what is on disk at this moment, as after a SIGKILL. REQUIRES: a file of its own.
  void Kill();

 private:
  void Open();
  RealAnswer ApplyUntilTaken(const Command& command);
  std::vector<RealAnswer> ApplyTogether(const std::vector<Command>& commands);
  // The real content hash for an approval that does not name another on purpose.
  Mutation Completed(Mutation mutation);

  std::shared_ptr<std::atomic<int64_t>> now_;
  std::string dir_;
  std::unique_ptr<store::EmptyStore> postgres_;  // null: a file in dir_
  const int outages_per_mille_;
  std::shared_ptr<Outages> outages_;  // null: none
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace trailbook::model

#endif  // TRAILBOOK_TESTS_MODEL_REAL_H_
