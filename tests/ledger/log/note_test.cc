// Signed notes against the published example of Go's note package (golang.org/x/mod/sumdb/note), and against every
// single bit of damage.
#include "ledger/log/note.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"

namespace trailbook::log {
namespace {

constexpr char kVerifier[] = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
constexpr char kSecret[] = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz";
constexpr char kText[] =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
constexpr char kLine[] =
    "\xE2\x80\x94 PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n";

VerifierKey Verifier() { return *VerifierKey::Parse(kVerifier); }

TEST(NoteTest, ThePublishedExampleIsGood) {
  const auto note = Note::Parse(absl::StrCat(kText, "\n", kLine));
  ASSERT_TRUE(note.ok()) << note.status();
  EXPECT_EQ(note->text, kText);
  EXPECT_EQ(*CheckSignatures(*note, {Verifier()}), std::vector<VerifierKey>{Verifier()});
  EXPECT_EQ(note->Text(), absl::StrCat(kText, "\n", kLine));
}

TEST(NoteTest, ThePublishedKeySignsThePublishedBytes) {
  const auto key = SigningKey::Parse(kSecret);
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->verifier().Text(), kVerifier);
  EXPECT_EQ(key->SecretText(), kSecret);
  EXPECT_EQ((Note{kText, {key->Sign(kText)}}.Text()), absl::StrCat(kText, "\n", kLine));
}

TEST(NoteTest, NoBitOfItCanBeAnother) {
  const std::string good = absl::StrCat(kText, "\n", kLine);
  for (size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string doctored = good;
      doctored[at] = static_cast<char>(doctored[at] ^ (1 << bit));
      const auto note = Note::Parse(doctored);
      const absl::Status status = note.ok() ? CheckSignatures(*note, {Verifier()}).status() : note.status();
      ASSERT_FALSE(status.ok()) << "byte " << at << " bit " << bit;
      EXPECT_EQ(ReasonOf(status), note.ok() ? "BAD_SIGNATURE" : "BAD_NOTE");
    }
  }
}

TEST(NoteTest, SaysWhatIsNoNote) {
  for (const std::string text : {"", "\n", "text\n", "text\n\n", "text\n\n- name x08go/ZJ\n",
                                 "text\n\n\xE2\x80\x94 name\n", "text\n\n\xE2\x80\x94 name !!!!\n",
                                 "text\n\n\xE2\x80\x94 name x08gow==\n", "te\x01xt\n\n\xE2\x80\x94 n x08go/ZJ\n"}) {
    EXPECT_EQ(ReasonOf(Note::Parse(text).status()), "BAD_NOTE") << text;
  }
  std::string many = "text\n\n";
  for (int n = 0; n < 101; ++n) absl::StrAppend(&many, "\xE2\x80\x94 name x08go/ZJ\n");
  EXPECT_EQ(ReasonOf(Note::Parse(many).status()), "BAD_NOTE");
}

TEST(NoteTest, SignaturesByOthersArePassedOverAndOneKnownIsEnough) {
  const SigningKey known = *SigningKey::Generate("a.example");
  const SigningKey stranger = *SigningKey::Generate("a.example");  // the same name, another key
  const Note both{"text\n", {stranger.Sign("text\n"), known.Sign("text\n")}};
  EXPECT_EQ(*CheckSignatures(both, {known.verifier()}), std::vector<VerifierKey>{known.verifier()});
  EXPECT_EQ(CheckSignatures(both, {known.verifier(), stranger.verifier()})->size(), 2u);
  EXPECT_EQ(ReasonOf(CheckSignatures(both, {Verifier()}).status()), "BAD_SIGNATURE");
  // A known key's false signature is never passed over, whoever else signed.
  const Note half{"text\n", {stranger.Sign("text\n"), known.Sign("other\n")}};
  EXPECT_EQ(ReasonOf(CheckSignatures(half, {known.verifier(), stranger.verifier()}).status()), "BAD_SIGNATURE");
}

TEST(NoteTest, AWitnessSignsItsTimeToo) {
  const SigningKey key = *SigningKey::Generate("witness.example");
  Note note{"text\n", {key.Cosign("text\n", 1795000000)}};
  EXPECT_NE(key.witness().id, key.verifier().id);
  EXPECT_EQ(*VerifierKey::Parse(key.witness().Text()), key.witness());
  EXPECT_TRUE(CheckSignatures(note, {key.witness()}).ok());
  EXPECT_EQ(note.signatures[0].bytes.substr(0, 8), std::string("\0\0\0\0\x6a\xfd\x86\xc0", 8));
  note.signatures[0].bytes[7] ^= 1;  // a second earlier or later
  EXPECT_EQ(ReasonOf(CheckSignatures(note, {key.witness()}).status()), "BAD_SIGNATURE");
  // Nor does its signature serve as one of a log.
  Note log{"text\n", {key.Sign("text\n")}};
  log.signatures[0].id = key.witness().id;
  EXPECT_EQ(ReasonOf(CheckSignatures(log, {key.witness()}).status()), "BAD_SIGNATURE");
}

TEST(KeyTest, SaysWhatIsWrongWithAVerifierKey) {
  const std::string key = kVerifier;
  for (const std::string& bad :
       {std::string(), std::string("PeterNeumann"), std::string("PeterNeumann+c74f20a3"), "x" + key,
        key.substr(0, key.size() - 1), "Peter Neumann" + key.substr(12), std::string("+c74f20a3+") + key.substr(22),
        std::string("PeterNeumann+c74f20a4+") + key.substr(22),
        std::string("PeterNeumann+c74f20a3+Az") + key.substr(24)}) {
    EXPECT_EQ(ReasonOf(VerifierKey::Parse(bad).status()), "BAD_KEY") << bad;
  }
}

TEST(KeyTest, AFreshKeyComesBackFromItsText) {
  for (int n = 0; n < 50; ++n) {  // some have a plus in their base64
    const SigningKey key = *SigningKey::Generate("log.example/p");
    EXPECT_EQ(SigningKey::Parse(key.SecretText())->verifier(), key.verifier());
    EXPECT_EQ(*VerifierKey::Parse(key.verifier().Text()), key.verifier());
  }
  for (const char* name : {"", "a b", "a+b", "a\nb"}) {
    EXPECT_EQ(ReasonOf(SigningKey::Generate(name).status()), "BAD_KEY") << name;
  }
  EXPECT_EQ(ReasonOf(SigningKey::Parse(kVerifier).status()), "BAD_KEY");
  EXPECT_EQ(ReasonOf(SigningKey::Parse(absl::StrCat("PRIVATE+KEY+x", absl::string_view(kSecret).substr(12))).status()),
            "BAD_KEY");
}

TEST(KeyTest, UnderAnotherNameItIsAnotherKey) {
  const SigningKey key = *SigningKey::Parse(kSecret);
  const SigningKey other = *key.Named("log.example/p");
  EXPECT_EQ(other.verifier().public_key, key.verifier().public_key);
  EXPECT_NE(other.verifier().id, key.verifier().id);
}

}  // namespace
}  // namespace trailbook::log
