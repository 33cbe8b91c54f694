// How rows become SQL values and back, from each row's Visit. Thread-safe: functions only.
#ifndef TRAILBOOK_LEDGER_STORE_ROW_MAPPING_H_
#define TRAILBOOK_LEDGER_STORE_ROW_MAPPING_H_

#include <cstring>
#include <string>
#include <tuple>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "ledger/base/currency.h"
#include "ledger/base/day_set.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/domain/row_types.h"
#include "ledger/store/row_bytes.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

inline Value ToValue(int64_t v) { return v; }
inline Value ToValue(int32_t v) { return static_cast<int64_t>(v); }
inline Value ToValue(bool v) { return static_cast<int64_t>(v); }
inline Value ToValue(const std::string& v) { return v; }
inline Value ToValue(const Currency& v) { return std::string(v.code()); }
inline Value ToValue(const Bytes& v) { return Blob{v.bytes}; }
inline Value ToValue(const DaySet& v) { return Blob{std::string(v.bytes())}; }
inline Value ToValue(const Hash128& v) { return Blob{std::string(v.view())}; }

inline void BindField(Binder& b, int at, int64_t v) { b.BindInt(at, v); }
inline void BindField(Binder& b, int at, int32_t v) { b.BindInt(at, v); }
inline void BindField(Binder& b, int at, bool v) { b.BindInt(at, v ? 1 : 0); }
inline void BindField(Binder& b, int at, const std::string& v) { b.BindText(at, v); }
inline void BindField(Binder& b, int at, const Currency& v) { b.BindText(at, v.code()); }
inline void BindField(Binder& b, int at, const Bytes& v) { b.BindBlob(at, v.bytes); }
inline void BindField(Binder& b, int at, const DaySet& v) { b.BindBlob(at, v.bytes()); }
inline void BindField(Binder& b, int at, const Hash128& v) { b.BindBlob(at, v.view()); }

inline void FromColumn(const Statement& s, int at, int64_t& v) { v = s.ColumnInt(at); }
inline void FromColumn(const Statement& s, int at, int32_t& v) { v = static_cast<int32_t>(s.ColumnInt(at)); }
inline void FromColumn(const Statement& s, int at, bool& v) { v = s.ColumnInt(at) != 0; }
inline void FromColumn(const Statement& s, int at, std::string& v) {
  const absl::string_view text = s.ColumnText(at);
  v.assign(text.data(), text.size());
}
inline void FromColumn(const Statement& s, int at, Currency& v) { v = s.ColumnText(at); }
inline void FromColumn(const Statement& s, int at, Hash128& v) {
  const absl::string_view bytes = s.ColumnBlob(at);
  v = Hash128();
  if (bytes.size() == v.bytes.size()) std::memcpy(v.bytes.data(), bytes.data(), bytes.size());
}
inline void FromColumn(const Statement& s, int at, Bytes& v) {
  const absl::string_view bytes = s.ColumnBlob(at);
  v.bytes.assign(bytes.data(), bytes.size());
}
inline void FromColumn(const Statement& s, int at, DaySet& v) { v = DaySet::FromBytes(s.ColumnBlob(at)); }

// Rows beside the log follow from nothing else, so each carries a seal, a hash of its values, which whoever reads it
// checks. It shows a bad disk and an edit by hand; whoever knows how it is made can make one.
template <typename R>
inline constexpr bool kIsSealed = (requires { R::kBesideLog; });
inline constexpr char kSealColumn[] = "seal";

inline void AppendSealed(std::string& text, int64_t v) { absl::StrAppend(&text, v, ";"); }
inline void AppendSealed(std::string& text, absl::string_view v) { absl::StrAppend(&text, v.size(), ":", v, ";"); }
inline void AppendSealed(std::string& text, const std::string& v) { AppendSealed(text, absl::string_view(v)); }
inline void AppendSealed(std::string& text, const Currency& v) { AppendSealed(text, v.code()); }
inline void AppendSealed(std::string& text, const Bytes& v) { AppendSealed(text, v.bytes); }
inline void AppendSealed(std::string& text, const Hash128& v) { AppendSealed(text, v.view()); }

template <typename R>
Hash128 SealOf(const R& row) {
  std::string text = absl::StrCat(R::kTable, ";");
  R::Visit(row, [&text](const char*, const auto& field) { AppendSealed(text, field); });
  return IdKey('~', text);
}

// The seal of the secret under which names are hashed, which has no row type.
inline constexpr char kSecretName[] = "hash-key";
inline Hash128 SealOfSecret(absl::string_view value) {
  return IdKey('~', absl::StrCat("secret;", kSecretName, ";", value));
}

template <typename R>
std::vector<std::string> ColumnsOf() {
  std::vector<std::string> columns;
  R row;
  R::Visit(row, [&columns](const char* name, const auto&) { columns.push_back(name); });
  if constexpr (kIsSealed<R>) columns.push_back(kSealColumn);
  return columns;
}

template <typename R>
const TableShape& ShapeOf() {
  static const TableShape* shape = new TableShape{R::kTable, ColumnsOf<R>(), R::kKeyColumns};
  return *shape;
}

// What is said of a row whose seal does not fit.
absl::Status BrokenSeal(const TableShape& shape, const Statement& row);
// What is said of a row that others lead to, and that is not there. `key`: the values of its key.
absl::Status MissingRow(const TableShape& shape, const Row& key);

// The same of a row type and a key of it.
template <typename R>
absl::Status MissingRowOf(const typename R::Key& key) {
  return MissingRow(ShapeOf<R>(), std::apply([](const auto&... part) { return Row{ToValue(part)...}; }, key));
}

// A value as messages show it.
std::string ShowValue(const Value& value);

template <typename R>
void BindRow(const R& row, Binder& binder) {
  int at = 0;
  R::Visit(row, [&](const char*, const auto& field) { BindField(binder, ++at, field); });
}

// The seals of rows, in their order; none for rows that have none. They are bound after the rows' own values.
template <typename R>
std::vector<Hash128> SealsOf(const std::vector<R>& rows) {
  std::vector<Hash128> seals;
  if constexpr (kIsSealed<R>) {
    for (const R& row : rows) seals.push_back(SealOf(row));
  }
  return seals;
}

template <typename R>
void BindKey(const typename R::Key& key, Binder& binder) {
  int at = 0;
  std::apply([&](const auto&... part) { (BindField(binder, ++at, part), ...); }, key);
}

// Reads a row from a SELECT of SelectFrom<R>.
template <typename R>
R FromStatement(const Statement& statement) {
  R row;
  int at = 0;
  R::Visit(row, [&](const char*, auto& field) { FromColumn(statement, at++, field); });
  return row;
}

// The value that was bound last, into a field of its type.
class LastBound final : public Binder {
 public:
  void BindInt(int, int64_t value) override { number_ = value; }
  void BindText(int, absl::string_view value) override { bytes_ = value; }
  void BindBlob(int, absl::string_view value) override { bytes_ = value; }
  void BindNull(int) override {}

  void To(int64_t& v) const { v = number_; }
  void To(int32_t& v) const { v = static_cast<int32_t>(number_); }
  void To(Currency& v) const { v = bytes_; }

 private:
  int64_t number_ = 0;
  absl::string_view bytes_;
};

// A row of numbers and currencies, as RowBytes has it.
template <typename R>
R FromBytes(absl::string_view bytes) {
  R row;
  LastBound value;
  R::Visit(row, [&](const char*, auto& field) {
    BindFrom(bytes, 1, value);
    value.To(field);
  });
  return row;
}

// That a row read from there is as it was written. DATA_LOSS with LEDGER_DAMAGED if its seal does not fit.
template <typename R>
absl::Status CheckSeal(const R& row, const Statement& statement) {
  if constexpr (kIsSealed<R>) {
    const TableShape& shape = ShapeOf<R>();
    const int at = static_cast<int>(shape.columns.size()) - 1;
    if (statement.ColumnBlob(at) != SealOf(row).view()) return BrokenSeal(shape, statement);
  }
  return absl::OkStatus();
}

// "SELECT a, b, ... FROM table " with what follows.
template <typename R>
std::string SelectFrom(absl::string_view rest) {
  return absl::StrCat("SELECT ", absl::StrJoin(ShapeOf<R>().columns, ", "), " FROM ", R::kTable, " ", rest);
}

// "WHERE key1 = $1 AND key2 = $2 ...".
template <typename R>
std::string WhereKey() {
  std::string where = "WHERE ";
  for (int at = 0; at < R::kKeyColumns; ++at) {
    absl::StrAppend(&where, at == 0 ? "" : " AND ", ShapeOf<R>().columns[at], " = $", at + 1);
  }
  return where;
}

// Every row of a SELECT of SelectFrom<R> with its parameters.
template <typename R>
absl::StatusOr<std::vector<R>> SelectRows(Database& db, absl::string_view sql, const Row& parameters) {
  TRAILBOOK_ASSIGN_OR_RETURN(Statement * statement, db.Prepare(sql));
  statement->BindAll(parameters);
  std::vector<R> rows;
  while (true) {
    const auto more = statement->Step();
    if (!more.ok() || !*more) {
      statement->Reset();
      if (!more.ok()) return more.status();
      return rows;
    }
    rows.push_back(FromStatement<R>(*statement));
    absl::Status sealed = CheckSeal(rows.back(), *statement);
    if (!sealed.ok()) {
      statement->Reset();
      return sealed;
    }
  }
}

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_ROW_MAPPING_H_
