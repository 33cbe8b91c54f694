#include "ledger/store/counters.h"

#include <algorithm>
#include <string>

#include "ledger/base/hash.h"
#include "ledger/base/status.h"
#include "ledger/store/row_mapping.h"

namespace trailbook::store {
namespace {

constexpr size_t kSecretBytes = 32;

}  // namespace

absl::Status LoadCounters(Database& db, Book& book, bool may_create) {
  TRAILBOOK_ASSIGN_OR_RETURN(book.parked_count, SelectInt(db, "SELECT COUNT(*) FROM parked"));
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t parked, SelectInt(db, "SELECT MAX(number) FROM parked"));
  book.next_parked = std::max(book.next_parked, parked + 1);
  TRAILBOOK_ASSIGN_OR_RETURN(const int64_t programs, SelectInt(db, "SELECT MAX(program_id) FROM program"));
  book.next_program = programs + 1;
  TRAILBOOK_ASSIGN_OR_RETURN(Statement * select, db.Prepare("SELECT value, seal FROM secret WHERE name = $1"));
  select->BindText(1, kSecretName);
  TRAILBOOK_ASSIGN_OR_RETURN(const bool known, select->Step());
  if (known) book.secret = std::string(select->ColumnBlob(0));
  const bool whole = !known || select->ColumnBlob(1) == SealOfSecret(book.secret).view();
  select->Reset();
  if (!whole) {
    return Refuse(
        absl::StatusCode::kDataLoss, "LEDGER_DAMAGED", "",
        "table secret, row (name \"hash-key\"): its seal does not fit: something else than Trailbook changed it");
  }
  if (known || !may_create) return absl::OkStatus();
  book.secret = RandomBytes(kSecretBytes);
  return db.InsertMany({"secret", {"name", "value", kSealColumn}, 1},
                       {{std::string(kSecretName), Blob{book.secret}, ToValue(SealOfSecret(book.secret))}});
}

absl::Status LoadOrMakeCounters(Database& db, Book& book) {
  TRAILBOOK_RETURN_IF_ERROR(db.Begin(true));
  const absl::Status loaded = LoadCounters(db, book, true);
  if (loaded.ok()) return db.Commit();
  db.Rollback();
  return loaded;
}

}  // namespace trailbook::store
