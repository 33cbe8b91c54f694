// Style as a test over the source tree: who may include whom, how long things may be, words that must not stand
// anywhere, and comments where readers look for them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace trailbook {
namespace {

using ::testing::IsEmpty;

struct SourceFile {
  std::string path;  // from the root, e.g. "ledger/base/day.h"
  std::string text;
  std::vector<std::string> lines() const { return absl::StrSplit(absl::StripSuffix(text, "\n"), '\n'); }
};

// Every file below `folders` whose name ends with one of `endings`.
std::vector<SourceFile> FilesOf(const std::vector<std::string>& folders, const std::vector<std::string>& endings) {
  const std::filesystem::path root(TRAILBOOK_SOURCE_DIR);
  std::vector<SourceFile> files;
  for (const std::string& folder : folders) {
    for (const auto& file : std::filesystem::recursive_directory_iterator(root / folder)) {
      const std::string path = std::filesystem::relative(file.path(), root).string();
      const auto ends = [&path](const std::string& ending) { return absl::EndsWith(path, ending); };
      if (!file.is_regular_file() || absl::StrContains(path, "node_modules/")) continue;
      if (std::none_of(endings.begin(), endings.end(), ends)) continue;
      std::ostringstream text;
      text << std::ifstream(file.path()).rdbuf();
      files.push_back({path, text.str()});
    }
  }
  return files;
}

std::vector<SourceFile> ProductCode() { return FilesOf({"ledger", "services", "cli"}, {".h", ".cc"}); }

// ---- a C++ file without its comments and literals ----

// Blanks out comments and what stands in quotes, line ends kept.
class Blanker {
 public:
  explicit Blanker(const std::string& text) : text_(text), out_(text) {}

  std::string Run() && {
    while (at_ < text_.size()) {
      if (Starts("//")) {
        BlankUntil("\n", 0);
      } else if (Starts("/*")) {
        BlankUntil("*/", 2);
      } else if (Starts("R\"")) {
        const size_t open = text_.find('(', at_);
        const std::string delimiter = text_.substr(at_ + 2, open - at_ - 2);
        BlankUntil(")" + delimiter + "\"", delimiter.size() + 2);
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !IsDigitSeparator())) {
        BlankQuoted(text_[at_]);
      } else {
        ++at_;
      }
    }
    return std::move(out_);
  }

 private:
  bool Starts(absl::string_view what) const { return absl::StartsWith(absl::string_view(text_).substr(at_), what); }
  bool IsDigitSeparator() const { return at_ > 0 && std::isalnum(static_cast<unsigned char>(text_[at_ - 1])) != 0; }
  void Blank(size_t end) {
    for (; at_ < end; ++at_) {
      if (text_[at_] != '\n') out_[at_] = ' ';
    }
  }
  void BlankUntil(const std::string& end, size_t more) {
    const size_t found = text_.find(end, at_ + 1);
    Blank(found == std::string::npos ? text_.size() : found + more);
  }
  void BlankQuoted(char quote) {
    size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != quote && text_[end] != '\n') end += text_[end] == '\\' ? 2 : 1;
    Blank(std::min(end + 1, text_.size()));
  }

  const std::string& text_;
  std::string out_;
  size_t at_ = 0;
};

std::string CodeOf(const SourceFile& file) { return Blanker(file.text).Run(); }

// ---- functions, by their braces ----

struct Function {
  std::string head;
  int lines = 0;
};

// A brace opens a place for declarations (namespace, class), a function, or something else.
std::vector<Function> FunctionsOf(const std::string& code) {
  enum Kind { kPlace, kFunction, kOther };
  struct Open {
    Kind kind;
    std::string head;
    int line;
  };
  static const std::regex place("(^|\\s)(namespace|class|struct|union|enum|extern)(\\s|$)");
  std::vector<Function> functions;
  std::vector<Open> open;
  std::string statement;
  int line = 1, statement_line = 1;
  for (const char c : code) {
    if (c == '\n') ++line;
    if (c == '{') {
      const bool outside = std::all_of(open.begin(), open.end(), [](const Open& o) { return o.kind == kPlace; });
      const bool has_list = absl::StrContains(statement, "(");
      Kind kind = kOther;
      if (outside && !has_list && std::regex_search(statement, place)) kind = kPlace;
      if (outside && has_list) kind = kFunction;
      open.push_back({kind, std::string(absl::StripAsciiWhitespace(statement)), statement_line});
      statement.clear();
    } else if (c == '}') {
      if (!open.empty()) {
        if (open.back().kind == kFunction) functions.push_back({open.back().head, line - open.back().line + 1});
        open.pop_back();
      }
      statement.clear();
    } else if (c == ';') {
      statement.clear();
    } else {
      if (absl::StripAsciiWhitespace(statement).empty()) statement_line = line;
      statement += c;
    }
  }
  return functions;
}

TEST(TidyItself, FindsFunctionsAndTheirLengths) {
  const std::string code =
      Blanker(
          "namespace a {\nstruct S {\n  int x() const { return 1; }  // }\n};\n"
          "constexpr int k[] = {1, 2};\n\n"
          "int F(int a,\n      int b) {\n  if (a) {\n    return '{' + \"}\"[0];\n  }\n  return b;\n}\n}\n")
          .Run();
  const std::vector<Function> functions = FunctionsOf(code);
  ASSERT_EQ(functions.size(), 2u);
  EXPECT_EQ(functions[0].lines, 1);
  EXPECT_EQ(functions[1].lines, 7);
}

TEST(TidyItself, BlanksCommentsAndLiteralsAndNothingElse) {
  const std::string raw = "R\"x(double)x\"";
  EXPECT_EQ(Blanker("int a = 1'000; // float\n" + raw + ";").Run(),
            "int a = 1'000;         \n" + std::string(raw.size(), ' ') + ";");
  EXPECT_EQ(Blanker("f(\"a\\\"double\", '\\'');").Run(),
            "f(" + std::string(11, ' ') + ", " + std::string(4, ' ') + ");");
}

// ---- who may include whom ----

std::vector<std::string> IncludesOf(const SourceFile& file) {
  std::vector<std::string> includes;
  static const std::regex include("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]");
  for (const std::string& line : file.lines()) {
    std::smatch match;
    if (std::regex_search(line, match, include)) includes.push_back(match[1]);
  }
  return includes;
}

// base 0, domain 1, log 2, signing and store 3, writer and verify 4, jobs and queries 5, the ledger itself 6, services
// 7; -1 for anything else.
int FloorOf(absl::string_view path) {
  static const std::vector<std::pair<absl::string_view, int>> floors = {
      {"ledger/base/", 0},    {"ledger/domain/", 1}, {"ledger/log/", 2},    {"ledger/signing/", 3},
      {"ledger/store/", 3},   {"ledger/writer/", 4}, {"ledger/verify/", 4}, {"ledger/jobs/", 5},
      {"ledger/queries/", 5}, {"ledger/", 6},        {"services/", 7}};
  for (const auto& [folder, floor] : floors) {
    if (absl::StartsWith(path, folder)) return floor;
  }
  return -1;
}

bool StartsWithAny(absl::string_view text, const std::vector<absl::string_view>& starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [text](absl::string_view start) { return absl::StartsWith(text, start); });
}

// "file includes what" for every include that `wrong` says.
template <typename Wrong>
std::vector<std::string> WrongIncludes(const std::vector<SourceFile>& files, Wrong wrong) {
  std::vector<std::string> found;
  for (const SourceFile& file : files) {
    for (const std::string& include : IncludesOf(file)) {
      if (wrong(file.path, include)) found.push_back(absl::StrCat(file.path, " includes ", include));
    }
  }
  return found;
}

TEST(Includes, NoArrowPointsUp) {
  EXPECT_THAT(WrongIncludes(FilesOf({"ledger", "services"}, {".h", ".cc"}),
                            [](const std::string& file, const std::string& include) {
                              return FloorOf(include) > FloorOf(file) || absl::StartsWith(include, "cli/");
                            }),
              IsEmpty());
}

TEST(Includes, SigningAndTheStoreKnowNothingOfEachOther) {
  EXPECT_THAT(WrongIncludes(FilesOf({"ledger/signing", "ledger/store"}, {".h", ".cc"}),
                            [](const std::string& file, const std::string& include) {
                              return absl::StartsWith(include, absl::StartsWith(file, "ledger/store/")
                                                                   ? "ledger/signing/"
                                                                   : "ledger/store/");
                            }),
              IsEmpty());
}

TEST(Includes, WhatWritesAndWhatReadsKnowNothingOfEachOther) {
  EXPECT_THAT(WrongIncludes(FilesOf({"ledger/writer", "ledger/jobs", "ledger/verify", "ledger/queries"}, {".h", ".cc"}),
                            [](const std::string& file, const std::string& include) {
                              const std::vector<absl::string_view> writing = {"ledger/writer/", "ledger/jobs/"},
                                                                   reading = {"ledger/verify/", "ledger/queries/"};
                              return StartsWithAny(include, StartsWithAny(file, writing) ? reading : writing);
                            }),
              IsEmpty());
}

TEST(Includes, TheLedgerKnowsNeitherTheApiNorGrpc) {
  EXPECT_THAT(WrongIncludes(FilesOf({"ledger"}, {".h", ".cc"}),
                            [](const std::string&, const std::string& include) {
                              return StartsWithAny(include, {"trailbook/v1/", "grpc", "google/rpc/"});
                            }),
              IsEmpty());
}

TEST(Includes, RulesKnowNeitherStorageNorTheClock) {
  EXPECT_THAT(WrongIncludes(FilesOf({"ledger/base", "ledger/domain", "ledger/log"}, {".h", ".cc"}),
                            [](const std::string&, const std::string& include) {
                              return StartsWithAny(include, {"ledger/store/", "sqlite3", "libpq-fe",
                                                             "absl/time/clock.h", "fstream", "thread", "mutex"});
                            }),
              IsEmpty());
}

TEST(Includes, OnlyTheDriverAndTheDaemonsMainKnowWhichStoreThereIs) {
  EXPECT_THAT(
      WrongIncludes(
          ProductCode(),
          [](const std::string& file, const std::string& include) {
            if (include == "sqlite3.h") return !absl::StartsWith(file, "ledger/store/sqlite");
            if (include == "libpq-fe.h") return !absl::StartsWith(file, "ledger/store/postgres");
            if (!StartsWithAny(include, {"ledger/store/sqlite", "ledger/store/postgres"})) return false;
            return !StartsWithAny(file, {"ledger/store/sqlite", "ledger/store/postgres", "services/open_store"});
          }),
      IsEmpty());
}

// It verifies offline: formats, keys, and the plain arithmetic of the rules.
TEST(Includes, TheToolKnowsTheApiAndOfTheLedgerOnlyWhatVerifies) {
  EXPECT_THAT(WrongIncludes(FilesOf({"cli"}, {".h", ".cc"}),
                            [](const std::string&, const std::string& include) {
                              const bool ledger =
                                  absl::StartsWith(include, "ledger/") &&
                                  !StartsWithAny(include, {"ledger/base/", "ledger/log/", "ledger/signing/",
                                                           "ledger/domain/money.h", "ledger/domain/chart.h"});
                              return ledger || absl::StartsWith(include, "services/") || include == "sqlite3.h";
                            }),
              IsEmpty());
}

TEST(Includes, AreFoundAtAll) {
  size_t includes = 0;
  for (const SourceFile& file : ProductCode()) includes += IncludesOf(file).size();
  EXPECT_GT(includes, 500u);
}

// ---- budgets ----

TEST(Budgets, AHeaderHas300LinesAtMostAndASource500) {
  for (const SourceFile& file : ProductCode()) {
    const size_t most = absl::EndsWith(file.path, ".h") ? 300 : 500;
    EXPECT_LE(file.lines().size(), most) << file.path;
  }
}

TEST(Budgets, AFunctionFitsAScreen) {
  size_t functions = 0;
  for (const SourceFile& file : ProductCode()) {
    for (const Function& function : FunctionsOf(CodeOf(file))) {
      ++functions;
      EXPECT_LE(function.lines, 80) << file.path << ": " << function.head;
    }
  }
  EXPECT_GT(functions, 500u);
}

// ---- words ----

// "file:line: text" for every line where `text_of(file)` matches.
template <typename TextOf>
std::vector<std::string> LinesWith(const std::vector<SourceFile>& files, const std::string& pattern, TextOf text_of) {
  std::vector<std::string> found;
  const std::regex regex(pattern);
  for (const SourceFile& file : files) {
    const std::string text = text_of(file);
    int number = 0;
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      ++number;
      if (std::regex_search(line.begin(), line.end(), regex)) {
        found.push_back(absl::StrCat(file.path, ":", number, ": ", line));
      }
    }
  }
  return found;
}

TEST(Words, TextIsAbslsView) {
  EXPECT_THAT(LinesWith(FilesOf({"ledger", "services", "cli", "tests"}, {".h", ".cc"}), "std::string_view\\b", CodeOf),
              IsEmpty());
}

TEST(Words, TheLedgerHasNoFloatingPoint) {
  EXPECT_THAT(LinesWith(FilesOf({"ledger"}, {".h", ".cc"}), "\\b(double|float)\\b", CodeOf), IsEmpty());
  EXPECT_THAT(LinesWith(FilesOf({"proto/trailbook"}, {".proto"}), "^\\s*(repeated |optional )?(double|float) ",
                        [](const SourceFile& file) { return file.text; }),
              IsEmpty());
}

TEST(Words, NothingIsLeftForLater) {
  const std::string later = std::string("\\b(TO") + "DO|FIX" + "ME|XX" + "X:|HA" + "CK)\\b";
  EXPECT_THAT(LinesWith(FilesOf({"ledger", "services", "cli", "proto", "tests", "deploy"},
                                {".h", ".cc", ".proto", ".mjs", ".txt", ".md", ".sh", ".toml", ".service"}),
                        later, [](const SourceFile& file) { return file.text; }),
              IsEmpty());
}

// What engines that speak PostgreSQL's protocol lack or do otherwise (Citus, CockroachDB, YugabyteDB): sequences,
// advisory locks, sums of integers (numeric there), division of integers (decimal there), notifications, and what is
// SQLite's alone.
TEST(Words, SqlIsWhatEveryEngineTakes) {
  const auto text = [](const SourceFile& file) {
    return absl::StartsWith(file.path, "ledger/store/sqlite") ? std::string() : file.text;
  };
  const std::string words =
      "nextval|currval|SERIAL|SEQUENCE|pg_advisory\\w*|SUM\\(|AVG\\(|TOTAL\\(|LISTEN |NOTIFY "
      "|AUTOINCREMENT|rowid|ifnull|GLOB|INSERT OR|strftime|random\\(";
  EXPECT_THAT(LinesWith(FilesOf({"ledger"}, {".h", ".cc"}), absl::StrCat("\"[^\"]*\\b(", words, ")"), text), IsEmpty());
  EXPECT_THAT(LinesWith(FilesOf({"ledger"}, {".h", ".cc"}), "\"[^\"]*(SELECT|WHERE|SET) [^\"]* / ", text), IsEmpty());
}

// Every key begins with the program, so that an engine can shard by it; three tables belong to all programs.
TEST(Words, EveryKeyBeginsWithTheProgram) {
  int keys = 0;
  static const std::regex key("CREATE TABLE (\\w+) \\(([^;]*)\\) STRICT");
  for (const SourceFile& file : FilesOf({"ledger/store"}, {".h"})) {
    for (std::sregex_iterator found(file.text.begin(), file.text.end(), key), end; found != end; ++found) {
      const std::string table = (*found)[1], columns = (*found)[2];
      ++keys;
      if (table == "secret" || table == "program_slug") continue;
      EXPECT_TRUE(std::regex_search(
          columns, std::regex("PRIMARY\\s+KEY\\s*\\(\\s*program_id|program_id INTEGER NOT NULL PRIMARY KEY")))
          << table;
    }
  }
  EXPECT_GT(keys, 40);
}

// ---- comments ----

TEST(Headers, OpenWithAWordAboutWhatTheyAreAndAGuardThatFollowsTheirPath) {
  const std::vector<SourceFile> headers = FilesOf({"ledger", "services", "cli", "tests"}, {".h"});
  EXPECT_GT(headers.size(), 60u);
  for (const SourceFile& file : headers) {
    EXPECT_TRUE(absl::StartsWith(file.text, "// ")) << file.path << " does not open with a comment";
    const std::string guard = absl::StrCat(
        "TRAILBOOK_", absl::StrReplaceAll(absl::AsciiStrToUpper(file.path), {{"/", "_"}, {".", "_"}, {"-", "_"}}), "_");
    EXPECT_TRUE(absl::StrContains(file.text, absl::StrCat("\n#ifndef ", guard, "\n#define ", guard, "\n")))
        << file.path;
    EXPECT_TRUE(absl::EndsWith(file.text, absl::StrCat("#endif  // ", guard, "\n"))) << file.path;
  }
}

TEST(Protos, EverythingInThemHasAComment) {
  static const std::regex declaration(
      "^\\s*((message|enum|service|rpc|oneof)\\s+\\w+|(repeated\\s+|optional\\s+)?[\\w.]+(<[^>]*>)?\\s+\\w+\\s*=\\s*"
      "\\d+|[A-Z][A-Z0-9_]*\\s*=\\s*\\d+)");
  int declarations = 0;
  for (const SourceFile& file : FilesOf({"proto/trailbook"}, {".proto"})) {
    EXPECT_TRUE(absl::StartsWith(file.text, "// ")) << file.path << " does not open with a comment";
    std::string above;
    for (const std::string& line : file.lines()) {
      if (std::regex_search(line, declaration)) {
        ++declarations;
        EXPECT_TRUE(absl::StartsWith(above, "//")) << file.path << ": " << line;
      }
      above = std::string(absl::StripAsciiWhitespace(line));
    }
  }
  EXPECT_GT(declarations, 500);
}

}  // namespace
}  // namespace trailbook
