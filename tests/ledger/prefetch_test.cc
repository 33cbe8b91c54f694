// What is asked for in bulk is all that is needed: nothing is left to load row by row, which costs a round trip each where the store is another machine.
#include "ledger/prefetch.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "ledger/domain/operations.h"
#include "ledger/log_appender.h"
#include "ledger/store/repository.h"
#include "tests/ledger/test_ledger.h"

namespace trailbook {
namespace {

// From now on counts what a table is asked for and has not, instead of loading it.
template <typename R>
void CountLoads(Table<R>& table, int& count) {
  table.SetLoader([](void* counter, Table<R>&, const typename R::Key&) { ++*static_cast<int*>(counter); }, &count);
}

PartnerSpec Row(const std::string& id, const std::string& link, const std::string& coupon) {
  PartnerSpec row;
  row.partner_id = row.display_name = id;
  row.link_code = link;
  row.coupon_code = coupon;
  return row;
}

TEST(Prefetch, AnImportOfPartnersLoadsNothingRowByRow) {
  TestLedger books;
  books.ledger().Drain();
  const auto engine = *store::OpenSqlite(books.Path());
  const auto db = *engine->OpenWriter();
  Book book;
  store::Repository repository(db.get(), &book);
  LogAppender log(db.get());
  Journal journal(&book, &log);
  journal.SetContext(absl::ToUnixMicros(absl::Now()), "ann");
  ASSERT_TRUE(db->Begin(true).ok());
  const std::vector<PartnerSpec> rows = {Row("new-1", "New-1", ""), Row("jane", "jane", ""), Row("new-2", "", "NEW2"), Row("tom", "jane", "")};
  for (int round = 0; round < 3; ++round) {
    WantPartners(book, "p", rows);
    ASSERT_TRUE(repository.LoadWanted().ok());
  }
  WantPartners(book, "p", {Row(std::string("a\0b", 3), std::string("c\0d", 3), "")});
  EXPECT_TRUE(book.partner_keys.wanted().empty() && book.code_keys.wanted().empty()) << "PostgreSQL takes no such text";
  int loads = 0;
  CountLoads(book.partner_keys, loads);
  CountLoads(book.partner_identities, loads);
  CountLoads(book.partners, loads);
  CountLoads(book.payout_methods, loads);
  CountLoads(book.codes, loads);
  CountLoads(book.code_keys, loads);
  CountLoads(book.code_identities, loads);
  Operations operations(&book, &journal);
  std::vector<ImportRowOutcome::Kind> kinds;
  for (const PartnerSpec& row : rows) kinds.push_back(operations.Import("p", row).kind);
  using enum ImportRowOutcome::Kind;
  EXPECT_EQ(kinds[0], kCreated);
  EXPECT_EQ(kinds[2], kCreated);
  EXPECT_EQ(kinds[3], kDiffers) << "the code is another partner's";
  EXPECT_EQ(loads, 0);
  db->Rollback();
}

}  // namespace
}  // namespace trailbook
