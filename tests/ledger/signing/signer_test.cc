// A signer over a log that grows, is exchanged and is cut: it never contradicts what it signed.
#include "ledger/signing/signer.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/signing/file.h"
#include "ledger/signing/key_file.h"

namespace trailbook::log {
namespace {

constexpr char kProgram[] = "p";

// Records of a branch: two branches are the same up to where one of them leaves.
class BranchingLog {
 public:
  explicit BranchingLog(int64_t size, int64_t leaves_at = 1 << 30) {
    for (int64_t n = 0; n < size; ++n) tree_.Append(LeafHash(absl::StrCat(n < leaves_at ? "record " : "forged ", n)));
    for (auto& [place, hashes] : tree_.TakeChanged()) tiles_[place] = hashes;
  }
  Signer::Reader Reader() const {
    return [this]() -> absl::StatusOr<StoredLog> {
      return StoredLog{tree_.size(), tree_.Root(),
                       [this](const TilePlace& place) -> absl::StatusOr<std::string> { return tiles_.at(place); }};
    };
  }

 private:
  TileTree tree_;
  std::map<TilePlace, std::string> tiles_;
};

class SignerTest : public testing::Test {
 protected:
  SignerTest() : dir_(absl::StrCat(testing::TempDir(), "signer-", getpid())) {
    std::filesystem::remove_all(dir_);
    std::filesystem::create_directories(dir_);
    Open();
  }
  ~SignerTest() override { std::filesystem::remove_all(dir_); }

  void Open() {
    auto signer =
        Signer::Open({dir_ + "/checkpoints", dir_ + "/log.keys", "log.example", {first_.witness(), second_.witness()}});
    ASSERT_TRUE(signer.ok()) << signer.status();
    signer_ = *std::move(signer);
  }
  // The size that was signed, or the reason why nothing was.
  std::string Sign(const BranchingLog& log) {
    const auto note = signer_->Sign(kProgram, log.Reader());
    if (!note.ok()) return ReasonOf(note.status());
    const auto checkpoint = OpenCheckpoint(*note, *signer_->KeysOf(kProgram));
    return checkpoint.ok() ? absl::StrCat(checkpoint->size) : checkpoint.status().ToString();
  }
  std::string CosignedBy(const SigningKey& witness, int64_t time, const std::string& note) const {
    Note parsed = *Note::Parse(note);
    parsed.signatures.push_back(witness.Cosign(parsed.text, time));
    return parsed.Text();
  }

  const std::string dir_;
  const SigningKey first_ = *SigningKey::Generate("first.example"), second_ = *SigningKey::Generate("second.example");
  std::unique_ptr<Signer> signer_;
};

TEST_F(SignerTest, SignsALogAsItGrows) {
  for (const int64_t size : {0, 1, 1, 5, 256, 300}) EXPECT_EQ(Sign(BranchingLog(size)), absl::StrCat(size));
  EXPECT_TRUE(signer_->CheckLast(kProgram, BranchingLog(300).Reader()).ok());
  EXPECT_TRUE(signer_->CheckLast(kProgram, BranchingLog(400, 300).Reader()).ok());
  EXPECT_EQ(ReasonOf(signer_->CheckLast(kProgram, BranchingLog(299).Reader())), "LOG_FORKED");
  EXPECT_EQ(ReasonOf(signer_->CheckLast(kProgram, BranchingLog(400, 299).Reader())), "LOG_FORKED");
  EXPECT_TRUE(signer_->CheckLast("other", BranchingLog(0).Reader()).ok()) << "nothing was signed of it";
  EXPECT_EQ(signer_->SignedPrograms(), std::vector<std::string>{kProgram});
}

TEST_F(SignerTest, ALogThatWasCutOrRegrownIsNotSigned) {
  EXPECT_EQ(Sign(BranchingLog(300)), "300");
  EXPECT_EQ(Sign(BranchingLog(299)), "LOG_FORKED");
  EXPECT_EQ(Sign(BranchingLog(300, 299)), "LOG_FORKED");
  EXPECT_EQ(Sign(BranchingLog(400, 0)), "LOG_FORKED");
  EXPECT_EQ(Sign(BranchingLog(400, 299)), "LOG_FORKED");
  Open();  // nor after a start
  EXPECT_EQ(Sign(BranchingLog(0)), "LOG_FORKED");
  EXPECT_EQ(Sign(BranchingLog(400, 300)), "400");
}

TEST_F(SignerTest, WithoutItsMemoryItDoesNotSign) {
  EXPECT_EQ(Sign(BranchingLog(3)), "3");
  ASSERT_TRUE(WriteWholeFile(dir_ + "/checkpoints/p.checkpoint", "torn").ok());
  EXPECT_EQ(Sign(BranchingLog(4)), "LOG_FORKED");
}

TEST_F(SignerTest, EveryKeyOfTheFileSigns) {
  EXPECT_EQ(Sign(BranchingLog(3)), "3");
  const VerifierKey old_key = (*signer_->KeysOf(kProgram))[0];
  ASSERT_TRUE(AddKey(dir_ + "/log.keys").ok());
  Open();
  const std::string note = *signer_->Sign(kProgram, BranchingLog(4).Reader());
  const std::vector<VerifierKey> keys = *signer_->KeysOf(kProgram);
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[1], old_key);
  for (const VerifierKey& key : keys) EXPECT_TRUE(OpenCheckpoint(note, {key}).ok());
}

TEST_F(SignerTest, KeysAreOfTheProgramsOwnLog) {
  EXPECT_EQ((*signer_->KeysOf("p"))[0].name, "log.example/p");
  const std::string note = *signer_->Sign("p", BranchingLog(3).Reader());
  EXPECT_FALSE(OpenCheckpoint(note, *signer_->KeysOf("q")).ok());
}

TEST_F(SignerTest, KeepsTheCosignaturesOfItsWitnesses) {
  EXPECT_EQ(signer_->Cosigned(kProgram).status().code(), absl::StatusCode::kNotFound);
  const BranchingLog log(5);
  const std::string note = *signer_->Sign(kProgram, log.Reader());
  ASSERT_TRUE(signer_->AddCosignatures(kProgram, CosignedBy(first_, 100, note), log.Reader()).ok());
  ASSERT_TRUE(signer_->AddCosignatures(kProgram, CosignedBy(second_, 200, note), log.Reader()).ok());
  ASSERT_TRUE(signer_->AddCosignatures(kProgram, CosignedBy(first_, 300, note), log.Reader()).ok());
  Open();
  const Note cosigned = *Note::Parse(*signer_->Cosigned(kProgram));
  EXPECT_EQ(cosigned.signatures.size(), 3u);
  EXPECT_EQ(CheckSignatures(cosigned, {first_.witness(), second_.witness()})->size(), 2u);
  EXPECT_EQ(cosigned.signatures[1], first_.Cosign(cosigned.text, 300)) << "the later time counts";
}

TEST_F(SignerTest, TakesNoCosignatureOfAStrangerOrOfAnotherHistory) {
  const BranchingLog log(5);
  const std::string note = *signer_->Sign(kProgram, log.Reader());
  const auto reason = [&](const std::string& text) {
    return ReasonOf(signer_->AddCosignatures(kProgram, text, log.Reader()).status());
  };
  EXPECT_EQ(reason(note), "BAD_SIGNATURE");
  EXPECT_EQ(reason(CosignedBy(*SigningKey::Generate("first.example"), 1, note)), "BAD_SIGNATURE");
  EXPECT_EQ(reason("no note"), "BAD_NOTE");
  const std::string text = Checkpoint{"log.example/p", 5, Sha256("forged")}.Text();
  EXPECT_EQ(reason(Note{text, {first_.Cosign(text, 1)}}.Text()), "BAD_SIGNATURE");
  ASSERT_TRUE(signer_->AddCosignatures(kProgram, CosignedBy(first_, 1, note), log.Reader()).ok());
  const BranchingLog longer(6);
  const std::string next = *signer_->Sign(kProgram, longer.Reader());
  ASSERT_TRUE(signer_->AddCosignatures(kProgram, CosignedBy(first_, 2, next), longer.Reader()).ok());
  EXPECT_EQ(reason(CosignedBy(second_, 3, note)), "WRONG_STATE") << "a later one has cosignatures already";
}

TEST_F(SignerTest, WhatCannotBeKeptIsNotGivenOut) {
  std::filesystem::remove_all(dir_ + "/checkpoints");
  const auto note = signer_->Sign(kProgram, BranchingLog(3).Reader());
  EXPECT_EQ(note.status().code(), absl::StatusCode::kInternal) << note.status();
}

}  // namespace
}  // namespace trailbook::log
