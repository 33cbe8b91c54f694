#include "ledger/store/row_bytes.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "tests/contract/bound_values.h"

namespace trailbook::store {
namespace {

constexpr int64_t kLeast = std::numeric_limits<int64_t>::min(), kMost = std::numeric_limits<int64_t>::max();

std::string BytesOf(const Row& row) {
  RowBytes bytes;
  for (size_t at = 0; at < row.size(); ++at) bytes.Bind(static_cast<int>(at) + 1, row[at]);
  return std::string(bytes.bytes());
}

TEST(RowBytesTest, AreDataItemsAsRfc8949ShowsThem) {
  const std::vector<std::pair<Value, std::string>> appendix_a = {{0, "00"},
                                                                 {1, "01"},
                                                                 {10, "0a"},
                                                                 {23, "17"},
                                                                 {24, "1818"},
                                                                 {25, "1819"},
                                                                 {100, "1864"},
                                                                 {1000, "1903e8"},
                                                                 {1000000, "1a000f4240"},
                                                                 {1000000000000, "1b000000e8d4a51000"},
                                                                 {-1, "20"},
                                                                 {-10, "29"},
                                                                 {-100, "3863"},
                                                                 {-1000, "3903e7"},
                                                                 {std::monostate(), "f6"},
                                                                 {Blob{""}, "40"},
                                                                 {Blob{"\x01\x02\x03\x04"}, "4401020304"},
                                                                 {"", "60"},
                                                                 {"a", "6161"},
                                                                 {"IETF", "6449455446"},
                                                                 {"\"\\", "62225c"},
                                                                 {"ü", "62c3bc"}};
  for (const auto& [value, hex] : appendix_a) EXPECT_EQ(absl::BytesToHexString(BytesOf({value})), hex);
}

TEST(RowBytesTest, GiveBackTheRow) {
  const Row row = {int64_t{255},
                   int64_t{256},
                   int64_t{65535},
                   int64_t{65536},
                   int64_t{4294967295},
                   int64_t{4294967296},
                   kMost,
                   kLeast,
                   int64_t{-256},
                   int64_t{-257},
                   std::monostate(),
                   Blob{std::string(300, '\0')},
                   std::string(70000, 'x'),
                   Blob{""},
                   "",
                   int64_t{0}};
  const std::string bytes = BytesOf(row) + BytesOf({"the next row"});
  absl::string_view left = bytes;
  BoundValues first, second;
  BindFrom(left, static_cast<int>(row.size()), first);
  EXPECT_EQ(first.row(), row);
  BindFrom(left, 1, second);
  EXPECT_EQ(second.row(), Row{"the next row"});
  EXPECT_EQ(left, "");
}

}  // namespace
}  // namespace trailbook::store
