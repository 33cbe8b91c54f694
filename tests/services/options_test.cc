// The daemon's configuration file, and where it may listen.
#include "services/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace trailbook::services {
namespace {

using ::testing::HasSubstr;

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    std::string folder = (std::filesystem::temp_directory_path() / "trailbook-config-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) std::abort();
    folder_ = folder;
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  std::string path() const { return folder_ + "/trailbook.toml"; }
  absl::Status Read(const std::string& text, DaemonOptions* options) {
    std::ofstream(path()) << text;
    return ReadConfig(path(), options);
  }
  std::string RefusalOf(const std::string& text) {
    DaemonOptions options;
    const absl::Status status = Read(text, &options);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << text;
    return std::string(status.message());
  }

  std::string folder_;
};

TEST_F(ConfigTest, EveryKeySetsItsOption) {
  DaemonOptions options;
  const absl::Status status = Read(
      "data = \"/var/lib/trailbook\"\nlisten = \"127.0.0.1:9\"\nlog_level = \"debug\"\nlog_format = \"json\"\n"
      "drain_grace_ms = 1500\nreaders = 7\nreflection = false\nmigrate = true\n"
      "log_origin = \"log.example\"\nkey_file = \"/etc/keys\"\n"
      "witnesses = [\"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW\"]\n",
      &options);
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(options.data, "/var/lib/trailbook");
  EXPECT_EQ(options.listen, "127.0.0.1:9");
  EXPECT_EQ(options.log_level, "debug");
  EXPECT_EQ(options.log_format, "json");
  EXPECT_EQ(options.drain_grace_ms, 1500);
  EXPECT_EQ(options.readers, 7);
  EXPECT_FALSE(options.reflection);
  EXPECT_TRUE(options.migrate);
  EXPECT_EQ(options.log_origin, "log.example");
  EXPECT_EQ(options.key_file, "/etc/keys");
  EXPECT_EQ(options.witnesses.size(), 1u);
}

TEST_F(ConfigTest, WhatIsNotNamedKeepsItsDefault) {
  DaemonOptions options;
  ASSERT_TRUE(Read("# nothing but a comment\nreaders = 3\n", &options).ok());
  EXPECT_EQ(options.readers, 3);
  EXPECT_EQ(options.listen, DaemonOptions().listen);
  EXPECT_EQ(options.reflection, DaemonOptions().reflection);
}

TEST_F(ConfigTest, AValueOfTheWrongTypeIsRefusedWithItsLineAndWhatItMustBe) {
  EXPECT_THAT(RefusalOf("\n\nreaders = \"two\"\n"), HasSubstr(path() + ":3: readers must be a whole number"));
  EXPECT_THAT(RefusalOf("readers = 2.0\n"), HasSubstr("readers must be a whole number"));
  EXPECT_THAT(RefusalOf("listen = 7420\n"), HasSubstr(":1: listen must be text"));
  EXPECT_THAT(RefusalOf("data = \"x\"\nreflection = 1\n"), HasSubstr(":2: reflection must be true or false"));
  EXPECT_THAT(RefusalOf("migrate = \"yes\"\n"), HasSubstr("migrate must be true or false"));
  EXPECT_THAT(RefusalOf("drain_grace_ms = true\n"), HasSubstr("drain_grace_ms must be a whole number"));
  for (const char* key : {"data", "log_level", "log_format", "log_origin", "key_file"}) {
    EXPECT_THAT(RefusalOf(std::string(key) + " = 1\n"), HasSubstr(std::string(key) + " must be text"));
  }
}

TEST_F(ConfigTest, AValueThatTheFlagRefusesIsRefusedInTheFileToo) {
  EXPECT_THAT(RefusalOf("\nreaders = 0\n"), HasSubstr(":2: readers must be between 1 and"));
  EXPECT_THAT(RefusalOf("readers = 1000\n"), HasSubstr("readers must be between"));
  EXPECT_THAT(RefusalOf("drain_grace_ms = -1\n"), HasSubstr("drain_grace_ms must be between 0 and"));
  EXPECT_THAT(RefusalOf("log_level = \"loud\"\n"),
              HasSubstr("log_level must be one of debug, info, warn, error, not \"loud\""));
  EXPECT_THAT(RefusalOf("witnesses = \"one\"\n"), HasSubstr("witnesses must be a list"));
  EXPECT_THAT(RefusalOf("\nwitnesses = [\"nonsense\"]\n"), HasSubstr(":2: witnesses: "));
  EXPECT_THAT(RefusalOf("log_format = \"xml\"\n"), HasSubstr("log_format must be one of text, json"));
}

TEST_F(ConfigTest, AnUnknownKeyIsRefusedWithItsLineAndTheKnownOnes) {
  const std::string refusal = RefusalOf("readers = 2\nreader = 2\n");
  EXPECT_THAT(refusal, HasSubstr(path() + ":2: unknown key \"reader\""));
  EXPECT_THAT(refusal, HasSubstr("readers"));
  EXPECT_THAT(RefusalOf("[server]\nlisten = \"127.0.0.1:1\"\n"), HasSubstr("unknown key \"server\""));
}

TEST_F(ConfigTest, WhatIsNoTomlIsRefusedWithItsLine) {
  EXPECT_THAT(RefusalOf("readers = 2\nlisten = \n"), HasSubstr(path() + ":2: "));
}

TEST_F(ConfigTest, AFileThatIsNotThereIsRefusedByItsName) {
  DaemonOptions options;
  const absl::Status status = ReadConfig(folder_ + "/missing.toml", &options);
  ASSERT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("missing.toml"));
}

TEST(CheckLoopback, TakesAddressesOfThisMachineOnly) {
  for (const char* listen : {"127.0.0.1:7420", "127.1.2.3:0", "localhost:65535", "[::1]:7420"}) {
    EXPECT_TRUE(CheckLoopback(listen).ok()) << listen;
  }
  for (const char* listen :
       {"0.0.0.0:7420", "[::]:7420", "192.168.1.5:7420", "10.0.0.1:1", "example.com:443", "128.0.0.1:1", ":7420",
        "127.example.com:1", "127.0.0.1.example.com:1", "localhost.example.com:1", "[::2]:1"}) {
    EXPECT_FALSE(CheckLoopback(listen).ok()) << listen;
  }
}

TEST(CheckLoopback, SaysWhyItWillNotListenToOthers) {
  EXPECT_THAT(std::string(CheckLoopback("0.0.0.0:7420").message()), HasSubstr("only loopback addresses"));
}

TEST(CheckLoopback, RefusesWhatIsNoHostAndPort) {
  for (const char* listen : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:http", "127.0.0.1:65536", "127.0.0.1:-1"}) {
    EXPECT_THAT(std::string(CheckLoopback(listen).message()), HasSubstr("not HOST:PORT")) << listen;
  }
}

}  // namespace
}  // namespace trailbook::services
