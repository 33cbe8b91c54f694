#include "ledger/verify_beside_log.h"

#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/book.h"
#include "ledger/domain/external_ids.h"
#include "ledger/store/row_mapping.h"

namespace trailbook {
namespace {

template <typename R>
R RowTypeOf(const Table<R>&);

// Every row of a SELECT until `take` finds something wrong with one.
template <typename R, typename Take>
absl::StatusOr<std::string> FindInRows(store::Database& db, absl::string_view rest, const store::Row& parameters, Take take) {
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select, db.PrepareScan(store::SelectFrom<R>(rest)));
  for (size_t at = 0; at < parameters.size(); ++at) select->Bind(static_cast<int>(at) + 1, parameters[at]);
  std::string problem;
  while (problem.empty()) {
    const auto more = select->Step();
    if (!more.ok()) {
      select->Reset();
      return more.status();
    }
    if (!*more) break;
    const R row = store::FromStatement<R>(*select);
    const absl::Status sealed = store::CheckSeal(row, *select);
    problem = sealed.ok() ? take(row) : std::string(sealed.message());
  }
  select->Reset();
  return problem;
}

absl::StatusOr<int64_t> CountOf(store::Database& db, absl::string_view table, int64_t program) {
  return store::SelectInt(db, absl::StrCat("SELECT COUNT(*) FROM ", table, " WHERE program_id = $1"), {program});
}

std::string WrongCount(absl::string_view table, int64_t count, int64_t given) {
  return count == given ? "" : absl::StrCat("table ", table, " has ", count, " rows, and the log says ", given);
}

// The names of numbers 1 to `given`, each with its entry in the table that leads from the name back to the number.
template <typename Identity, typename KeyRow, typename KeyOf>
absl::StatusOr<std::string> FindWrongName(store::Database& db, int64_t program, int64_t given, int64_t Identity::*number, int64_t KeyRow::*back,
                                          KeyOf key_of) {
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * find, db.Prepare(store::SelectFrom<KeyRow>(store::WhereKey<KeyRow>())));
  int64_t expected = 0;
  absl::Status failed;
  const auto check = [&](const Identity& identity) -> std::string {
    if (identity.*number != ++expected) return absl::StrCat("table ", Identity::kTable, ": the row of number ", expected, " is missing");
    store::BindKey<KeyRow>(key_of(identity), *find);
    const auto there = find->Step();
    failed = there.status();
    const int64_t leads_to = there.ok() && *there ? store::FromStatement<KeyRow>(*find).*back : 0;
    find->Reset();
    if (!failed.ok() || leads_to == expected) return "";
    return absl::StrCat("table ", KeyRow::kTable, ": the name of number ", expected, leads_to == 0 ? " is missing" : absl::StrCat(" leads to ", leads_to));
  };
  const std::string order = store::ShapeOf<Identity>().columns[1];
  TRAILBOOK_ASSIGN_OR_RETURN(std::string problem,
                             FindInRows<Identity>(db, absl::StrCat("WHERE program_id = $1 ORDER BY ", order), {program}, check));
  TRAILBOOK_RETURN_IF_ERROR(failed);
  if (problem.empty()) problem = WrongCount(Identity::kTable, expected, given);
  if (!problem.empty()) return problem;
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t keys, CountOf(db, KeyRow::kTable, program));
  return WrongCount(KeyRow::kTable, keys, given);
}

absl::StatusOr<std::string> FindBrokenSeal(store::Database& db) {
  absl::StatusOr<std::string> problem = std::string();
  Book shapes;
  shapes.ForEachBesideLog([&](auto& table) {
    using R = decltype(RowTypeOf(table));
    if (problem.ok() && problem->empty()) problem = FindInRows<R>(db, "", {}, [](const R&) { return std::string(); });
  });
  return problem;
}

// Without the secret, or with another one, nobody would be recognised by his e-mail again.
absl::StatusOr<std::string> FindWrongSecret(store::Database& db) {
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select, db.Prepare("SELECT value, seal FROM secret WHERE name = $1"));
  select->BindText(1, store::kSecretName);
  TRAILBOOK_ASSIGN_OR_RETURN(const bool there, select->Step());
  const bool whole = there && select->ColumnBlob(1) == store::SealOfSecret(select->ColumnBlob(0)).view();
  select->Reset();
  if (!there) return absl::StrCat("table secret: the row ", store::kSecretName, " is missing");
  return whole ? std::string() : absl::StrCat("table secret, row (name \"", store::kSecretName, "\"): its seal does not fit");
}

absl::StatusOr<std::string> FindWrongNames(store::Database& db, const Program& program) {
  const int64_t id = program.program;
  TRAILBOOK_ASSIGN_OR_RETURN(std::string problem,
                             (FindWrongName<PartnerIdentity, PartnerKey>(
                                 db, id, program.partners, &PartnerIdentity::partner, &PartnerKey::partner,
                                 [](const PartnerIdentity& row) { return PartnerKey::Key{row.program, row.partner_id}; })));
  if (!problem.empty()) return problem;
  TRAILBOOK_ASSIGN_OR_RETURN(problem, (FindWrongName<CodeIdentity, CodeKey>(
                                          db, id, program.codes, &CodeIdentity::code, &CodeKey::code,
                                          [](const CodeIdentity& row) { return CodeKey::Key{row.program, row.text}; })));
  if (!problem.empty()) return problem;
  return FindWrongName<CustomerIdentity, CustomerKey>(
      db, id, program.customers, &CustomerIdentity::customer, &CustomerKey::customer,
      [](const CustomerIdentity& row) { return CustomerKey::Key{row.program, ExternalIdKey(IdKind::kCustomer, row.customer_id)}; });
}

}  // namespace

absl::StatusOr<std::string> FindProblemBesideLog(store::Database& db, store::Database& rebuilt, int64_t program) {
  TRAILBOOK_ASSIGN_OR_RETURN(std::string problem, FindWrongSecret(db));
  if (!problem.empty()) return problem;
  TRAILBOOK_ASSIGN_OR_RETURN(problem, FindBrokenSeal(db));
  if (!problem.empty()) return problem;
  TRAILBOOK_ASSIGN_OR_RETURN(const std::vector<Program> rows,
                             store::SelectRows<Program>(rebuilt, store::SelectFrom<Program>(store::WhereKey<Program>()), {program}));
  if (rows.empty()) return std::string("table program: the row of the program is missing");
  TRAILBOOK_ASSIGN_OR_RETURN(problem, FindWrongNames(db, rows[0]));
  if (!problem.empty()) return problem;
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t payouts, CountOf(rebuilt, Payout::kTable, program));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t destinations, CountOf(db, PayoutDestination::kTable, program));
  return WrongCount(PayoutDestination::kTable, destinations, payouts);
}

}  // namespace trailbook
