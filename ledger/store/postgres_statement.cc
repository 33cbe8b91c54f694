#include "ledger/store/postgres_statement.h"

#include "ledger/base/status.h"
#include "ledger/store/postgres_database.h"

namespace trailbook::store {
namespace {

constexpr int kScanRows = 2000;  // a scan fetches so many at a time

}  // namespace

absl::StatusOr<bool> PostgresStatement::Step() {
  if (scan_) return NextOfScan();
  if (result_ == nullptr) {
    TRAILBOOK_ASSIGN_OR_RETURN(result_, db_->Run(*this));
    row_ = -1;
  }
  return ++row_ < PQntuples(result_.get());
}

// A cursor's rows, some thousand at a time: a result of any length needs little memory. Cursors live in transactions.
absl::StatusOr<bool> PostgresStatement::NextOfScan() {
  if (!open_) {
    if (!db_->in_transaction()) return Internal("a scan needs a transaction");
    TRAILBOOK_RETURN_IF_ERROR(db_->MakeKnown(*this));
    TRAILBOOK_RETURN_IF_ERROR(
        db_->RunText(absl::StrCat("DECLARE c", name_, " NO SCROLL CURSOR FOR ", sql_), parameters_.For(parameter_count))
            .status());
    open_ = true;
  }
  if (result_ == nullptr || row_ + 1 >= PQntuples(result_.get())) {
    if (result_ != nullptr && PQntuples(result_.get()) < kScanRows) return false;
    TRAILBOOK_ASSIGN_OR_RETURN(result_, db_->RunText(absl::StrCat("FETCH ", kScanRows, " FROM c", name_), {}));
    row_ = -1;
  }
  return ++row_ < PQntuples(result_.get());
}

void PostgresStatement::Rewind() {
  if (open_ && db_->in_transaction()) (void)db_->RunText(absl::StrCat("CLOSE c", name_), {});
  open_ = false;
  result_.reset();
  row_ = -1;
}

void PostgresStatement::Reset() {
  Rewind();
  parameters_.Clear();
}

Value PostgresStatement::Column(int index) const {
  if (ColumnIsNull(index)) return std::monostate();
  const Oid type = PQftype(result_.get(), index);
  if (IsIntType(type)) return ColumnInt(index);
  if (type == kByteaOid) return Blob{std::string(Bytes(index))};
  return std::string(Bytes(index));
}

absl::Status PostgresStatement::ShowEach(Result result, absl::FunctionRef<absl::Status()> sink) {
  result_ = std::move(result);
  absl::Status status;
  for (row_ = 0; row_ < PQntuples(result_.get()) && status.ok(); ++row_) status = sink();
  Rewind();
  return status;
}

}  // namespace trailbook::store
