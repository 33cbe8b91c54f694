#include "ledger/store/postgres_connection.h"

#include <algorithm>
#include <initializer_list>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "ledger/base/status.h"

namespace trailbook::store {
namespace {

constexpr int kOldestServer = 130000;

std::string FirstLine(const char* message) {
  const absl::string_view text = message == nullptr ? "" : message;
  return std::string(absl::StripSuffix(text.substr(0, text.find('\n')), "\r"));
}

// By SQLSTATE (PostgreSQL's appendix A).
absl::Status ErrorOf(absl::string_view state, absl::string_view message) {
  const auto is = [state](std::initializer_list<absl::string_view> starts) {
    return std::any_of(starts.begin(), starts.end(),
                       [state](absl::string_view start) { return absl::StartsWith(state, start); });
  };
  if (state == "53100") {
    return Refuse(
        absl::StatusCode::kResourceExhausted, "DISK_FULL", "",
        "the database's disk is full: what was acknowledged is safe, reads go on, writes resume when there is room");
  }
  // No connection, a server that stops or only reads, too many connections, conflicts and timeouts: another try may
  // succeed.
  if (state.empty() || is({"08", "40", "53", "57", "25006", "55P03"})) {
    return Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", message);
  }
  if (is({"XX001", "XX002"})) return Refuse(absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "", message);
  if (is({"23", "28", "3D", "42501", "P0001"})) {
    return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "", message);
  }
  return Internal(message);
}

// The settings that a connection URI brings along. INVALID_ARGUMENT if it is none.
absl::StatusOr<std::string> OptionsIn(const std::string& url) {
  char* message = nullptr;
  PQconninfoOption* parsed = PQconninfoParse(url.c_str(), &message);
  if (parsed == nullptr) {
    absl::Status status =
        absl::InvalidArgumentError(absl::StrCat("not a PostgreSQL connection URI: ", FirstLine(message)));
    PQfreemem(message);
    return status;
  }
  std::string options;
  for (const PQconninfoOption* option = parsed; option->keyword != nullptr; ++option) {
    if (absl::string_view(option->keyword) == "options" && option->val != nullptr) options = option->val;
  }
  PQconninfoFree(parsed);
  return options;
}

// What libpq says when it cannot connect has no SQLSTATE; its words are the server's own.
absl::Status ConnectError(const PGconn* connection) {
  const std::string why = FirstLine(PQerrorMessage(connection));
  const auto says = [&why](absl::string_view words) { return absl::StrContains(why, words); };
  const bool wrong = says("password authentication failed") || says("no password supplied") || says("does not exist") ||
                     says("no pg_hba.conf entry") || says("authentication failed") || says("permission denied") ||
                     says("invalid") || says("certificate");
  const std::string message = absl::StrCat("cannot connect to the database: ", why);
  return wrong ? Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "", message)
               : Refuse(absl::StatusCode::kUnavailable, "UNAVAILABLE", "", message);
}

// Every question here leads to an index by its key, and is asked again and again. Left to itself the server plans by
// what it knows of the tables, which is nothing until it first analyzes them: a plan made while a table was empty reads
// all of it with every batch later on, however large it has become. What a server does not know, or the connection URI
// says itself, stays as it is.
constexpr char kSteadyPlans[] =
    "SELECT set_config(name, value, false) FROM (VALUES ('enable_seqscan', 'off'), ('enable_hashjoin', 'off'), "
    "('enable_mergejoin', 'off'), ('jit', 'off'), ('plan_cache_mode', 'force_generic_plan')) AS wanted (name, value) "
    "JOIN pg_settings USING (name) WHERE source <> 'client'";

absl::Status CheckConnection(const PGconn* connection) {
  if (PQstatus(connection) != CONNECTION_OK) return ConnectError(connection);
  if (PQserverVersion(connection) >= kOldestServer) return absl::OkStatus();
  return Refuse(
      absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "",
      absl::StrCat("the database server is version ", PQserverVersion(connection) / 10000, "; at least 13 is needed"));
}

absl::Status SteadyPlans(PGconn* connection) {
  PGresult* result = PQexec(connection, kSteadyPlans);
  const absl::Status status =
      IsGood(result) ? absl::OkStatus() : store::ErrorOf(connection, result, "the settings of the connection");
  PQclear(result);
  return status;
}

}  // namespace

absl::StatusOr<PGconn*> OpenConnection(const std::string& url, bool writer) {
  TRAILBOOK_ASSIGN_OR_RETURN(const std::string theirs, OptionsIn(url));
  // A daemon that is paused in the middle of a transaction keeps its locks from whoever takes over, until the server
  // ends the transaction.
  const std::string settings =
      absl::StrCat("-c statement_timeout=120000 -c lock_timeout=10000 -c idle_in_transaction_session_timeout=",
                   writer ? "10000" : "120000", " -c client_min_messages=warning ", theirs,
                   writer ? "" : " -c default_transaction_read_only=on");
  // What stands before the URI is a default, which the URI may change.
  const char* keys[] = {"connect_timeout",      "tcp_user_timeout", "keepalives_idle", "application_name",
                        "target_session_attrs", "dbname",           "options",         nullptr};
  const char* values[] = {"5",         "10000",          "10",   "trailbook", writer ? "read-write" : "primary",
                          url.c_str(), settings.c_str(), nullptr};
  PGconn* connection = PQconnectdbParams(keys, values, 1);
  absl::Status status = CheckConnection(connection);
  if (status.ok()) status = SteadyPlans(connection);
  if (status.ok()) return connection;
  PQfinish(connection);
  return status;
}

bool IsGood(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

std::string StateOf(const PGresult* result) {
  const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  return state == nullptr ? "" : state;
}

absl::Status ErrorOf(const PGconn* connection, const PGresult* result, absl::string_view doing) {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const char* primary = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
  const std::string why = primary != nullptr ? primary : FirstLine(PQerrorMessage(connection));
  return ErrorOf(state == nullptr ? "" : state, absl::StrCat(doing, ": ", why));
}

}  // namespace trailbook::store
