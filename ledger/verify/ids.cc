#include "ledger/verify/ids.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/store/fresh_keys.h"
#include "ledger/store/row_mapping.h"

namespace trailbook {
namespace {

// The ids that wait, in order, to be passed once beside ids that come in order too.
class WaitingIds {
 public:
  struct Id {
    Hash128 key;
    int64_t commission;
    int64_t row;  // of fresh_key
  };

  // What is wrong with a row of them goes into `problem`.
  static absl::StatusOr<WaitingIds> Read(store::Database& db, int64_t program, std::string& problem) {
    TRAILBOOK_ASSIGN_OR_RETURN(
        store::Statement * select,
        db.PrepareScan("SELECT program_id, number, ids, seal FROM fresh_key WHERE program_id = $1 ORDER BY number"));
    select->BindInt(1, program);
    std::vector<Id> ids;
    absl::StatusOr<bool> more = select->Step();
    for (; more.ok() && *more && problem.empty(); more = select->Step()) {
      const auto keys = store::KeysInRow(*select);
      if (!keys.ok()) {
        problem = std::string(keys.status().message());
        break;
      }
      for (const ExternalKey& key : *keys) ids.push_back({key.id_key, key.commission, select->ColumnInt(1)});
    }
    select->Reset();
    TRAILBOOK_RETURN_IF_ERROR(more.status());
    std::sort(ids.begin(), ids.end(),
              [](const Id& a, const Id& b) { return std::tie(a.key, a.row) < std::tie(b.key, b.row); });
    const auto twice =
        std::adjacent_find(ids.begin(), ids.end(), [](const Id& a, const Id& b) { return a.key == b.key; });
    if (problem.empty() && twice != ids.end()) {
      problem = absl::StrCat("table fresh_key, row (program_id ", program, ", number ", std::next(twice)->row, "): id ",
                             Hex(twice->key.view()), " is there twice");
    }
    return WaitingIds(std::move(ids));
  }

  // Passes those below `key`, and says which; and the one under it, if it waits, else null.
  const Id* PassTo(const Hash128& key, absl::FunctionRef<void(const Id&)> passed) {
    for (; next_ < ids_.size() && ids_[next_].key < key; ++next_) passed(ids_[next_]);
    return next_ < ids_.size() && ids_[next_].key == key ? &ids_[next_++] : nullptr;
  }
  void PassToEnd(absl::FunctionRef<void(const Id&)> passed) {
    for (; next_ < ids_.size(); ++next_) passed(ids_[next_]);
  }

 private:
  explicit WaitingIds(std::vector<Id> ids) : ids_(std::move(ids)) {}

  std::vector<Id> ids_;
  size_t next_ = 0;
};

// The rows of external_key, in order.
class Ids {
 public:
  static absl::StatusOr<Ids> Open(store::Database& db, int64_t program) {
    TRAILBOOK_ASSIGN_OR_RETURN(
        store::Statement * select,
        db.PrepareScan(store::SelectFrom<ExternalKey>("WHERE program_id = $1 ORDER BY program_id, id_key")));
    select->BindInt(1, program);
    Ids ids(select);
    TRAILBOOK_RETURN_IF_ERROR(ids.Next());
    return ids;
  }
  absl::Status Next() {
    TRAILBOOK_ASSIGN_OR_RETURN(const bool more, select_->Step());
    row_ = more ? std::optional<ExternalKey>(store::FromStatement<ExternalKey>(*select_)) : std::nullopt;
    return absl::OkStatus();
  }
  const std::optional<ExternalKey>& row() const { return row_; }
  void Close() { select_->Reset(); }

 private:
  explicit Ids(store::Statement* select) : select_(select) {}
  store::Statement* select_;
  std::optional<ExternalKey> row_;
};

std::string Show(const ExternalKey& key) {
  return absl::StrCat("row (program_id ", key.program, ", id_key ", Hex(key.id_key.view()), ")");
}

// What is wrong with an id of the log, given the stored row under it, if there is one, and what waits under it, if
// something does.
std::string CheckId(const ExternalKey& right, const std::optional<ExternalKey>& stored, const WaitingIds::Id* waits) {
  if (stored.has_value() && stored->commission != right.commission) {
    return absl::StrCat("table external_key, ", Show(right), ": commission is ", stored->commission, ", the log says ",
                        right.commission);
  }
  if (waits == nullptr) {
    return stored.has_value() ? "" : absl::StrCat("table external_key: no row is left, the log says ", Show(right));
  }
  if (waits->commission == right.commission) return "";
  return absl::StrCat("table fresh_key: id ", Hex(right.id_key.view()), " names commission ", waits->commission,
                      ", the log says ", right.commission);
}

}  // namespace

absl::StatusOr<std::optional<store::Fingerprint>> FingerprintIds(store::Database& db, int64_t program,
                                                                 const ShortHashKey& key) {
  std::string problem;
  TRAILBOOK_ASSIGN_OR_RETURN(WaitingIds waiting, WaitingIds::Read(db, program, problem));
  if (!problem.empty()) return std::nullopt;
  store::Fingerprint ids(key);
  const auto add = [&ids, program](const WaitingIds::Id& id) {
    ExternalKey row = ExternalKey::WithKey({program, id.key});
    row.commission = id.commission;
    ids.Add(row);
  };
  TRAILBOOK_ASSIGN_OR_RETURN(Ids stored, Ids::Open(db, program));
  while (stored.row().has_value()) {
    const ExternalKey& row = *stored.row();
    const WaitingIds::Id* const waits = waiting.PassTo(row.id_key, add);
    ids.Add(row);
    if (waits != nullptr && waits->commission != row.commission) add(*waits);
    TRAILBOOK_RETURN_IF_ERROR(stored.Next());
  }
  stored.Close();
  waiting.PassToEnd(add);
  return ids;
}

absl::Status CompareIds(store::Database& db, store::Database& scratch, int64_t program, VerifyReport& report) {
  TRAILBOOK_ASSIGN_OR_RETURN(WaitingIds waiting, WaitingIds::Read(db, program, report.problem));
  TRAILBOOK_ASSIGN_OR_RETURN(Ids stored, Ids::Open(db, program));
  TRAILBOOK_ASSIGN_OR_RETURN(Ids right, Ids::Open(scratch, program));
  std::string unknown;  // the first id that waits, and that the log does not know
  const auto passed = [&unknown](const WaitingIds::Id& id) {
    if (unknown.empty()) {
      unknown = absl::StrCat("table fresh_key: id ", Hex(id.key.view()), " waits, the log knows no such id");
    }
  };
  while (report.problem.empty() && (stored.row().has_value() || right.row().has_value())) {
    ++report.rows_compared;
    if (!right.row().has_value() || (stored.row().has_value() && stored.row()->id_key < right.row()->id_key)) {
      report.problem =
          absl::StrCat("table external_key: ", Show(*stored.row()), " is there, the log knows no such row");
      break;
    }
    const bool same = stored.row().has_value() && stored.row()->id_key == right.row()->id_key;
    report.problem =
        CheckId(*right.row(), same ? stored.row() : std::nullopt, waiting.PassTo(right.row()->id_key, passed));
    if (same) TRAILBOOK_RETURN_IF_ERROR(stored.Next());
    TRAILBOOK_RETURN_IF_ERROR(right.Next());
  }
  stored.Close();
  right.Close();
  waiting.PassToEnd(passed);
  if (report.problem.empty()) report.problem = unknown;
  return absl::OkStatus();
}

}  // namespace trailbook
