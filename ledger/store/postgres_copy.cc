#include "ledger/store/postgres_copy.h"

#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "ledger/base/big_endian.h"
#include "ledger/base/status.h"
#include "ledger/store/postgres_connection.h"
#include "ledger/store/postgres_values.h"

namespace trailbook::store {
namespace {

constexpr size_t kSendBytes = 1 << 16;
// Signature, flags, and the length of a header extension that is not there.
constexpr absl::string_view kHeader("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr uint16_t kNoMoreRows = 0xffff;

// The stream of rows. Its first error is kept, and nothing is sent after it.
class RowStream final : public Binder {
 public:
  RowStream(PGconn* connection, const std::vector<unsigned>& types)
      : connection_(connection), types_(types), bytes_(kHeader), bound_(types.size()) {}

  // The row that is bound next; columns that are not bound are null.
  void StartRow() {
    LeaveNull(types_.size());
    if (bytes_.size() >= kSendBytes) Send();
    bytes_ += BigEndian(static_cast<uint16_t>(types_.size()));
    bound_ = 0;
  }
  void BindInt(int index, int64_t value) override { Append(index, BigEndian(static_cast<uint64_t>(value)), "a number"); }
  void BindText(int index, absl::string_view value) override { Append(index, value, "text"); }
  void BindBlob(int index, absl::string_view value) override { Append(index, value, "a blob"); }
  void BindNull(int) override {}

  // The server stores what came, or nothing after an error; its answer waits on the connection.
  absl::Status End() {
    LeaveNull(types_.size());
    bytes_ += BigEndian(kNoMoreRows);
    Send();
    const std::string why(status_.message());
    if (PQputCopyEnd(connection_, status_.ok() ? nullptr : why.c_str()) != 1) status_.Update(ErrorOf(connection_, nullptr, "COPY"));
    return status_;
  }

 private:
  void Append(int index, absl::string_view bytes, absl::string_view kind) {
    const auto at = static_cast<size_t>(index - 1);
    const absl::string_view wanted = KindOf(types_[at]);
    if (kind != wanted || at < bound_) {
      status_.Update(Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "",
                            absl::StrCat("column ", index, " takes ", wanted, ", in the order of the columns, not ", kind)));
    }
    LeaveNull(at);
    AppendInt32(bytes_, static_cast<int32_t>(bytes.size()));
    bytes_.append(bytes.data(), bytes.size());
    bound_ = at + 1;
  }
  void LeaveNull(size_t end) {
    for (; bound_ < end; ++bound_) AppendInt32(bytes_, kNull);
  }
  void Send() {
    const int size = static_cast<int>(bytes_.size());
    if (status_.ok() && PQputCopyData(connection_, bytes_.data(), size) != 1) status_ = ErrorOf(connection_, nullptr, "COPY");
    bytes_.clear();
  }

  PGconn* connection_;
  const std::vector<unsigned>& types_;
  std::string bytes_;
  size_t bound_;  // columns of the present row
  absl::Status status_;
};

}  // namespace

absl::Status CopyRows(PGconn* connection, const TableShape& shape, const std::vector<unsigned>& types, size_t rows, Database::BindRow bind) {
  const std::string sql = absl::StrCat("COPY ", shape.table, " (", absl::StrJoin(shape.columns, ", "), ") FROM STDIN (FORMAT binary)");
  const Result begun(PQexec(connection, sql.c_str()));
  if (PQresultStatus(begun.get()) != PGRES_COPY_IN) return ErrorOf(connection, begun.get(), sql);
  RowStream stream(connection, types);
  for (size_t row = 0; row < rows; ++row) {
    stream.StartRow();
    bind(row, stream);
  }
  absl::Status status = stream.End();
  for (Result answer(PQgetResult(connection)); answer != nullptr; answer.reset(PQgetResult(connection))) {
    if (!IsGood(answer.get())) status.Update(ErrorOf(connection, answer.get(), sql));
  }
  return status;
}

}  // namespace trailbook::store
