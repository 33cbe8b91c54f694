// Random commands to the ledger and to the model of the rule book: both must answer alike and hold alike.
//   TRAILBOOK_MODEL_SEED      where the random sequences begin (default 1)
//   TRAILBOOK_MODEL_COMMANDS  how many commands altogether (default 100000)
// A failure prints the seed and the shortest sequence that still fails, as C++ to be pasted into regressions_test.cc.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "tests/model/driver.h"
#include "tests/model/generator.h"
#include "tests/model/real.h"
#include "tests/model/shrink.h"

namespace trailbook::model {
namespace {

int64_t FromEnvironment(const char* name, int64_t otherwise) {
  int64_t value = 0;
  const char* text = std::getenv(name);
  return text != nullptr && absl::SimpleAtoi(text, &value) ? value : otherwise;
}

// The number after a field's name in the first line of one side, with leading zeros; empty if there is none.
std::string Values(const std::string& told, const std::string& side, const std::string& field) {
  const size_t line = told.find(absl::StrCat("    ", side, " "));
  if (line == std::string::npos) return "";
  const size_t at = told.find(field + " ", line);
  if (at == std::string::npos) return "";
  const size_t from = at + field.size() + 1;
  const std::string digits = told.substr(from, told.find_first_of(" \n", from) - from);
  return std::string(20 - std::min<size_t>(20, digits.size()), '0') + digits;
}

// The kind of a failure, so that shrinking does not wander to another one: its first line without numbers, and
// which balances are too small or too great.
std::string KindOf(const std::string& differs) {
  std::string kind;
  const size_t after = differs.find("  after\n");
  const std::string told = differs.substr(0, after);
  for (const char* field : {"pending", "held", "payable", "reserved", "receivable", "paid"}) {
    const std::string ledger = Values(told, "ledger", field), model = Values(told, "model", field);
    if (ledger != model) absl::StrAppend(&kind, field, ledger < model ? "<" : ">", " ");
  }
  for (char c : told.substr(0, told.find('\n'))) {
    if (c < '0' || c > '9') kind.push_back(c);
  }
  return kind;
}

// Runs sequences of about `length` commands until `commands` are done.
void RunMany(Style style, int64_t commands, int64_t length, uint64_t salt, const RunOptions& options = RunOptions()) {
  const uint64_t first = static_cast<uint64_t>(FromEnvironment("TRAILBOOK_MODEL_SEED", 1));
  int64_t done = 0, sequences = 0;
  for (uint64_t seed = first * 1000003 + salt; done < commands; ++seed, ++sequences) {
    const Sequence sequence = Generator(seed, style, static_cast<int>(length)).Make();
    done += CountCommands(sequence);
    const std::string differs = Differs(sequence, options);
    if (differs.empty()) continue;
    const std::string where = absl::StrCat("seed ", seed, ", style ", static_cast<int>(style), ", length ", length);
    std::cerr << where << " differs; shrinking:\n" << differs << "\n";
    const std::string kind = KindOf(differs);
    // Looking at every day after every command is for short sequences.
    Sequence small = Shrink(
        sequence, [&](const Sequence& s) { return KindOf(Differs(s, options)) == kind; }, 300);
    small = Shrink(
        small, [&](const Sequence& s) { return KindOf(Differs(s)) == kind; }, 150);
    const std::string why = Differs(small);
    FAIL() << where << ":\n"
           << differs << "\nshrunk:\n"
           << (why.empty() ? "(fails only as a whole)" : why) << "\n"
           << Print(why.empty() ? sequence : small);
  }
  std::cout << done << " commands in " << sequences << " sequences agree\n";
}

int64_t Share(int64_t percent) { return FromEnvironment("TRAILBOOK_MODEL_COMMANDS", 100000) * percent / 100; }

TEST(ModelTest, ShortWildSequencesAgree) { RunMany(Style::kWild, Share(45), 90, 0); }
TEST(ModelTest, LongWildSequencesAgree) { RunMany(Style::kWild, Share(15), 1500, 100000000); }
TEST(ModelTest, ReportsInAnyOrderAgreeAndEndAlike) { RunMany(Style::kAnyOrder, Share(20), 80, 200000000); }
TEST(ModelTest, EventsInOrderAgreeAndAsOfADayIsWhatThatDaySaid) { RunMany(Style::kInOrder, Share(20), 120, 300000000); }

// ---- the same while the store cannot be reached now and then ----

TEST(ModelWithOutagesTest, WildSequencesAgree) {
  RunOptions options;
  options.outages = 20;
  RunMany(Style::kWild, Share(10), 90, 700000000, options);
}

// ---- the same on PostgreSQL ----

RunOptions OnPostgres() {
  RunOptions options;
  options.postgres = true;
  return options;
}

TEST(ModelOnPostgresTest, WildSequencesAgree) {
  if (store::PostgresUrl().empty()) GTEST_SKIP() << store::kNoPostgres;
  RunMany(Style::kWild, Share(3), 250, 500000000, OnPostgres());
}

TEST(ModelOnPostgresTest, EventsInOrderAgree) {
  if (store::PostgresUrl().empty()) GTEST_SKIP() << store::kNoPostgres;
  RunMany(Style::kInOrder, Share(1), 120, 600000000, OnPostgres());
}

// Where the log of "p" stands after a sequence.
std::string RootAfter(const Sequence& sequence, bool postgres) {
  Real real(sequence.start, postgres);
  for (const Command& command : sequence.commands) {
    if (command.kind == Command::Kind::kClock) {
      real.SetClock(real.now() + command.seconds);
    } else {
      real.Apply({command});
    }
  }
  std::string root;
  real.Read([&root](Queries& queries) {
    const auto head = queries.GetLogHead("p");
    root = head.ok() ? absl::StrCat(head->size, " ", head->root_hash_hex) : head.status().ToString();
  });
  return root;
}

TEST(ModelOnPostgresTest, TheSameCommandsGiveTheSameRoot) {
  if (store::PostgresUrl().empty()) GTEST_SKIP() << store::kNoPostgres;
  for (uint64_t seed = 1; seed <= 6; ++seed) {
    const Sequence sequence = Generator(seed, Style::kWild, 300).Make();
    const std::string root = RootAfter(sequence, false);
    EXPECT_EQ(RootAfter(sequence, true), root) << "seed " << seed;
    EXPECT_GT(root.size(), 64u);
  }
}

}  // namespace
}  // namespace trailbook::model
