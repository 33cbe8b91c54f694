// What trailbookd is told on its command line, and by the file that this names.
#include "services/command_line.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace trailbook::services {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using Task = CommandLine::Task;

class CommandLineTest : public ::testing::Test {
 protected:
  CommandLineTest() {
    std::string folder = (std::filesystem::temp_directory_path() / "trailbook-flags-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    folder_ = folder;
  }
  ~CommandLineTest() override { std::filesystem::remove_all(folder_); }

  static absl::StatusOr<CommandLine> Read(std::vector<std::string> words) {
    std::vector<const char*> argv = {"trailbookd"};
    for (const std::string& word : words) argv.push_back(word.c_str());
    return ReadCommandLine(static_cast<int>(argv.size()), argv.data());
  }
  static std::string RefusalOf(const std::vector<std::string>& words) {
    const auto line = Read(words);
    EXPECT_EQ(line.status().code(), absl::StatusCode::kInvalidArgument);
    return std::string(line.status().message());
  }
  std::string Written(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }

  std::string folder_;
};

TEST_F(CommandLineTest, EveryFlagSetsItsOption) {
  const auto line = Read({"--data",
                          "/b",
                          "--listen",
                          "127.0.0.1:9",
                          "--log-level",
                          "debug",
                          "--log-format",
                          "json",
                          "--drain-grace-ms",
                          "1500",
                          "--click-retention-days",
                          "40",
                          "--readers",
                          "7",
                          "--max-queued",
                          "11",
                          "--id-buffer",
                          "0",
                          "--log-origin",
                          "log.example",
                          "--key-file",
                          "/k",
                          "--no-reflection",
                          "--migrate"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->task, Task::kServe);
  EXPECT_EQ(line->options.data, "/b");
  EXPECT_EQ(line->options.listen, "127.0.0.1:9");
  EXPECT_EQ(line->options.log_level, "debug");
  EXPECT_EQ(line->options.log_format, "json");
  EXPECT_EQ(line->options.drain_grace_ms, 1500);
  EXPECT_EQ(line->options.click_retention_days, 40);
  EXPECT_EQ(line->options.readers, 7);
  EXPECT_EQ(line->options.max_queued, 11);
  EXPECT_EQ(line->options.id_buffer, 0);
  EXPECT_EQ(line->options.log_origin, "log.example");
  EXPECT_EQ(line->options.key_file, "/k");
  EXPECT_FALSE(line->options.reflection);
  EXPECT_TRUE(line->options.migrate);
}

TEST_F(CommandLineTest, FlagsWinOverTheFileAndTheFileOverTheDefaults) {
  const std::string file =
      Written("some.toml", "data = \"/from-file\"\nreaders = 5\nmax_queued = 100\nmigrate = true\n");
  const auto line = Read({"--config", file, "--readers", "2"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->options.data, "/from-file");
  EXPECT_EQ(line->options.readers, 2) << "although that is the default";
  EXPECT_EQ(line->options.max_queued, 100);
  EXPECT_TRUE(line->options.migrate);
  EXPECT_EQ(line->options.id_buffer, DaemonOptions().id_buffer);
  EXPECT_EQ(line->options.key_file, "/from-file/log.keys");
}

TEST_F(CommandLineTest, TheFileOfTheDataDirectoryIsReadIfNoOtherIsNamed) {
  Written("trailbook.toml", "readers = 5\n");
  const std::string other = Written("other.toml", "readers = 6\n");
  EXPECT_EQ(Read({"--data", folder_})->options.readers, 5);
  EXPECT_EQ(Read({"--data", folder_, "--config", other})->options.readers, 6);
  Written("trailbook.toml", "reders = 5\n");
  EXPECT_THAT(RefusalOf({"--data", folder_}), HasSubstr("reders"));
}

TEST_F(CommandLineTest, WhatItCannotServeWithIsRefused) {
  EXPECT_EQ(RefusalOf({}), "--data DIR is required");
  EXPECT_THAT(RefusalOf({"--dta", "/b"}), HasSubstr("--dta"));
  EXPECT_THAT(RefusalOf({"--data", "/b", "--readers", "65"}), HasSubstr("--readers"));
  EXPECT_THAT(RefusalOf({"--data", "/b", "--store", "mysql://x"}), HasSubstr("mysql://x"));
  EXPECT_THAT(RefusalOf({"--data", "/b", "--witness", "nonsense"}), StartsWith("--witness: "));
  EXPECT_THAT(RefusalOf({"--data", "/b", "--listen", "0.0.0.0:7420"}), HasSubstr("loopback"));
  EXPECT_THAT(RefusalOf({"--data", "/b", "--store", "postgres://h/d", "--listen", "127.0.0.1:0"}),
              StartsWith("--listen needs a port other than 0"));
}

TEST_F(CommandLineTest, ACopyNeedsBothItsStores) {
  const auto line = Read({"copy", "--from", "/a", "--to", "postgres://h/d"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->task, Task::kCopy);
  EXPECT_EQ(line->copy_from, "/a");
  EXPECT_EQ(line->copy_to, "postgres://h/d");
  EXPECT_EQ(RefusalOf({"copy", "--to", "/b"}), "--from is required. See: trailbookd copy --help");
  EXPECT_EQ(RefusalOf({"copy", "--from", "/a"}), "--to is required. See: trailbookd copy --help");
  EXPECT_THAT(RefusalOf({"copy", "--form", "/a", "--to", "/b"}), HasSubstr("--form")) << "what was misspelt is named";
}

TEST_F(CommandLineTest, AKeyIsAddedToTheFileOfTheDaemon) {
  const auto line = Read({"--data", "/b", "--add-key"});
  ASSERT_TRUE(line.ok()) << line.status();
  EXPECT_EQ(line->task, Task::kAddKey);
  EXPECT_EQ(line->options.key_file, "/b/log.keys");
}

TEST_F(CommandLineTest, HelpAndVersionAreToldWhateverElseIsMissing) {
  const auto version = Read({"--version"});
  ASSERT_TRUE(version.ok()) << version.status();
  EXPECT_EQ(version->task, Task::kTell);
  EXPECT_THAT(version->text, StartsWith("trailbookd "));
  EXPECT_THAT(Read({"--help"})->text, HasSubstr("--store"));
  EXPECT_THAT(Read({"copy", "--help"})->text, HasSubstr("--from"));
}

}  // namespace
}  // namespace trailbook::services
