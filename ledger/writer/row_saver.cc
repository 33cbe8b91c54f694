#include "ledger/writer/row_saver.h"

#include <utility>

namespace trailbook {

RowSaver::RowSaver(std::unique_ptr<store::Database> db, std::function<void(const Transaction&)> saved,
                   std::function<void()> done)
    : db_(std::move(db)),
      ids_(db_.get(), 0),
      committer_(db_.get(), &ids_),
      thread_(
          [this, saved = std::move(saved)](Transaction& rows) {
            const absl::Status status = committer_.Commit(rows);
            if (status.ok()) saved(rows);
            return status;
          },
          std::move(done)) {}

void RowSaver::Hold(Transaction rows) {
  programs_.clear();
  for (const store::UnsavedRange& range : rows.watermarks) programs_.insert(range.program);
  held_ = std::move(rows);
}

void RowSaver::LogArrived() {
  if (held_.has_value()) thread_.Start(*std::exchange(held_, std::nullopt));
}

CommitThread::Outcome RowSaver::Take() {
  programs_.clear();
  return thread_.Take();
}

void RowSaver::Drop() {
  held_.reset();
  if (thread_.UnderWay()) (void)Take();
}

}  // namespace trailbook
