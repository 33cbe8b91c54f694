// Tables for people, CSV and JSON for programs, and guesses at mistyped words.
#include "cli/output.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cli/csv.h"
#include "cli/help.h"
#include "trailbook/v1/money.pb.h"

namespace trailbook::cli {
namespace {

using ::testing::HasSubstr;

TEST(ToTable, ColumnsAreAsWideAsTheirWidestCellAndNumbersStandRight) {
  const Sheet sheet{{"PARTNER", "AMOUNT"},
                    {{Text("jane"), Money(149900, "INR")}, {Text("a-long-name"), Money(5, "INR")}}};
  EXPECT_EQ(ToTable(sheet),
            "PARTNER        AMOUNT\n"
            "jane         1,499.00\n"
            "a-long-name      0.05\n");
}

TEST(ToTable, NoSpacesTrailAfterTheLastColumn) {
  const Sheet sheet{{"A", "B"}, {{Text("x"), Text("long text")}, {Text("y"), Text("s")}}};
  EXPECT_EQ(ToTable(sheet), "A  B\nx  long text\ny  s\n");
}

TEST(ToTable, WidthsCountCharactersNotBytes) {
  const Sheet sheet{{"NAME", "N"}, {{Text("Zo\xC3\xAB"), Number(1)}, {Text("Jan."), Number(22)}}};
  EXPECT_EQ(ToTable(sheet),
            "NAME   N\n"
            "Zo\xC3\xAB    1\n"
            "Jan.  22\n");
}

TEST(ToTable, WithoutRowsItIsItsHead) { EXPECT_EQ(ToTable({{"A", "B"}, {}}), "A  B\n"); }

TEST(ToCsv, MoneyIsInMinorUnitsWithoutSeparators) {
  EXPECT_EQ(ToCsv({{"partner", "amount"}, {{Text("jane"), Money(149900, "INR")}, {Text("omar"), Money(-5, "INR")}}}),
            "partner,amount\njane,149900\nomar,-5\n");
}

TEST(ToCsv, TextWithCommasQuotesAndLinesIsReadBackAsItWas) {
  const std::string text = "Smith, \"Al\"\nand sons";
  const auto rows = ParseCsv(ToCsv({{"name"}, {{Text(text)}}}));
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ((*rows)[1].fields[0], text);
}

TEST(ToCsv, TextThatASpreadsheetWouldRunIsDefusedAndNumbersAreNot) {
  for (const char* text : {"=1+1", "+1", "-1", "@SUM(A1)", "\tx"}) {
    EXPECT_EQ(ToCsv({{"name"}, {{Text(text)}}}), std::string("name\n'") + text + "\n");
  }
  EXPECT_EQ(ToCsv({{"name"}, {{Text("a=b")}, {Text("")}}}), "name\na=b\n\n");
  EXPECT_EQ(ToCsv({{"n", "m"}, {{Number(-1), Money(-5, "INR")}}}), "n,m\n-1,-5\n");
}

TEST(ToTable, TextForPeopleIsShownAsItIs) { EXPECT_EQ(ToTable({{"NAME"}, {{Text("=1+1")}}}), "NAME\n=1+1\n"); }

TEST(ToJson, NamesFieldsAsTheProtoDoesAndKeepsAll64Bits) {
  ::trailbook::v1::Money money;
  money.set_currency_code("USD");
  money.set_minor_units(9007199254740993);
  const std::string json = ToJson(money);
  EXPECT_THAT(json, HasSubstr("\"currency_code\":\"USD\""));
  EXPECT_THAT(json, HasSubstr("\"minor_units\":\"9007199254740993\""));
}

TEST(ToJson, ShowsFieldsThatAreZeroToo) {
  EXPECT_THAT(ToJson(::trailbook::v1::Money()), HasSubstr("\"minor_units\":\"0\""));
}

TEST(Last, IsTheLastPartOfAName) {
  EXPECT_EQ(Last("programs/acme/partners/jane"), "jane");
  EXPECT_EQ(Last("jane"), "jane");
  EXPECT_EQ(Last(""), "");
}

class ComplaintTest : public ::testing::Test {
 protected:
  ComplaintTest() {
    CLI::App* payout = app_.add_subcommand("payout");
    payout->add_subcommand("preview");
    payout->add_subcommand("approve");
    app_.add_subcommand("partner");
  }
  std::string For(std::vector<std::string> words) {
    std::vector<char*> argv;
    for (std::string& word : words) argv.push_back(word.data());
    return Complaint(app_, static_cast<int>(argv.size()), argv.data(), "--nonsense is not expected");
  }
  CLI::App app_;
};

TEST_F(ComplaintTest, AMistypedNounIsGuessed) {
  EXPECT_THAT(For({"trailbook", "partnr"}), HasSubstr("Did you mean \"partner\"?"));
}

TEST_F(ComplaintTest, AMistypedVerbIsGuessedAmongItsNouns) {
  EXPECT_THAT(For({"trailbook", "payout", "aprove"}), HasSubstr("Did you mean \"approve\"?"));
}

TEST_F(ComplaintTest, WhatResemblesNothingPointsAtTheHelpThatIsNearest) {
  EXPECT_THAT(For({"trailbook", "xyzzy"}), HasSubstr("trailbook --help"));
  EXPECT_THAT(For({"trailbook", "payout", "xyzzy"}), HasSubstr("trailbook payout --help"));
  EXPECT_EQ(For({"trailbook", "payout", "--nonsense"}), "--nonsense is not expected. See: trailbook payout --help");
}

TEST_F(ComplaintTest, AnUnknownWordIsCalledUnknown) {
  EXPECT_THAT(For({"trailbook", "partnr", "list"}), HasSubstr("\"partnr\" is nothing that trailbook knows"));
}

}  // namespace
}  // namespace trailbook::cli
