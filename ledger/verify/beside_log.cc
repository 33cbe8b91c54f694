#include "ledger/verify/beside_log.h"

#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "ledger/base/status.h"
#include "ledger/domain/book.h"
#include "ledger/domain/external_ids.h"
#include "ledger/store/fingerprint.h"
#include "ledger/store/row_mapping.h"

namespace trailbook {
namespace {

template <typename R>
R RowTypeOf(const Table<R>&);

// Every row of a SELECT until `take` finds something wrong with one.
template <typename R, typename Take>
absl::StatusOr<std::string> FindInRows(store::Database& db, absl::string_view rest, const store::Row& parameters,
                                       Take take) {
  TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * select, db.PrepareScan(store::SelectFrom<R>(rest)));
  select->BindAll(parameters);
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

// Names by number, each with the row that leads from the name back to the number.
template <typename Identity, typename KeyRow>
class Names {
 public:
  using KeyOf = typename KeyRow::Key (*)(const Identity&);

  Names(store::Database& db, int64_t program, int64_t Identity::*number, int64_t KeyRow::*back, KeyOf key_of)
      : db_(db), program_(program), number_(number), back_(back), key_of_(key_of) {}

  // Reads both ways once, each in its own order. Where they do not agree, looks for the first that leads elsewhere.
  absl::Status Read(RowsBesideLog& found) {
    const ShortHashKey key = RandomShortHashKey();
    store::Fingerprint by_number(key), by_name(key);
    int64_t expected = 0;
    const auto take = [&](const Identity& identity) -> std::string {
      if (identity.*number_ != ++expected) {
        return absl::StrCat("table ", Identity::kTable, ": the row of number ", expected, " is missing");
      }
      KeyRow row = KeyRow::WithKey(key_of_(identity));
      row.*back_ = expected;
      by_number.Add(row);
      return "";
    };
    TRAILBOOK_ASSIGN_OR_RETURN(found.problem, FindInRows<Identity>(db_, InOrder(), {program_}, take));
    if (!found.problem.empty()) return absl::OkStatus();
    TRAILBOOK_ASSIGN_OR_RETURN(
        found.problem, FindInRows<KeyRow>(db_, "WHERE program_id = $1", {program_}, [&by_name](const KeyRow& row) {
          by_name.Add(row);
          return std::string();
        }));
    if (!found.problem.empty()) return absl::OkStatus();
    if (by_number != by_name) {
      TRAILBOOK_ASSIGN_OR_RETURN(found.problem, FindWrongName());
    }
    found.counts.push_back({Identity::kTable, by_number.rows()});
    found.counts.push_back({KeyRow::kTable, by_name.rows()});
    return absl::OkStatus();
  }

 private:
  std::string InOrder() const {
    return absl::StrCat("WHERE program_id = $1 ORDER BY ", store::ShapeOf<Identity>().columns[1]);
  }

  // Empty if each name has its number: then there are more names than numbers.
  absl::StatusOr<std::string> FindWrongName() {
    TRAILBOOK_ASSIGN_OR_RETURN(store::Statement * find,
                               db_.Prepare(store::SelectFrom<KeyRow>(store::WhereKey<KeyRow>())));
    absl::Status failed;
    const auto check = [&](const Identity& identity) -> std::string {
      store::BindKey<KeyRow>(key_of_(identity), *find);
      const auto there = find->Step();
      failed = there.status();
      const int64_t leads_to = there.ok() && *there ? store::FromStatement<KeyRow>(*find).*back_ : 0;
      find->Reset();
      const int64_t number = identity.*number_;
      if (!failed.ok() || leads_to == number) return "";
      return absl::StrCat("table ", KeyRow::kTable, ": the name of number ", number,
                          leads_to == 0 ? " is missing" : absl::StrCat(" leads to ", leads_to));
    };
    TRAILBOOK_ASSIGN_OR_RETURN(std::string problem, FindInRows<Identity>(db_, InOrder(), {program_}, check));
    TRAILBOOK_RETURN_IF_ERROR(failed);
    return problem;
  }

  store::Database& db_;
  const int64_t program_;
  int64_t Identity::*const number_;
  int64_t KeyRow::*const back_;
  const KeyOf key_of_;
};

template <typename R, typename... Others>
constexpr bool kIsOneOf = (std::is_same_v<R, Others> || ...);

// ReadNames reads these, and looks at their seals.
template <typename R>
constexpr bool kIsOfNames =
    kIsOneOf<R, PartnerIdentity, PartnerKey, CodeIdentity, CodeKey, CustomerIdentity, CustomerKey>;

absl::StatusOr<std::string> FindBrokenSeal(store::Database& db) {
  absl::StatusOr<std::string> problem = std::string();
  Book shapes;
  shapes.ForEachBesideLog([&](auto& table) {
    using R = decltype(RowTypeOf(table));
    if (!kIsOfNames<R> && problem.ok() && problem->empty()) {
      problem = FindInRows<R>(db, "", {}, [](const R&) { return std::string(); });
    }
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
  return whole ? std::string()
               : absl::StrCat("table secret, row (name \"", store::kSecretName, "\"): its seal does not fit");
}

absl::Status ReadNames(store::Database& db, int64_t program, RowsBesideLog& found) {
  TRAILBOOK_RETURN_IF_ERROR(
      (Names<PartnerIdentity,
             PartnerKey>(db, program, &PartnerIdentity::partner, &PartnerKey::partner, [](const PartnerIdentity& row) {
         return PartnerKey::Key{row.program, row.partner_id};
       }).Read(found)));
  if (!found.problem.empty()) return absl::OkStatus();
  TRAILBOOK_RETURN_IF_ERROR(
      (Names<CodeIdentity, CodeKey>(db, program, &CodeIdentity::code, &CodeKey::code, [](const CodeIdentity& row) {
         return CodeKey::Key{row.program, row.text};
       }).Read(found)));
  if (!found.problem.empty()) return absl::OkStatus();
  return Names<CustomerIdentity, CustomerKey>(
             db, program, &CustomerIdentity::customer, &CustomerKey::customer,
             [](const CustomerIdentity& row) {
               return CustomerKey::Key{row.program, ExternalIdKey(IdKind::kCustomer, row.customer_id)};
             })
      .Read(found);
}

}  // namespace

absl::StatusOr<RowsBesideLog> ReadBesideLog(store::Database& db, int64_t program) {
  RowsBesideLog found;
  TRAILBOOK_ASSIGN_OR_RETURN(found.problem, FindWrongSecret(db));
  if (!found.problem.empty()) return found;
  TRAILBOOK_ASSIGN_OR_RETURN(found.problem, FindBrokenSeal(db));
  if (!found.problem.empty()) return found;
  TRAILBOOK_RETURN_IF_ERROR(ReadNames(db, program, found));
  if (!found.problem.empty()) return found;
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t destinations, CountOf(db, PayoutDestination::kTable, program));
  found.counts.push_back({PayoutDestination::kTable, destinations});
  return found;
}

absl::StatusOr<std::string> FindWrongCount(const RowsBesideLog& found, store::Database& rebuilt, int64_t program) {
  TRAILBOOK_ASSIGN_OR_RETURN(
      const std::vector<Program> rows,
      store::SelectRows<Program>(rebuilt, store::SelectFrom<Program>(store::WhereKey<Program>()), {program}));
  if (rows.empty()) return std::string("table program: the row of the program is missing");
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t payouts, CountOf(rebuilt, Payout::kTable, program));
  const Program& log = rows[0];
  const int64_t given[] = {log.partners, log.partners, log.codes, log.codes, log.customers, log.customers, payouts};
  for (size_t at = 0; at < found.counts.size(); ++at) {
    const auto& [table, count] = found.counts[at];
    if (count != given[at]) return absl::StrCat("table ", table, " has ", count, " rows, and the log says ", given[at]);
  }
  return std::string();
}

}  // namespace trailbook
