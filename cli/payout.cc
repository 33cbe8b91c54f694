// trailbook payout: paying partners in batches, with two pairs of eyes.
#include "cli/payout.h"

#include "cli/files.h"

namespace trailbook::cli {
namespace {

template <typename Enum>
std::string StateName(const Enum& name) {
  return name.substr(sizeof("STATE_") - 1);
}

// "EUR 12.34 (rate 2)" of a payout that arrives in another currency than was earned.
std::string Arrives(const api::Payout& payout) {
  if (!payout.has_settlement()) return "";
  const std::string& currency = payout.settlement().currency_code();
  return absl::StrCat(currency, " ", Money(payout.settlement().minor_units(), currency).shown, " (rate ",
                      Last(payout.fx_rate()), ")");
}

}  // namespace

std::string ShortPayout(absl::string_view name) {
  const std::vector<absl::string_view> parts = absl::StrSplit(name, '/');
  return parts.size() == 6 ? absl::StrCat(parts[3], "/", parts[5]) : "";
}

std::string BatchState(const api::PayoutBatch& batch) { return StateName(api::PayoutBatch::State_Name(batch.state())); }
std::string PayoutState(const api::Payout& payout) { return StateName(api::Payout::State_Name(payout.state())); }

Sheet BatchSheet(const std::vector<api::PayoutBatch>& batches) {
  Sheet sheet{{"batch", "state", "currency", "cutoff", "total", "payouts", "settled", "failed", "returned", "cancelled",
               "outstanding", "preparer", "approver", "content_hash"},
              {}};
  for (const api::PayoutBatch& batch : batches) {
    const std::string& c = batch.currency_code();
    const api::BatchTotals& totals = batch.totals();
    sheet.rows.push_back({Text(Last(batch.name())), Text(BatchState(batch)), Text(c), Text(batch.cutoff_date()),
                          Money(batch.total_minor_units(), c), Number(batch.payout_count()), Money(totals.settled(), c),
                          Money(totals.failed(), c), Money(totals.returned(), c), Money(totals.cancelled(), c),
                          Money(totals.outstanding(), c), Text(batch.preparer()), Text(batch.approver()),
                          Text(batch.content_hash())});
  }
  return sheet;
}

Sheet PayoutSheet(const std::vector<api::Payout>& payouts) {
  Sheet sheet{{"payout", "partner_id", "name", "currency", "amount", "state", "method", "account", "lines", "evidence",
               "flag", "arrives", "retry_of"},
              {}};
  for (const api::Payout& payout : payouts) {
    const std::string& c = payout.amount().currency_code();
    sheet.rows.push_back({Text(Last(payout.name())), Text(Last(payout.partner())), Text(payout.display_name()), Text(c),
                          Money(payout.amount().minor_units(), c), Text(PayoutState(payout)),
                          Text(payout.method_type()), Text(payout.masked_account()), Number(payout.line_count()),
                          Text(payout.evidence()),
                          Text(payout.after_failure() ? "called failed before: look at it" : ""), Text(Arrives(payout)),
                          Text(ShortPayout(payout.retry_of()))});
  }
  return sheet;
}

int PrintBatch(const Session& session, const grpc::Status& status, const api::PayoutBatch& batch) {
  if (!status.ok()) return session.Fail(status);
  session.PrintOne(BatchSheet({batch}), batch);
  return kOk;
}

grpc::Status FetchPayouts(Session& session, const std::string& batch, std::vector<api::Payout>* payouts) {
  auto stub = api::PayoutService::NewStub(session.channel());
  return FetchAll<api::ListPayoutsResponse>(
      [&](const std::string& token, api::ListPayoutsResponse* response) {
        api::ListPayoutsRequest request;
        request.set_parent(session.NameOf("payoutBatches", batch));
        request.set_page_size(1000);
        request.set_page_token(token);
        return stub->ListPayouts(session.context().get(), request, response);
      },
      [&](const api::ListPayoutsResponse& page) {
        payouts->insert(payouts->end(), page.payouts().begin(), page.payouts().end());
        return true;
      });
}

namespace {

struct Plan {
  std::string currency, cutoff, funding_account = "main";
};

void TakePlan(CLI::App* verb, Plan& plan) {
  verb->add_option("--currency", plan.currency, "ISO 4217; a batch pays one currency")->required();
  verb->add_option("--cutoff", plan.cutoff, "Pays what was booked up to the end of this day, YYYY-MM-DD (today)");
}

api::PayoutBatch BatchOf(const Plan& plan) {
  api::PayoutBatch batch;
  batch.set_currency_code(plan.currency);
  batch.set_cutoff_date(plan.cutoff);
  batch.set_funding_account(plan.funding_account);
  return batch;
}

grpc::Status FetchPreview(Session& session, const Plan& plan, api::PayoutBatchContent* content) {
  api::PreviewPayoutBatchRequest request;
  request.set_parent(session.ProgramName());
  *request.mutable_payout_batch() = BatchOf(plan);
  return api::PayoutService::NewStub(session.channel())->PreviewPayoutBatch(session.context().get(), request, content);
}

// One sheet of who is paid and who is not, so that CSV has both.
Sheet PreviewSheet(const api::PayoutBatchContent& content) {
  Sheet sheet{{"partner_id", "currency", "amount", "decision", "method", "account", "lines", "why", "arrives"}, {}};
  for (const api::Payout& payout : content.payouts()) {
    const std::string& c = payout.amount().currency_code();
    sheet.rows.push_back({Text(Last(payout.partner())), Text(c), Money(payout.amount().minor_units(), c), Text("PAY"),
                          Text(payout.method_type()), Text(payout.masked_account()), Number(payout.line_count()),
                          Text(""), Text(Arrives(payout))});
  }
  for (const api::LeftOut& left : content.left_out()) {
    const std::string& c = left.payable().currency_code();
    sheet.rows.push_back({Text(Last(left.partner())), Text(c), Money(left.payable().minor_units(), c),
                          Text(left.reason()), Text(""), Text(""), Number(0), Text(left.text()), Text("")});
  }
  return sheet;
}

void AddPreview(CLI::App* noun, Session& session) {
  auto plan = std::make_shared<Plan>();
  auto* verb = Verb(noun, "preview", "Whom a batch would pay, whom not, and why; changes nothing",
                    "  trailbook payout preview --program pracflow --currency INR --cutoff 2026-11-30\n");
  TakePlan(verb, *plan);
  NeedsProgram(verb, session);
  verb->callback([&session, plan] {
    session.run = [&session, plan] {
      api::PayoutBatchContent content;
      const grpc::Status status = FetchPreview(session, *plan, &content);
      if (!status.ok()) return session.Fail(status);
      session.Print(PreviewSheet(content), std::vector<api::PayoutBatchContent>{content});
      if (session.format() == Format::kTable) {
        const api::PayoutBatch& batch = content.payout_batch();
        std::cerr << content.payouts_size() << " would be paid "
                  << Money(batch.total_minor_units(), batch.currency_code()).shown << " " << batch.currency_code()
                  << "; " << content.left_out_size() << " left out\n";
      }
      return int{kOk};
    };
  });
}

// Creates and, unless only a draft is wanted, submits. Looks first whether anybody would be paid, so that no empty
// draft stays behind.
int Create(Session& session, const Plan& plan, bool draft_only) {
  auto stub = api::PayoutService::NewStub(session.channel());
  if (!draft_only) {
    api::PayoutBatchContent content;
    const grpc::Status status = FetchPreview(session, plan, &content);
    if (!status.ok()) return session.Fail(status);
    if (content.payouts().empty() && session.request_id.empty()) {
      std::cerr << "trailbook: nobody would be paid in " << plan.currency << "; trailbook payout preview says why\n";
      return kConflict;
    }
  }
  const std::string request_id = session.NewRequestId();
  api::CreatePayoutBatchRequest request;
  request.set_parent(session.ProgramName());
  *request.mutable_payout_batch() = BatchOf(plan);
  request.set_request_id(request_id);
  api::PayoutBatch batch;
  const grpc::Status created = stub->CreatePayoutBatch(session.context().get(), request, &batch);
  if (!created.ok() || draft_only) return PrintBatch(session, created, batch);
  api::SubmitPayoutBatchRequest submit;
  submit.set_name(batch.name());
  submit.set_request_id(request_id + "/submit");
  const std::string number = Last(batch.name());
  const grpc::Status submitted = stub->SubmitPayoutBatch(session.context().get(), submit, &batch);
  if (!submitted.ok()) {
    std::cerr << "trailbook: batch " << number << " is a draft, not submitted; trailbook payout submit " << number
              << " goes on, trailbook payout cancel " << number << " drops it\n";
  }
  const int code = PrintBatch(session, submitted, batch);
  if (code == kOk && session.format() == Format::kTable) {
    std::cerr << "The money is reserved. Next, by another person: trailbook --as NAME payout approve " << number
              << " --content-hash " << batch.content_hash().substr(0, 12) << "\n";
  }
  return code;
}

void AddCreate(CLI::App* noun, Session& session) {
  struct Options : Plan {
    bool draft = false;
  };
  auto options = std::make_shared<Options>();
  auto* verb = Verb(noun, "create", "Creates a batch and submits it: content frozen, money reserved",
                    "  trailbook --as fatima payout create --program pracflow --currency INR --cutoff 2026-11-30\n"
                    "  trailbook --as fatima payout create --program pracflow --currency INR --draft\n");
  TakePlan(verb, *options);
  verb->add_option("--funding-account", options->funding_account,
                   "The cash account that pays, as your books name it (main)");
  verb->add_flag("--draft", options->draft, "Only a draft: nothing is reserved before payout submit");
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback(
      [&session, options] { session.run = [&session, options] { return Create(session, *options, options->draft); }; });
}

// A verb that does one thing to one batch.
template <typename Request>
void AddStep(CLI::App* noun, Session& session, const std::string& name, const std::string& what,
             const std::string& examples,
             grpc::Status (api::PayoutService::Stub::*method)(grpc::ClientContext*, const Request&, api::PayoutBatch*),
             std::function<void(CLI::App*, Request*)> options) {
  auto batch = std::make_shared<std::string>();
  auto request = std::make_shared<Request>();
  auto* verb = Verb(noun, name, what, examples);
  verb->add_option("batch", *batch, "The batch's number")->required();
  if (options) options(verb, request.get());
  NeedsProgram(verb, session);
  if constexpr (!std::is_same_v<Request, api::GetPayoutBatchRequest>) TakesRequestId(verb, session);
  verb->callback([&session, batch, request, method] {
    session.run = [&session, batch, request, method] {
      request->set_name(session.NameOf("payoutBatches", *batch));
      if constexpr (!std::is_same_v<Request, api::GetPayoutBatchRequest>) {
        request->set_request_id(session.NewRequestId());
      }
      api::PayoutBatch answer;
      auto stub = api::PayoutService::NewStub(session.channel());
      return PrintBatch(session, (stub.get()->*method)(session.context().get(), *request, &answer), answer);
    };
  });
}

int Approve(Session& session, const std::string& number, const std::string& hash) {
  constexpr size_t kLeastHash = 8;
  auto stub = api::PayoutService::NewStub(session.channel());
  api::GetPayoutBatchRequest get;
  get.set_name(session.NameOf("payoutBatches", number));
  api::PayoutBatch batch;
  const grpc::Status found = stub->GetPayoutBatch(session.context().get(), get, &batch);
  if (!found.ok()) return session.Fail(found);
  if (hash.size() < kLeastHash) return session.Usage("--content-hash: give at least its first 8 digits");
  api::ApprovePayoutBatchRequest request;
  request.set_name(get.name());
  // A beginning stands for the hash that the batch has; anything else goes to the daemon as it is, which refuses it.
  request.set_content_hash(absl::StartsWith(batch.content_hash(), hash) ? batch.content_hash() : hash);
  request.set_request_id(session.NewRequestId());
  return PrintBatch(session, stub->ApprovePayoutBatch(session.context().get(), request, &batch), batch);
}

void AddApprove(CLI::App* noun, Session& session) {
  struct Options {
    std::string batch, hash;
  };
  auto options = std::make_shared<Options>();
  auto* verb = Verb(noun, "approve", "A second person approves exactly the content that a hash names",
                    "  trailbook payout show 1 --program pracflow        # what is paid to whom, and its content_hash\n"
                    "  trailbook --as noor payout approve 1 --content-hash 3f9a0c1d22b7 --program pracflow\n");
  verb->add_option("batch", options->batch, "The batch's number")->required();
  verb->add_option("--content-hash", options->hash, "The content hash, or at least its first 8 digits")->required();
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] { return Approve(session, options->batch, options->hash); };
  });
}

void AddExport(CLI::App* noun, Session& session) {
  struct Options {
    std::string batch, file;
  };
  auto options = std::make_shared<Options>();
  auto* verb =
      Verb(noun, "export", "The payment file as CSV, the same bytes every time; the first export sends the batch",
           "  trailbook --as fatima payout export 1 --program pracflow --file payouts-1.csv\n"
           "  trailbook --as fatima payout export 1 --program pracflow > payouts-1.csv\n");
  verb->add_option("batch", options->batch, "The batch's number")->required();
  verb->add_option("--file", options->file, "Where the file goes, mode 0600 (standard output)");
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::ExportPayoutBatchRequest request;
      request.set_name(session.NameOf("payoutBatches", options->batch));
      request.set_request_id(session.NewRequestId());
      api::ExportPayoutBatchResponse response;
      const grpc::Status status = api::PayoutService::NewStub(session.channel())
                                      ->ExportPayoutBatch(session.context().get(), request, &response);
      if (!status.ok()) return session.Fail(status);
      if (options->file.empty()) {
        std::cout << response.content();
        return int{kOk};
      }
      const absl::Status written = WriteFile(options->file, response.content());
      if (!written.ok()) {
        std::cerr << "trailbook: " << written.message() << "; the batch is exported, run it again for the same file\n";
        return int{kFailure};
      }
      std::cerr << "Wrote " << options->file << ", " << response.payout_batch().payout_count() << " payouts\n";
      return int{kOk};
    };
  });
}

void AddShow(CLI::App* noun, Session& session) {
  auto batch = std::make_shared<std::string>();
  auto* verb = Verb(noun, "show", "A batch and its payouts",
                    "  trailbook payout show 1 --program pracflow\n"
                    "  trailbook payout show 1 --program pracflow -o csv     # its payouts\n");
  verb->add_option("batch", *batch, "The batch's number")->required();
  NeedsProgram(verb, session);
  verb->callback([&session, batch] {
    session.run = [&session, batch] {
      api::GetPayoutBatchRequest request;
      request.set_name(session.NameOf("payoutBatches", *batch));
      api::PayoutBatchContent content;
      grpc::Status status = api::PayoutService::NewStub(session.channel())
                                ->GetPayoutBatch(session.context().get(), request, content.mutable_payout_batch());
      std::vector<api::Payout> payouts;
      if (status.ok()) status = FetchPayouts(session, *batch, &payouts);
      if (!status.ok()) return session.Fail(status);
      const Sheet sheet = PayoutSheet(payouts);
      if (session.format() == Format::kTable) {
        session.PrintOne(BatchSheet({content.payout_batch()}), content);
        std::cout << "\n" << ToTable(sheet);
        return int{kOk};
      }
      for (const api::Payout& payout : payouts) *content.add_payouts() = payout;
      if (session.format() == Format::kJson) {
        std::cout << ToJson(content) << "\n";
      } else {
        std::cout << ToCsv(sheet);
      }
      return int{kOk};
    };
  });
}

void AddList(CLI::App* noun, Session& session) {
  auto* verb = Verb(noun, "list", "Batches, newest first", "  trailbook payout list --program pracflow\n");
  NeedsProgram(verb, session);
  verb->callback([&session] {
    session.run = [&session] {
      auto stub = api::PayoutService::NewStub(session.channel());
      std::vector<api::PayoutBatch> batches;
      const grpc::Status status = FetchAll<api::ListPayoutBatchesResponse>(
          [&](const std::string& token, api::ListPayoutBatchesResponse* response) {
            api::ListPayoutBatchesRequest request;
            request.set_parent(session.ProgramName());
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListPayoutBatches(session.context().get(), request, response);
          },
          [&](const api::ListPayoutBatchesResponse& page) {
            batches.insert(batches.end(), page.payout_batches().begin(), page.payout_batches().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      session.Print(BatchSheet(batches), batches);
      return int{kOk};
    };
  });
}

}  // namespace

void AddPayout(CLI::App& app, Session& session) {
  auto* noun = app.add_subcommand("payout", "Paying partners in batches, with two pairs of eyes");
  AddPreview(noun, session);
  AddCreate(noun, session);
  AddStep<api::SubmitPayoutBatchRequest>(noun, session, "submit", "Freezes a draft and reserves its money",
                                         "  trailbook --as fatima payout submit 1 --program pracflow\n",
                                         &api::PayoutService::Stub::SubmitPayoutBatch, nullptr);
  AddApprove(noun, session);
  AddExport(noun, session);
  AddPayoutResults(noun, session);
  AddStep<api::CancelPayoutBatchRequest>(
      noun, session, "cancel", "Cancels a batch before its export; every reservation is payable again",
      "  trailbook --as fatima payout cancel 1 --reason \"wrong cutoff\" --program pracflow\n",
      &api::PayoutService::Stub::CancelPayoutBatch, [](CLI::App* verb, api::CancelPayoutBatchRequest* request) {
        verb->add_option_function<std::string>(
                "--reason", [request](const std::string& reason) { request->set_reason(reason); }, "Why")
            ->required();
      });
  AddShow(noun, session);
  AddList(noun, session);
  AddPayoutLines(noun, session);
  AddFxRates(noun, session);
}

}  // namespace trailbook::cli
