// A prepared statement of PostgreSQL. Not thread-safe: belongs to its connection.
#ifndef TRAILBOOK_LEDGER_STORE_POSTGRES_STATEMENT_H_
#define TRAILBOOK_LEDGER_STORE_POSTGRES_STATEMENT_H_

#include <libpq-fe.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "ledger/store/postgres_connection.h"
#include "ledger/store/postgres_pipeline.h"
#include "ledger/store/postgres_values.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

class PostgresDatabase;

// Values of a statement's parameters: numbers and texts as text, which suits whatever type the server gave the
// parameter; blobs as they are.
class Parameters {
 public:
  void Set(int index, std::string value, bool binary) {
    const auto at = static_cast<size_t>(index - 1);
    if (at >= values_.size()) values_.resize(at + 1);
    values_[at] = {std::move(value), binary, true};
  }
  void SetNull(int index) { Set(index, "", false), values_[static_cast<size_t>(index - 1)].present = false; }
  void Clear() { values_.clear(); }

  Arguments For(int count) const {
    Arguments arrays;
    for (size_t at = 0; at < static_cast<size_t>(count); ++at) {
      const bool present = at < values_.size() && values_[at].present;
      arrays.values.push_back(present ? values_[at].bytes.c_str() : nullptr);
      arrays.lengths.push_back(present ? static_cast<int>(values_[at].bytes.size()) : 0);
      arrays.formats.push_back(present && values_[at].binary ? 1 : 0);
    }
    return arrays;
  }

 private:
  struct OneValue {
    std::string bytes;
    bool binary = false, present = false;
  };
  std::vector<OneValue> values_;
};

// A prepared statement. Its result is fetched whole by the first Step, a scan's in parts.
class PostgresStatement final : public Statement {
 public:
  PostgresStatement(PostgresDatabase* db, std::string sql, std::string name, bool scan)
      : db_(db), sql_(std::move(sql)), name_(std::move(name)), scan_(scan) {}

  void BindInt(int index, int64_t value) override { parameters_.Set(index, absl::StrCat(value), false); }
  void BindText(int index, absl::string_view value) override { parameters_.Set(index, std::string(value), false); }
  void BindBlob(int index, absl::string_view value) override { parameters_.Set(index, std::string(value), true); }
  void BindNull(int index) override { parameters_.SetNull(index); }

  absl::StatusOr<bool> Step() override;
  void Reset() override;
  void Rewind();
  int ColumnCount() const override { return PQnfields(result_.get()); }
  bool ColumnIsNull(int index) const override { return PQgetisnull(result_.get(), row_, index) == 1; }
  int64_t ColumnInt(int index) const override { return IntFromBinary(Bytes(index)); }
  absl::string_view ColumnText(int index) const override { return Bytes(index); }
  absl::string_view ColumnBlob(int index) const override { return Bytes(index); }
  Value Column(int index) const override;

  const std::string& sql() const { return sql_; }
  const std::string& name() const { return name_; }
  const Parameters& parameters() const { return parameters_; }
  // Shows each row of a result that came by another way than Step, until `sink` fails.
  absl::Status ShowEach(Result result, absl::FunctionRef<absl::Status()> sink);
  int64_t prepared_on = -1;  // the connection's generation
  int parameter_count = 0;

 private:
  absl::string_view Bytes(int index) const {
    return absl::string_view(PQgetvalue(result_.get(), row_, index),
                             static_cast<size_t>(PQgetlength(result_.get(), row_, index)));
  }
  absl::StatusOr<bool> NextOfScan();

  PostgresDatabase* db_;
  std::string sql_, name_;
  bool scan_, open_ = false;
  Parameters parameters_;
  Result result_;
  int row_ = -1;
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_POSTGRES_STATEMENT_H_
