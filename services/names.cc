#include "services/names.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "ledger/base/status.h"

namespace trailbook::services {
namespace {

absl::Status BadName(absl::string_view field, absl::string_view name, absl::string_view shape) {
  return InvalidField(field, absl::StrCat("\"", name, "\" is not a name; write ", shape));
}

// Splits into exactly `count` parts, none empty, starting with "programs".
bool Split(absl::string_view name, size_t count, std::vector<std::string>* parts) {
  *parts = absl::StrSplit(name, '/');
  if (parts->size() != count || (*parts)[0] != "programs") return false;
  for (const std::string& part : *parts) {
    if (part.empty()) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<std::string> ProgramOf(absl::string_view field, absl::string_view name) {
  std::vector<std::string> parts;
  if (Split(name, 2, &parts)) return parts[1];
  return BadName(field, name, "programs/{program}");
}

absl::StatusOr<ChildName> ChildOf(absl::string_view field, absl::string_view name, absl::string_view collection) {
  std::vector<std::string> parts;
  if (Split(name, 4, &parts) && parts[2] == collection) return ChildName{parts[1], parts[3]};
  return BadName(field, name, absl::StrCat("programs/{program}/", collection, "/{id}"));
}

absl::StatusOr<std::string> IdIn(absl::string_view program, absl::string_view field, absl::string_view name,
                                 absl::string_view collection) {
  if (name.empty()) return std::string();
  TRAILBOOK_ASSIGN_OR_RETURN(ChildName child, ChildOf(field, name, collection));
  if (child.program != program) return InvalidField(field, "belongs to another program");
  return std::move(child.child);
}

absl::StatusOr<NumberName> NumberOf(absl::string_view field, absl::string_view name, absl::string_view collection) {
  TRAILBOOK_ASSIGN_OR_RETURN(const ChildName child, ChildOf(field, name, collection));
  NumberName out{child.program, 0};
  if (absl::SimpleAtoi(child.child, &out.number) && out.number > 0) return out;
  return BadName(field, name, absl::StrCat("programs/{program}/", collection, "/{number}"));
}

absl::StatusOr<PayoutName> PayoutOf(absl::string_view field, absl::string_view name) {
  std::vector<std::string> parts;
  PayoutName out;
  if (Split(name, 6, &parts) && parts[2] == "payoutBatches" && parts[4] == "payouts" &&
      absl::SimpleAtoi(parts[3], &out.batch) && absl::SimpleAtoi(parts[5], &out.payout) && out.batch > 0 &&
      out.payout > 0) {
    out.program = parts[1];
    return out;
  }
  return BadName(field, name, "programs/{program}/payoutBatches/{batch}/payouts/{payout}");
}

std::string Name(absl::string_view program) { return absl::StrCat("programs/", program); }
std::string Name(absl::string_view program, absl::string_view collection, absl::string_view child) {
  return absl::StrCat("programs/", program, "/", collection, "/", child);
}
std::string Name(absl::string_view program, absl::string_view collection, int64_t child) {
  return absl::StrCat("programs/", program, "/", collection, "/", child);
}

std::string NameOfPayout(absl::string_view program, int64_t batch, int64_t payout) {
  return absl::StrCat(Name(program, "payoutBatches", batch), "/payouts/", payout);
}

}  // namespace trailbook::services
