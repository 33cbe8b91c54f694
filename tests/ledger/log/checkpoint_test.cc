#include "ledger/log/checkpoint.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook::log {
namespace {

Checkpoint Example() { return {"log.example/p", 7, Sha256("root")}; }

std::string SignedBy(const SigningKey& key, const Checkpoint& checkpoint) {
  return Note{checkpoint.Text(), {key.Sign(checkpoint.Text())}}.Text();
}

TEST(CheckpointTest, IsThreeLines) {
  EXPECT_EQ((Checkpoint{"log.example/p", 0, Sha256("")}.Text()),
            "log.example/p\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
  EXPECT_EQ(*Checkpoint::Parse(Example().Text()), Example());
}

TEST(CheckpointTest, MoreLinesArePassedOver) {
  EXPECT_EQ(*Checkpoint::Parse(absl::StrCat(Example().Text(), "an extension\n")), Example());
}

TEST(CheckpointTest, ANumberAndAHashHaveOneSpelling) {
  const std::string hash = HashText(Sha256("root"));
  for (const std::string& text :
       {absl::StrCat("\n7\n", hash, "\n"), absl::StrCat("o\n07\n", hash, "\n"), absl::StrCat("o\n+7\n", hash, "\n"),
        absl::StrCat("o\n-7\n", hash, "\n"), absl::StrCat("o\n 7\n", hash, "\n"), absl::StrCat("o\n\n", hash, "\n"),
        absl::StrCat("o\n9223372036854775808\n", hash, "\n"), std::string("o\n7\nabcd\n"), absl::StrCat("o\n7\n", hash),
        absl::StrCat("o\n7\n", hash.substr(0, 43), "\n"), std::string("o\n7\n"), std::string()}) {
    EXPECT_EQ(ReasonOf(Checkpoint::Parse(text).status()), "BAD_NOTE") << text;
  }
}

TEST(CheckpointTest, IsBelievedOnlyUnderTheNameOfItsLog) {
  const SigningKey key = *SigningKey::Generate("log.example/p");
  EXPECT_EQ(*OpenCheckpoint(SignedBy(key, Example()), {key.verifier()}), Example());
  // The same key signs for another log of the same company: a checkpoint of that one must not pass for one of this.
  const SigningKey other = *key.Named("log.example/q");
  EXPECT_EQ(ReasonOf(OpenCheckpoint(SignedBy(other, Example()), {key.verifier(), other.verifier()}).status()),
            "BAD_SIGNATURE");
  EXPECT_EQ(ReasonOf(OpenCheckpoint(SignedBy(key, Example()), {other.verifier()}).status()), "BAD_NOTE");
}

TEST(CheckpointTest, AWitnessAloneProvesNothing) {
  const SigningKey key = *SigningKey::Generate("log.example/p");
  const std::string text = Example().Text();
  const std::string note = Note{text, {key.Cosign(text, 1)}}.Text();
  EXPECT_FALSE(OpenCheckpoint(note, {key.witness()}).ok());
}

}  // namespace
}  // namespace trailbook::log
