#include "ledger/store/migrations.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/store/schema_v1.h"
#include "ledger/store/schema_v1_postgres.h"
#include "ledger/store/schema_v1_sqlite.h"

namespace trailbook::store {
namespace {

// Append only: what stands here has run on somebody's books.
struct Migration {
  const char* tables;  // in SQLite's words
  const char* sqlite;
  const char* postgres;
};
constexpr Migration kMigrations[] = {{kTablesV1, kSqliteGuardsV1, kPostgresGuardsV1}};

constexpr absl::string_view kVersions =
    "CREATE TABLE schema_migration (version INTEGER NOT NULL PRIMARY KEY, checksum TEXT NOT NULL) STRICT, WITHOUT "
    "ROWID";

bool IsWordCharacter(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_'; }

// Tables in PostgreSQL's words: its types, and text that is ordered by its bytes as SQLite orders it.
std::string InPostgres(absl::string_view ddl) {
  std::string out;
  while (!ddl.empty()) {
    const auto end = std::find_if_not(ddl.begin(), ddl.end(), IsWordCharacter);
    const absl::string_view word = ddl.substr(0, std::max<ptrdiff_t>(1, end - ddl.begin()));
    ddl.remove_prefix(word.size());
    if (word == "INTEGER") {
      out += "BIGINT";
    } else if (word == "BLOB") {
      out += "BYTEA";
    } else if (word == "TEXT") {
      out += "TEXT COLLATE \"C\"";
    } else {
      out.append(word.data(), word.size());
    }
  }
  return absl::StrReplaceAll(out, {{" STRICT, WITHOUT ROWID", ""}, {" STRICT", ""}});
}

std::string TextOf(Dialect dialect, int version) {
  const Migration& migration = kMigrations[version - 1];
  if (dialect == Dialect::kPostgres) return absl::StrCat(InPostgres(migration.tables), migration.postgres);
  return absl::StrCat(migration.tables, migration.sqlite);
}

std::string Checksum(Dialect dialect, int version) { return Hex(AsView(Sha256(TextOf(dialect, version)))); }

absl::Status Wrong(absl::string_view message) {
  return Refuse(absl::StatusCode::kFailedPrecondition, "WRONG_STATE", "", message);
}

absl::StatusOr<bool> HasTable(Database& db) {
  // Asking for the table itself is the one way that every engine knows.
  const auto statement = db.Prepare("SELECT COUNT(*) FROM schema_migration");
  return statement.ok();
}

absl::Status Apply(Database& db, int version) {
  TRAILBOOK_RETURN_IF_ERROR(db.Execute(TextOf(db.dialect(), version)));
  TRAILBOOK_ASSIGN_OR_RETURN(Statement * insert,
                             db.Prepare("INSERT INTO schema_migration (version, checksum) VALUES ($1, $2)"));
  insert->BindInt(1, version);
  insert->BindText(2, Checksum(db.dialect(), version));
  const absl::Status done = insert->Step().status();
  insert->Reset();
  return done;
}

}  // namespace

int NewestSchemaVersion() { return static_cast<int>(std::size(kMigrations)); }

absl::StatusOr<int> SchemaVersion(Database& db) {
  TRAILBOOK_ASSIGN_OR_RETURN(const bool known, HasTable(db));
  if (!known) return 0;
  TRAILBOOK_ASSIGN_OR_RETURN(Statement * select,
                             db.Prepare("SELECT version, checksum FROM schema_migration ORDER BY version"));
  int newest = 0;
  while (true) {
    TRAILBOOK_ASSIGN_OR_RETURN(const bool row, select->Step());
    if (!row) break;
    newest = static_cast<int>(select->ColumnInt(0));
    if (newest <= NewestSchemaVersion() && select->ColumnText(1) != Checksum(db.dialect(), newest)) {
      select->Reset();
      return Wrong(absl::StrCat("version ", newest,
                                " of the stored schema is not the one that this "
                                "program knows; it was made by another build"));
    }
  }
  select->Reset();
  return newest;
}

absl::Status Migrate(Database& db) {
  TRAILBOOK_ASSIGN_OR_RETURN(const int version, SchemaVersion(db));
  if (version > NewestSchemaVersion()) return CheckSchema(db);
  TRAILBOOK_RETURN_IF_ERROR(db.Begin(true));
  absl::Status done = absl::OkStatus();
  if (version == 0) {
    done = db.Execute(db.dialect() == Dialect::kPostgres ? InPostgres(kVersions) : std::string(kVersions));
  }
  for (int next = version + 1; done.ok() && next <= NewestSchemaVersion(); ++next) {
    done = Apply(db, next);
  }
  if (done.ok()) return db.Commit();
  db.Rollback();
  return done;
}

absl::Status CheckSchema(Database& db) {
  TRAILBOOK_ASSIGN_OR_RETURN(const int version, SchemaVersion(db));
  if (version == NewestSchemaVersion()) return absl::OkStatus();
  if (version > NewestSchemaVersion()) {
    return Wrong(absl::StrCat("the stored schema has version ", version, "; this program knows versions up to ",
                              NewestSchemaVersion(), ". Use the newer program that wrote it"));
  }
  return Wrong(absl::StrCat("the stored schema has version ", version, "; this program needs version ",
                            NewestSchemaVersion(), ". Make a backup, then start once with --migrate"));
}

}  // namespace trailbook::store
