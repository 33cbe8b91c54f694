#include "ledger/verify_ids.h"

#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/store/fresh_keys.h"
#include "ledger/store/row_mapping.h"

namespace trailbook {
namespace {

// The ids that wait, by key; what is wrong with a row of them goes into `problem`.
absl::StatusOr<absl::flat_hash_map<Hash128, int64_t>> WaitingIds(store::Database& db, int64_t program, std::string& problem) {
  absl::flat_hash_map<Hash128, int64_t> waiting;
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select,
                             db.PrepareScan("SELECT program_id, number, ids, seal FROM fresh_key WHERE program_id = $1 ORDER BY number"));
  select->BindInt(1, program);
  while (problem.empty()) {
    TRAILBOOK_ASSIGN_OR_RETURN(const bool more, select->Step());
    if (!more) break;
    const auto keys = store::KeysInRow(*select);
    if (!keys.ok()) {
      problem = std::string(keys.status().message());
      break;
    }
    for (const ExternalKey& key : *keys) {
      if (waiting.emplace(key.id_key, key.commission).second) continue;
      problem = absl::StrCat("table fresh_key, row (program_id ", program, ", number ", select->ColumnInt(1), "): id ", Hex(key.id_key.view()), " is there twice");
    }
  }
  select->Reset();
  return waiting;
}

// The rows of external_key, in order.
class Ids {
 public:
  static absl::StatusOr<Ids> Open(store::Database& db, int64_t program) {
    TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select,
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

std::string Show(const ExternalKey& key) { return absl::StrCat("row (program_id ", key.program, ", id_key ", Hex(key.id_key.view()), ")"); }

// What is wrong with an id of the log, given the stored row under it, if there is one, and what waits.
std::string CheckId(const ExternalKey& right, const std::optional<ExternalKey>& stored, absl::flat_hash_map<Hash128, int64_t>& waiting) {
  const auto waits = waiting.find(right.id_key);
  if (stored.has_value() && stored->commission != right.commission) {
    return absl::StrCat("table external_key, ", Show(right), ": commission is ", stored->commission, ", the log says ", right.commission);
  }
  if (waits == waiting.end()) {
    return stored.has_value() ? "" : absl::StrCat("table external_key: no row is left, the log says ", Show(right));
  }
  const int64_t commission = waits->second;
  waiting.erase(waits);
  if (commission == right.commission) return "";
  return absl::StrCat("table fresh_key: id ", Hex(right.id_key.view()), " names commission ", commission, ", the log says ", right.commission);
}

}  // namespace

absl::StatusOr<std::optional<store::Fingerprint>> FingerprintIds(store::Database& db, int64_t program, const ShortHashKey& key) {
  std::string problem;
  TRAILBOOK_ASSIGN_OR_RETURN(auto waiting, WaitingIds(db, program, problem));
  if (!problem.empty()) return std::nullopt;
  store::Fingerprint ids(key);
  TRAILBOOK_ASSIGN_OR_RETURN(Ids stored, Ids::Open(db, program));
  while (stored.row().has_value()) {
    const ExternalKey& row = *stored.row();
    ids.Add(row);
    const auto waits = waiting.find(row.id_key);
    if (waits != waiting.end() && waits->second == row.commission) waiting.erase(waits);
    TRAILBOOK_RETURN_IF_ERROR(stored.Next());
  }
  stored.Close();
  for (const auto& [id, commission] : waiting) {
    ExternalKey row = ExternalKey::WithKey({program, id});
    row.commission = commission;
    ids.Add(row);
  }
  return ids;
}

absl::Status CompareIds(store::Database& db, store::Database& scratch, int64_t program, VerifyReport& report) {
  TRAILBOOK_ASSIGN_OR_RETURN(auto waiting, WaitingIds(db, program, report.problem));
  TRAILBOOK_ASSIGN_OR_RETURN(Ids stored, Ids::Open(db, program));
  TRAILBOOK_ASSIGN_OR_RETURN(Ids right, Ids::Open(scratch, program));
  while (report.problem.empty() && (stored.row().has_value() || right.row().has_value())) {
    ++report.rows_compared;
    if (!right.row().has_value() || (stored.row().has_value() && stored.row()->id_key < right.row()->id_key)) {
      report.problem = absl::StrCat("table external_key: ", Show(*stored.row()), " is there, the log knows no such row");
      break;
    }
    const bool same = stored.row().has_value() && stored.row()->id_key == right.row()->id_key;
    report.problem = CheckId(*right.row(), same ? stored.row() : std::nullopt, waiting);
    if (same) TRAILBOOK_RETURN_IF_ERROR(stored.Next());
    TRAILBOOK_RETURN_IF_ERROR(right.Next());
  }
  stored.Close();
  right.Close();
  if (report.problem.empty() && !waiting.empty()) {
    report.problem = absl::StrCat("table fresh_key: id ", Hex(waiting.begin()->first.view()), " waits, the log knows no such id");
  }
  return absl::OkStatus();
}

}  // namespace trailbook
