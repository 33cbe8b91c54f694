// trailbook partner import: a CSV file of partners. What exists is compared, never changed.
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "cli/csv.h"
#include "cli/files.h"
#include "cli/partner.h"
#include "trailbook/v1/partner_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

constexpr int kRowsACall = 1000;
constexpr absl::string_view kColumns[] = {
    "partner_id", "display_name",  "email",          "link_code", "coupon_code",
    "country",    "payout_method", "payout_account", "rate_bps",  "settlement_currency"};

// Where each known column stands. INVALID_ARGUMENT names an unknown or missing one.
absl::StatusOr<std::map<std::string, size_t>> ReadHeader(const CsvRow& header) {
  std::map<std::string, size_t> places;
  for (size_t at = 0; at < header.fields.size(); ++at) {
    const std::string& name = header.fields[at];
    if (std::find(std::begin(kColumns), std::end(kColumns), name) == std::end(kColumns)) {
      return absl::InvalidArgumentError(
          absl::StrCat("line 1: unknown column \"", name, "\"; known are ", absl::StrJoin(kColumns, ", ")));
    }
    places[name] = at;
  }
  for (const char* required : {"partner_id", "display_name"}) {
    if (places.count(required) == 0) {
      return absl::InvalidArgumentError(absl::StrCat("line 1: the column \"", required, "\" is missing"));
    }
  }
  return places;
}

absl::StatusOr<api::PartnerRow> ReadRow(const CsvRow& row, const std::map<std::string, size_t>& places,
                                        size_t columns) {
  if (row.fields.size() != columns) {
    return absl::InvalidArgumentError(absl::StrCat("has ", row.fields.size(), " fields instead of ", columns));
  }
  const auto field = [&](const char* name) {
    const auto at = places.find(name);
    return at == places.end() ? std::string() : row.fields[at->second];
  };
  api::PartnerRow out;
  out.set_partner_id(field("partner_id"));
  out.mutable_partner()->set_display_name(field("display_name"));
  out.mutable_partner()->set_email(field("email"));
  out.mutable_partner()->set_country(field("country"));
  out.mutable_partner()->mutable_payout_method()->set_type(field("payout_method"));
  out.mutable_partner()->mutable_payout_method()->set_account(field("payout_account"));
  out.mutable_partner()->mutable_payout_method()->set_settlement_currency(field("settlement_currency"));
  out.set_link_code(field("link_code"));
  out.set_coupon_code(field("coupon_code"));
  const std::string rate = field("rate_bps");
  int32_t bps = 0;
  if (!rate.empty() && !absl::SimpleAtoi(rate, &bps)) {
    return absl::InvalidArgumentError(absl::StrCat("rate_bps: \"", rate, "\" is not a whole number of basis points"));
  }
  if (!rate.empty()) out.set_rate_bps(bps);
  return out;
}

class Import {
 public:
  Import(Session& session, std::string path, std::string rejected)
      : session_(session), path_(std::move(path)), rejected_path_(std::move(rejected)) {}

  int Run() {
    const auto text = ReadFile(path_);
    if (!text.ok()) {
      std::cerr << "trailbook: " << text.status().message() << "\n";
      return kFailure;
    }
    const auto rows = ParseCsv(*text);
    if (!rows.ok()) return session_.Usage(absl::StrCat(path_, ": ", rows.status().message()));
    if (rows->empty()) return session_.Usage(absl::StrCat(path_, " is empty"));
    header_ = rows->front().fields;
    const auto places = ReadHeader(rows->front());
    if (!places.ok()) return session_.Usage(absl::StrCat(path_, ": ", places.status().message()));
    for (size_t at = 1; at < rows->size(); ++at) {
      const auto row = ReadRow((*rows)[at], *places, header_.size());
      if (!row.ok()) {
        Reject((*rows)[at], row.status().message());
        continue;
      }
      *request_.add_rows() = *row;
      sent_.push_back(&(*rows)[at]);
      if (request_.rows_size() == kRowsACall && !Send()) return code_;
    }
    if (request_.rows_size() > 0 && !Send()) return code_;
    return Finish();
  }

 private:
  void Reject(const CsvRow& row, absl::string_view why) {
    std::cerr << "trailbook: " << path_ << ": line " << row.line << ": " << why << "\n";
    rejected_ += CsvLine(row.fields);
    ++counts_["REFUSED"];
  }

  bool Send() {
    request_.set_parent(session_.ProgramName());
    api::ImportPartnersResponse response;
    const grpc::Status status =
        api::PartnerService::NewStub(session_.channel())->ImportPartners(session_.context().get(), request_, &response);
    if (!status.ok()) {
      code_ = session_.Fail(status);
      return false;
    }
    for (int at = 0; at < response.partners_size(); ++at) Take(response.partners(at), *sent_[at]);
    request_.Clear();
    sent_.clear();
    return true;
  }

  void Take(const api::ImportedPartner& partner, const CsvRow& row) {
    switch (partner.outcome()) {
      case api::ImportedPartner::OUTCOME_CREATED: ++counts_["CREATED"]; break;
      case api::ImportedPartner::OUTCOME_UNCHANGED: ++counts_["UNCHANGED"]; break;
      case api::ImportedPartner::OUTCOME_DIFFERS:
        ++counts_["DIFFERS"];
        for (const auto& difference : partner.differences()) {
          std::cerr << "trailbook: " << path_ << ": line " << row.line << ": " << partner.partner_id()
                    << " exists with another " << difference.field() << ": \"" << difference.current()
                    << "\", the file says \"" << difference.imported() << "\"; nothing was changed\n";
        }
        break;
      default: Reject(row, absl::StrCat(partner.error_message(), " [", partner.error_reason(), "]"));
    }
    outcomes_.push_back(partner);
  }

  int Finish() {
    if (!rejected_.empty()) {
      const absl::Status written = WriteFile(rejected_path_, CsvLine(header_) + rejected_);
      std::cerr << "trailbook: "
                << (written.ok() ? absl::StrCat("the refused rows are in ", rejected_path_,
                                                "; mend them there and import that file")
                                 : std::string(written.message()))
                << "\n";
    }
    Sheet sheet{{"outcome", "partners"}, {}};
    for (const auto& [outcome, count] : counts_) sheet.rows.push_back({Text(outcome), Number(count)});
    session_.Print(sheet, outcomes_);
    return counts_.count("REFUSED") + counts_.count("DIFFERS") > 0 ? kPartly : kOk;
  }

  Session& session_;
  std::string path_, rejected_path_, rejected_;
  std::vector<std::string> header_;
  api::ImportPartnersRequest request_;
  std::vector<const CsvRow*> sent_;
  std::map<std::string, int64_t> counts_;
  std::vector<api::ImportedPartner> outcomes_;
  int code_ = kOk;
};

}  // namespace

void AddPartnerImport(CLI::App* noun, Session& session) {
  struct Options {
    std::string path, rejected;
  };
  auto options = std::make_shared<Options>();
  auto* verb = Verb(
      noun, "import", "Creates partners from a CSV file; partners that exist are compared, never changed",
      "  trailbook partner import partners.csv --program pracflow\n"
      "  (columns partner_id,display_name,email,link_code,coupon_code,country,payout_method,payout_account,rate_bps,\n"
      "   settlement_currency)\n");
  verb->add_option("file", options->path, "The file; - for standard input")->required();
  verb->add_option("--rejected", options->rejected, "Where refused rows go (FILE.rejected.csv)");
  NeedsProgram(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      const std::string base = options->path == "-" ? "trailbook" : options->path;
      const std::string rejected = options->rejected.empty() ? base + ".rejected.csv" : options->rejected;
      return Import(session, options->path, rejected).Run();
    };
  });
}

}  // namespace trailbook::cli
