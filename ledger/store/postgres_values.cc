#include "ledger/store/postgres_values.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/big_endian.h"
#include "ledger/base/status.h"

namespace trailbook::store {

void AppendInt32(std::string& out, int32_t value) { out += BigEndian(static_cast<uint32_t>(value)); }

bool IsIntType(unsigned type) { return type == kInt8Oid || type == kInt4Oid || type == kInt2Oid || type == kBoolOid; }

absl::string_view ArrayTypeName(unsigned type) {
  if (type == kByteaOid) return "bytea[]";
  return IsIntType(type) ? "bigint[]" : "text[]";
}

absl::string_view KindOf(unsigned type) { return IsIntType(type) ? "a number" : type == kByteaOid ? "a blob" : "text"; }

int64_t IntFromBinary(absl::string_view bytes) {
  const uint64_t number = FromBigEndian(bytes);
  switch (bytes.size()) {
    case 1: return static_cast<int8_t>(number);
    case 2: return static_cast<int16_t>(number);
    case 4: return static_cast<int32_t>(number);
    case 8: return static_cast<int64_t>(number);
    default: return 0;
  }
}

ColumnArrays::ColumnArrays(const std::vector<unsigned>& types)
    : types_(types), elements_(types.size()), bound_(types.size(), true), has_null_(types.size(), false) {}

void ColumnArrays::StartRow() {
  EndRow();
  bound_.assign(types_.size(), false);
  ++rows_;
}

void ColumnArrays::EndRow() {
  for (size_t at = 0; at < types_.size(); ++at) {
    if (bound_[at]) continue;
    has_null_[at] = true;
    AppendInt32(elements_[at], kNull);
  }
}

void ColumnArrays::BindInt(int index, int64_t value) {
  Append(index, BigEndian(static_cast<uint64_t>(value)), "a number");
}

void ColumnArrays::Append(int index, absl::string_view bytes, absl::string_view kind) {
  const auto at = static_cast<size_t>(index - 1);
  const absl::string_view wanted = KindOf(types_[at]);
  if (kind != wanted) {
    status_.Update(Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "",
                          absl::StrCat("column ", index, " takes ", wanted, ", not ", kind)));
  }
  bound_[at] = true;
  AppendInt32(elements_[at], static_cast<int32_t>(bytes.size()));
  elements_[at].append(bytes.data(), bytes.size());
}

std::vector<std::string> ColumnArrays::Encode() && {
  EndRow();
  bound_.assign(types_.size(), true);
  std::vector<std::string> arrays;
  for (size_t at = 0; at < types_.size(); ++at) {
    const unsigned type = types_[at];
    std::string array;
    AppendInt32(array, 1);  // dimensions
    AppendInt32(array, has_null_[at] ? 1 : 0);
    AppendInt32(array, static_cast<int32_t>(type == kByteaOid ? kByteaOid : IsIntType(type) ? kInt8Oid : kTextOid));
    AppendInt32(array, rows_);
    AppendInt32(array, 1);  // the first index
    arrays.push_back(array + std::move(elements_[at]));
  }
  return arrays;
}

}  // namespace trailbook::store
