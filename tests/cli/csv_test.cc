// RFC 4180 in both directions.
#include "cli/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <rapidcheck/gtest.h>

namespace trailbook::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::vector<std::string>> Fields(absl::string_view text) {
  std::vector<std::vector<std::string>> fields;
  const auto rows = ParseCsv(text);
  EXPECT_TRUE(rows.ok()) << rows.status();
  if (!rows.ok()) return fields;
  for (const CsvRow& row : *rows) fields.push_back(row.fields);
  return fields;
}

TEST(ParseCsv, ReadsRowsWithEitherLineEndAndWithoutALastOne) {
  EXPECT_THAT(Fields("a,b\r\nc,d\n"), ElementsAre(ElementsAre("a", "b"), ElementsAre("c", "d")));
  EXPECT_THAT(Fields("a,b\nc,d"), ElementsAre(ElementsAre("a", "b"), ElementsAre("c", "d")));
  EXPECT_THAT(Fields("a,b\r"), ElementsAre(ElementsAre("a", "b")));
}

TEST(ParseCsv, AQuotedFieldHoldsCommasQuotesAndLineEnds) {
  EXPECT_THAT(Fields("\"a,b\",\"say \"\"hi\"\"\",\"two\r\nlines\"\n"),
              ElementsAre(ElementsAre("a,b", "say \"hi\"", "two\r\nlines")));
}

TEST(ParseCsv, EmptyFieldsAreFields) {
  EXPECT_THAT(Fields(",\n"), ElementsAre(ElementsAre("", "")));
  EXPECT_THAT(Fields("a,,c\n"), ElementsAre(ElementsAre("a", "", "c")));
  EXPECT_THAT(Fields("a,"), ElementsAre(ElementsAre("a", "")));
  EXPECT_THAT(Fields("\"\"\n"), ElementsAre(ElementsAre("")));
  EXPECT_THAT(Fields("\"\",\"\""), ElementsAre(ElementsAre("", "")));
}

TEST(ParseCsv, EmptyLinesAreSkipped) {
  EXPECT_THAT(Fields(""), IsEmpty());
  EXPECT_THAT(Fields("\n\r\na\n\n"), ElementsAre(ElementsAre("a")));
}

TEST(ParseCsv, AByteOrderMarkIsNoPartOfTheFirstField) {
  EXPECT_THAT(Fields("\xEF\xBB\xBFid,name\n"), ElementsAre(ElementsAre("id", "name")));
}

TEST(ParseCsv, ARowKnowsTheLineOnWhichItBegins) {
  const auto rows = *ParseCsv("a\n\n\"two\nlines\",x\nlast\n");
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_EQ(rows[0].line, 1);
  EXPECT_EQ(rows[1].line, 3);
  EXPECT_EQ(rows[2].line, 5);
}

TEST(ParseCsv, AQuoteThatNeverEndsIsRefusedWithItsLine) {
  const auto rows = ParseCsv("a,b\nc,\"d\ne\n");
  EXPECT_EQ(rows.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(rows.status().message()), HasSubstr("line 2"));
}

TEST(CsvLine, QuotesOnlyWhatNeedsIt) {
  EXPECT_EQ(CsvLine({"a", "b c", ""}), "a,b c,\n");
  EXPECT_EQ(CsvLine({"a,b", "say \"hi\"", "two\nlines"}), "\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\n");
}

RC_GTEST_PROP(CsvLine, WhateverIsWrittenIsReadBack, ()) {
  const auto field = rc::gen::container<std::string>(rc::gen::element('a', ',', '"', '\n', '\r', ' ', '='));
  const auto fields = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(field));
  RC_PRE(fields.size() > 1 || !fields[0].empty());  // one empty field is an empty line
  const auto rows = ParseCsv(CsvLine(fields));
  RC_ASSERT(rows.ok());
  RC_ASSERT(rows->size() == 1u);
  RC_ASSERT((*rows)[0].fields == fields);
}

}  // namespace
}  // namespace trailbook::cli
