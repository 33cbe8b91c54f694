// Values as they are bound, one after the other: a row. Not thread-safe.
#ifndef TRAILBOOK_TESTS_CONTRACT_BOUND_VALUES_H_
#define TRAILBOOK_TESTS_CONTRACT_BOUND_VALUES_H_

#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "ledger/store/sql.h"

namespace trailbook::store {

class BoundValues final : public Binder {
 public:
  void BindInt(int index, int64_t value) override { Append(index, value); }
  void BindText(int index, absl::string_view value) override { Append(index, std::string(value)); }
  void BindBlob(int index, absl::string_view value) override { Append(index, Blob{std::string(value)}); }
  void BindNull(int index) override { Append(index, std::monostate()); }
  const Row& row() const { return row_; }

 private:
  void Append(int index, Value value) {
    EXPECT_EQ(static_cast<size_t>(index), row_.size() + 1);
    row_.push_back(std::move(value));
  }

  Row row_;
};

}  // namespace trailbook::store

#endif  // TRAILBOOK_TESTS_CONTRACT_BOUND_VALUES_H_
