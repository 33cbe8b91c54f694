// trailbook link: links and coupon codes.
#include "cli/session.h"
#include "cli/times.h"
#include "trailbook/v1/link_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

Sheet LinkSheet(const std::vector<api::Link>& links) {
  Sheet sheet{{"code", "partner_id", "kind", "destination", "disabled"}, {}};
  for (const api::Link& link : links) {
    sheet.rows.push_back({Text(Last(link.name())), Text(Last(link.partner())),
                          Text(link.kind() == api::Link::KIND_COUPON ? "coupon" : "link"), Text(link.destination()),
                          Text(link.has_disable_time() ? FormatTime(link.disable_time().seconds()) : "")});
  }
  return sheet;
}

int PrintLink(const Session& session, const grpc::Status& status, const api::Link& link) {
  if (!status.ok()) return session.Fail(status);
  session.PrintOne(LinkSheet({link}), link);
  return kOk;
}

void AddCreate(CLI::App* noun, Session& session) {
  struct Options {
    std::string code, partner, destination;
    bool coupon = false;
  };
  auto options = std::make_shared<Options>();
  auto* verb =
      Verb(noun, "create", "Creates a link or coupon code for a partner",
           "  trailbook link create jane2 --partner jane --program pracflow --destination https://pracflow.example\n"
           "  trailbook link create JANE10 --coupon --partner jane --program pracflow\n");
  verb->add_option("code", options->code, "The code")->required();
  verb->add_option("--partner", options->partner, "Whose it is")->required();
  verb->add_option("--destination", options->destination, "Where the link leads (https)");
  verb->add_flag("--coupon", options->coupon, "It is a coupon code");
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::CreateLinkRequest request;
      request.set_parent(session.ProgramName());
      request.set_code(options->code);
      request.mutable_link()->set_partner(session.NameOf("partners", options->partner));
      request.mutable_link()->set_kind(options->coupon ? api::Link::KIND_COUPON : api::Link::KIND_LINK);
      request.mutable_link()->set_destination(options->destination);
      request.set_request_id(session.NewRequestId());
      api::Link link;
      return PrintLink(
          session, api::LinkService::NewStub(session.channel())->CreateLink(session.context().get(), request, &link),
          link);
    };
  });
}

void AddList(CLI::App* noun, Session& session) {
  auto partner = std::make_shared<std::string>();
  auto* verb = Verb(noun, "list", "Lists codes", "  trailbook link list --program pracflow --partner partner-0000\n");
  verb->add_option("--partner", *partner, "Only this partner's");
  NeedsProgram(verb, session);
  verb->callback([&session, partner] {
    session.run = [&session, partner] {
      auto stub = api::LinkService::NewStub(session.channel());
      std::vector<api::Link> links;
      const grpc::Status status = FetchAll<api::ListLinksResponse>(
          [&](const std::string& token, api::ListLinksResponse* response) {
            api::ListLinksRequest request;
            request.set_parent(session.ProgramName());
            if (!partner->empty()) request.set_partner(session.NameOf("partners", *partner));
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListLinks(session.context().get(), request, response);
          },
          [&](const api::ListLinksResponse& page) {
            links.insert(links.end(), page.links().begin(), page.links().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      session.Print(LinkSheet(links), links);
      return int{kOk};
    };
  });
}

void AddDisable(CLI::App* noun, Session& session) {
  auto code = std::make_shared<std::string>();
  auto* verb = Verb(noun, "disable", "Ends a code's attribution from now on; existing referrals go on earning",
                    "  trailbook link disable jane --program pracflow\n");
  verb->add_option("code", *code, "The code")->required();
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, code] {
    session.run = [&session, code] {
      api::DisableLinkRequest request;
      request.set_name(session.NameOf("links", *code));
      request.set_request_id(session.NewRequestId());
      api::Link link;
      return PrintLink(
          session, api::LinkService::NewStub(session.channel())->DisableLink(session.context().get(), request, &link),
          link);
    };
  });
}

void AddResolve(CLI::App* noun, Session& session) {
  auto code = std::make_shared<std::string>();
  auto* verb = Verb(noun, "resolve", "Shows whose a code is, as a sign-up now would find it",
                    "  trailbook link resolve \" Jane \" --program pracflow\n");
  verb->add_option("code", *code, "The code as somebody typed it")->required();
  NeedsProgram(verb, session);
  verb->callback([&session, code] {
    session.run = [&session, code] {
      api::ResolveLinkRequest request;
      request.set_parent(session.ProgramName());
      request.set_code(*code);
      api::Link link;
      return PrintLink(
          session, api::LinkService::NewStub(session.channel())->ResolveLink(session.context().get(), request, &link),
          link);
    };
  });
}

}  // namespace

void AddLink(CLI::App& app, Session& session) {
  auto* noun = app.add_subcommand("link", "Links and coupon codes");
  AddCreate(noun, session);
  AddList(noun, session);
  AddDisable(noun, session);
  AddResolve(noun, session);
}

}  // namespace trailbook::cli
