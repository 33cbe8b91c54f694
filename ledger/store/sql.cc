#include "ledger/store/sql.h"

namespace trailbook::store {

void Statement::Bind(int index, const Value& value) {
  if (const auto* number = std::get_if<int64_t>(&value)) {
    BindInt(index, *number);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    BindText(index, *text);
  } else if (const auto* blob = std::get_if<Blob>(&value)) {
    BindBlob(index, blob->bytes);
  } else {
    BindNull(index);
  }
}

}  // namespace trailbook::store
