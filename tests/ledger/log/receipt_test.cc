#include "ledger/log/receipt.h"

#include <gtest/gtest.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ledger/base/status.h"

namespace trailbook::log {
namespace {

// A log of some records under one key.
class SignedLog {
 public:
  explicit SignedLog(int64_t size) {
    for (int64_t n = 0; n < size; ++n) tree_.Append(LeafHash(RecordAt(n)));
    for (auto& [place, hashes] : tree_.TakeChanged()) tiles_[place] = hashes;
  }
  static std::string RecordAt(int64_t n) { return absl::StrCat("record ", n); }
  std::vector<VerifierKey> keys() const { return {key_.verifier()}; }

  Receipt ReceiptOf(int64_t index) const {
    const Checkpoint checkpoint{"log.example/p", tree_.size(), tree_.Root()};
    Receipt receipt;
    receipt.index = index;
    receipt.record = RecordAt(index);
    receipt.proof = *InclusionProof(index, tree_.size(), [this](const TilePlace& place) -> absl::StatusOr<std::string> {
      return tiles_.at(place);
    });
    receipt.note = Note{checkpoint.Text(), {key_.Sign(checkpoint.Text())}}.Text();
    return receipt;
  }

 private:
  const SigningKey key_ = *SigningKey::Generate("log.example/p");
  TileTree tree_;
  std::map<TilePlace, std::string> tiles_;
};

TEST(ReceiptTest, EveryRecordHasOneThatComesBackFromItsText) {
  const SignedLog log(300);
  for (const int64_t index : {0, 1, 255, 256, 299}) {
    const Receipt receipt = log.ReceiptOf(index);
    const auto parsed = Receipt::Parse(receipt.Text());
    ASSERT_TRUE(parsed.ok()) << parsed.status();
    EXPECT_EQ(parsed->Text(), receipt.Text());
    const auto checkpoint = OpenReceipt(*parsed, log.keys());
    ASSERT_TRUE(checkpoint.ok()) << checkpoint.status();
    EXPECT_EQ(checkpoint->size, 300);
  }
}

TEST(ReceiptTest, ALogOfOneRecordNeedsNoHashes) {
  const SignedLog log(1);
  EXPECT_TRUE(OpenReceipt(*Receipt::Parse(log.ReceiptOf(0).Text()), log.keys()).ok());
}

TEST(ReceiptTest, NoBitOfItCanBeAnother) {
  const SignedLog log(5);
  const std::string good = log.ReceiptOf(3).Text();
  for (size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string doctored = good;
      doctored[at] = static_cast<char>(doctored[at] ^ (1 << bit));
      const auto receipt = Receipt::Parse(doctored);
      EXPECT_FALSE(receipt.ok() && OpenReceipt(*receipt, log.keys()).ok()) << "byte " << at << " bit " << bit;
    }
  }
}

TEST(ReceiptTest, SaysWhatIsWrong) {
  const SignedLog log(5);
  const std::string good = log.ReceiptOf(3).Text();
  const auto reason = [&log](const std::string& text) {
    const auto receipt = Receipt::Parse(text);
    return ReasonOf(receipt.ok() ? OpenReceipt(*receipt, log.keys()).status() : receipt.status());
  };
  EXPECT_EQ(reason(""), "BAD_RECEIPT");
  EXPECT_EQ(reason(absl::StrReplaceAll(good, {{"@v1", "@v2"}})), "BAD_RECEIPT");
  EXPECT_EQ(reason(absl::StrReplaceAll(good, {{"index 3", "index 03"}})), "BAD_RECEIPT");
  EXPECT_EQ(reason(absl::StrReplaceAll(good, {{"extra ", "other "}})), "BAD_RECEIPT");
  EXPECT_EQ(reason(absl::StrReplaceAll(good, {{"index 3", "index 2"}})), "BAD_PROOF");
  EXPECT_EQ(reason(absl::StrReplaceAll(good, {{"\n5\n", "\n6\n"}})), "BAD_SIGNATURE");
  EXPECT_EQ(reason(good.substr(0, good.find("\n\n") + 2)), "BAD_NOTE");
  EXPECT_EQ(ReasonOf(OpenReceipt(log.ReceiptOf(3), SignedLog(5).keys()).status()), "BAD_SIGNATURE");
  Receipt bare = log.ReceiptOf(3);
  bare.record.clear();
  EXPECT_EQ(ReasonOf(OpenReceipt(bare, log.keys()).status()), "BAD_RECEIPT");
}

}  // namespace
}  // namespace trailbook::log
