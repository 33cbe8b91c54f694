#include "ledger/signing/key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/signing/file.h"

namespace trailbook::log {
namespace {

class KeyFileTest : public testing::Test {
 protected:
  KeyFileTest() : dir_(absl::StrCat(testing::TempDir(), "keys-", getpid())), path_(dir_ + "/log.keys") {
    std::filesystem::create_directories(dir_);
  }
  ~KeyFileTest() override { std::filesystem::remove_all(dir_); }

  void ExpectRefused(absl::string_view content, absl::string_view why) {
    ASSERT_TRUE(WriteWholeFile(path_, content).ok());
    const absl::Status status = ReadKeyFile(path_).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_TRUE(absl::StrContains(status.message(), why)) << status;
  }

  const std::string dir_, path_;
};

TEST_F(KeyFileTest, IsMadeOnceAndOnlyItsOwnerReadsIt) {
  const auto made = OpenKeyFile(path_, "log.example");
  ASSERT_TRUE(made.ok()) << made.status();
  struct stat info;
  ASSERT_EQ(stat(path_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600u);
  EXPECT_EQ((*OpenKeyFile(path_, "log.example"))[0].verifier(), (*made)[0].verifier());
  EXPECT_EQ((*OpenKeyFile(path_, ""))[0].name(), "log.example");
}

TEST_F(KeyFileTest, WithoutAnOriginOneIsMadeUpThatNobodyElseHas) {
  EXPECT_TRUE(absl::EndsWith((*OpenKeyFile(path_, ""))[0].name(), ".invalid"));
  EXPECT_NE((*OpenKeyFile(path_, ""))[0].name(), (*OpenKeyFile(path_ + "2", ""))[0].name());
}

TEST_F(KeyFileTest, ANewKeyStandsBeforeTheOthers) {
  const SigningKey first = (*OpenKeyFile(path_, "log.example"))[0];
  ASSERT_TRUE(AddKey(path_).ok());
  const auto keys = ReadKeyFile(path_);
  ASSERT_EQ(keys->size(), 2u);
  EXPECT_EQ((*keys)[1].verifier(), first.verifier());
  EXPECT_EQ((*keys)[0].name(), "log.example");
  EXPECT_NE((*keys)[0].verifier(), first.verifier());
  EXPECT_EQ(AddKey(path_ + "-none").code(), absl::StatusCode::kNotFound);
}

TEST_F(KeyFileTest, AnotherOriginIsRefused) {
  ASSERT_TRUE(OpenKeyFile(path_, "log.example").ok());
  const absl::Status status = OpenKeyFile(path_, "other.example").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_TRUE(absl::StrContains(status.message(), "log.example")) << status;
}

TEST_F(KeyFileTest, SaysWhatIsWrongWithAFile) {
  const std::string a = SigningKey::Generate("a.example")->SecretText(),
                    b = SigningKey::Generate("b.example")->SecretText();
  ExpectRefused("", "holds no key");
  ExpectRefused("# only a remark\n", "holds no key");
  ExpectRefused(absl::StrCat("# remark\n", a, "x\n"), "line 2");
  ExpectRefused(absl::StrCat(a, "\n", b, "\n"), "line 2: a key of b.example beside one of a.example");
  ASSERT_TRUE(WriteWholeFile(path_, absl::StrCat("# remark\n\n  ", a, "  \n")).ok());
  EXPECT_EQ(ReadKeyFile(path_)->size(), 1u);
  ASSERT_EQ(chmod(path_.c_str(), 0640), 0);
  EXPECT_TRUE(absl::StrContains(ReadKeyFile(path_).status().message(), "chmod 600"));
  EXPECT_EQ(ReadKeyFile(path_ + "-none").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace trailbook::log
