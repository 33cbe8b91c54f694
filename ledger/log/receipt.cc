#include "ledger/log/receipt.h"

#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "ledger/base/status.h"

namespace trailbook::log {
namespace {

constexpr absl::string_view kFirstLine = "c2sp.org/tlog-proof@v1";

absl::Status BadReceipt(absl::string_view what) {
  return Refuse(absl::StatusCode::kInvalidArgument, "BAD_RECEIPT", "receipt", what);
}

}  // namespace

std::string Receipt::Text() const {
  std::string text = absl::StrCat(kFirstLine, "\nextra ", absl::Base64Escape(record), "\nindex ", index, "\n");
  for (const Sha256Digest& hash : proof) absl::StrAppend(&text, HashText(hash), "\n");
  return absl::StrCat(text, "\n", note);
}

absl::StatusOr<Receipt> Receipt::Parse(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> halves = absl::StrSplit(text, absl::MaxSplits("\n\n", 1));
  std::vector<absl::string_view> lines = absl::StrSplit(halves.first, '\n');
  if (lines[0] != kFirstLine) return BadReceipt(absl::StrCat("a receipt begins with ", kFirstLine));
  Receipt receipt;
  size_t at = 1;
  if (at < lines.size() && absl::ConsumePrefix(&lines[at], "extra ")) {
    const auto record = FromBase64(lines[at++]);
    if (!record.ok()) return BadReceipt("its extra line is not base64");
    receipt.record = *record;
  }
  if (at >= lines.size() || !absl::ConsumePrefix(&lines[at], "index ") ||
      !absl::SimpleAtoi(lines[at], &receipt.index) || receipt.index < 0 || absl::StrCat(receipt.index) != lines[at]) {
    return BadReceipt("it has no line with the index of its record");
  }
  while (++at < lines.size()) {
    const auto hash = ParseHash(lines[at]);
    if (!hash.ok()) return BadReceipt(hash.status().message());
    receipt.proof.push_back(*hash);
  }
  receipt.note = std::string(halves.second);
  return receipt;
}

absl::StatusOr<Checkpoint> OpenReceipt(const Receipt& receipt, absl::Span<const VerifierKey> keys) {
  if (receipt.record.empty()) return BadReceipt("it holds no record: the extra line is missing");
  TRAILBOOK_ASSIGN_OR_RETURN(const Checkpoint checkpoint, OpenCheckpoint(receipt.note, keys));
  TRAILBOOK_RETURN_IF_ERROR(
      CheckInclusion(receipt.index, checkpoint.size, LeafHash(receipt.record), checkpoint.root, receipt.proof));
  return checkpoint;
}

}  // namespace trailbook::log
