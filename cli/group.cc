// trailbook group: groups of partners with terms of their own.
#include "cli/session.h"
#include "cli/terms.h"
#include "trailbook/v1/group_service.grpc.pb.h"

namespace trailbook::cli {
namespace {

namespace api = ::trailbook::v1;

Sheet GroupSheet(const std::vector<api::PartnerGroup>& groups) {
  Sheet sheet{{"group_id", "name", "rate_bps", "hold_days", "tiers", "sign_up_bonus"}, {}};
  for (const api::PartnerGroup& group : groups) {
    sheet.rows.push_back({Text(Last(group.name())), Text(group.display_name()), Number(group.terms().rate_bps()),
                          Number(group.terms().hold_days()), Number(group.terms().tiers_size()),
                          Text(Amounts(group.terms().sign_up_bonuses()))});
  }
  return sheet;
}

void AddCreate(CLI::App* noun, Session& session) {
  struct Options : TermsOptions {
    std::string id, name;
  };
  auto options = std::make_shared<Options>();
  auto* verb =
      Verb(noun, "create", "Creates a group with its first terms",
           "  trailbook group create gold --name \"Gold partners\" --rate-bps 900 --tier 20:1000 --program pracflow\n");
  verb->add_option("id", options->id, "Its id: a-z, 0-9, - and _; no person's name")->required();
  verb->add_option("--name", options->name, "As people read it")->required();
  TakeTerms(verb, *options);
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::CreateGroupRequest request;
      request.set_parent(session.ProgramName());
      request.set_group_id(options->id);
      request.mutable_group()->set_display_name(options->name);
      const absl::Status terms = FillTerms(*options, request.mutable_terms());
      if (!terms.ok()) return session.Usage(terms.message());
      request.set_request_id(session.NewRequestId());
      api::PartnerGroup group;
      const grpc::Status status =
          api::GroupService::NewStub(session.channel())->CreateGroup(session.context().get(), request, &group);
      if (!status.ok()) return session.Fail(status);
      session.PrintOne(GroupSheet({group}), group);
      return int{kOk};
    };
  });
}

void AddShow(CLI::App* noun, Session& session) {
  auto id = std::make_shared<std::string>();
  auto* verb =
      Verb(noun, "show", "Shows a group and its terms today", "  trailbook group show gold --program pracflow\n");
  verb->add_option("id", *id, "The group's id")->required();
  NeedsProgram(verb, session);
  verb->callback([&session, id] {
    session.run = [&session, id] {
      api::GetGroupRequest request;
      request.set_name(session.NameOf("groups", *id));
      api::PartnerGroup group;
      const grpc::Status status =
          api::GroupService::NewStub(session.channel())->GetGroup(session.context().get(), request, &group);
      if (!status.ok()) return session.Fail(status);
      session.PrintOne(GroupSheet({group}), group);
      return int{kOk};
    };
  });
}

void AddList(CLI::App* noun, Session& session) {
  auto* verb = Verb(noun, "list", "Lists a program's groups", "  trailbook group list --program pracflow\n");
  NeedsProgram(verb, session);
  verb->callback([&session] {
    session.run = [&session] {
      auto stub = api::GroupService::NewStub(session.channel());
      std::vector<api::PartnerGroup> groups;
      const grpc::Status status = FetchAll<api::ListGroupsResponse>(
          [&](const std::string& token, api::ListGroupsResponse* response) {
            api::ListGroupsRequest request;
            request.set_parent(session.ProgramName());
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListGroups(session.context().get(), request, response);
          },
          [&](const api::ListGroupsResponse& page) {
            groups.insert(groups.end(), page.groups().begin(), page.groups().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      session.Print(GroupSheet(groups), groups);
      return int{kOk};
    };
  });
}

void AddPublish(CLI::App* noun, Session& session) {
  struct Options : TermsOptions {
    std::string id;
  };
  auto options = std::make_shared<Options>();
  auto* verb = Verb(noun, "publish", "Publishes new terms of a group for later sign-ups; earlier referrals keep theirs",
                    "  trailbook group publish gold --rate-bps 950 --effective 2027-01-01 --program pracflow\n");
  verb->add_option("id", options->id, "The group's id")->required();
  TakeTerms(verb, *options);
  verb->add_option("--effective", options->effective, "First day, YYYY-MM-DD; today or later (today)");
  NeedsProgram(verb, session);
  TakesRequestId(verb, session);
  verb->callback([&session, options] {
    session.run = [&session, options] {
      api::PublishGroupTermsRequest request;
      request.set_parent(session.NameOf("groups", options->id));
      const absl::Status terms = FillTerms(*options, request.mutable_terms());
      if (!terms.ok()) return session.Usage(terms.message());
      request.set_request_id(session.NewRequestId());
      api::Terms published;
      const grpc::Status status = api::GroupService::NewStub(session.channel())
                                      ->PublishGroupTerms(session.context().get(), request, &published);
      if (!status.ok()) return session.Fail(status);
      session.PrintOne(TermsSheet({published}), published);
      return int{kOk};
    };
  });
}

void AddTermsList(CLI::App* noun, Session& session) {
  auto id = std::make_shared<std::string>();
  auto* verb = Verb(noun, "terms", "Lists every version of a group's terms",
                    "  trailbook group terms gold --program pracflow\n");
  verb->add_option("id", *id, "The group's id")->required();
  NeedsProgram(verb, session);
  verb->callback([&session, id] {
    session.run = [&session, id] {
      auto stub = api::GroupService::NewStub(session.channel());
      std::vector<api::Terms> all;
      const grpc::Status status = FetchAll<api::ListGroupTermsResponse>(
          [&](const std::string& token, api::ListGroupTermsResponse* response) {
            api::ListGroupTermsRequest request;
            request.set_parent(session.NameOf("groups", *id));
            request.set_page_size(1000);
            request.set_page_token(token);
            return stub->ListGroupTerms(session.context().get(), request, response);
          },
          [&](const api::ListGroupTermsResponse& page) {
            all.insert(all.end(), page.terms().begin(), page.terms().end());
            return true;
          });
      if (!status.ok()) return session.Fail(status);
      session.Print(TermsSheet(all), all);
      return int{kOk};
    };
  });
}

// add and remove: `group` null takes the partner out of any.
int SetGroup(Session& session, const std::string& partner, const std::string* group, const std::string& effective) {
  api::SetPartnerGroupRequest request;
  request.set_partner(session.NameOf("partners", partner));
  if (group != nullptr) request.set_group(session.NameOf("groups", *group));
  request.set_effective_date(effective);
  request.set_request_id(session.NewRequestId());
  api::SetPartnerGroupResponse response;
  const grpc::Status status =
      api::GroupService::NewStub(session.channel())->SetPartnerGroup(session.context().get(), request, &response);
  if (!status.ok()) return session.Fail(status);
  const std::string from = effective.empty() ? "today" : effective;
  session.PrintOne(
      {{"partner_id", "group_id", "from"}, {{Text(Last(request.partner())), Text(Last(request.group())), Text(from)}}},
      request);
  return int{kOk};
}

void AddMembership(CLI::App* noun, Session& session) {
  struct Options {
    std::string id, partner, effective;
  };
  auto options = std::make_shared<Options>();
  auto* add =
      Verb(noun, "add", "Puts a partner into a group for sign-ups from a day on; earlier referrals keep their terms",
           "  trailbook group add gold partner-0001 --program pracflow\n");
  add->add_option("id", options->id, "The group's id")->required();
  auto* remove = Verb(noun, "remove", "Takes a partner out of his group for sign-ups from a day on",
                      "  trailbook group remove partner-0001 --program pracflow\n");
  for (CLI::App* verb : {add, remove}) {
    verb->add_option("partner", options->partner, "The partner's id")->required();
    verb->add_option("--effective", options->effective, "First day, YYYY-MM-DD; today or later (today)");
    NeedsProgram(verb, session);
    TakesRequestId(verb, session);
  }
  add->callback([&session, options] {
    session.run = [&session, options] { return SetGroup(session, options->partner, &options->id, options->effective); };
  });
  remove->callback([&session, options] {
    session.run = [&session, options] { return SetGroup(session, options->partner, nullptr, options->effective); };
  });
}

}  // namespace

void AddGroup(CLI::App& app, Session& session) {
  auto* noun = app.add_subcommand("group", "Groups of partners with terms of their own");
  AddCreate(noun, session);
  AddShow(noun, session);
  AddList(noun, session);
  AddPublish(noun, session);
  AddTermsList(noun, session);
  AddMembership(noun, session);
}

}  // namespace trailbook::cli
