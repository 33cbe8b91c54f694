#include "ledger/store/repository.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <type_traits>
#include <utility>

#include "ledger/base/hash.h"
#include "ledger/store/row_mapping.h"

namespace trailbook::store {
namespace {

template <typename R>
std::vector<R> Rows(Database& db, absl::Status& error, absl::string_view rest, const Row& parameters) {
  auto rows = SelectRows<R>(db, SelectFrom<R>(rest), parameters);
  if (rows.ok()) return *std::move(rows);
  error.Update(rows.status());
  return {};
}

}  // namespace

Repository::Repository(Database* db, Book* book, const FreshKeys* fresh_keys)
    : db_(db), book_(book), fresh_keys_(fresh_keys) {
  book->lists = this;
  book->ForEach([this](auto& table) { Connect(table); });
}

template <typename R>
void Repository::KeepMissing(const typename R::Key& key) {
  if (error_.ok()) Keep(MissingRowOf<R>(key));
}

template <typename R>
void Repository::Connect(Table<R>& table) {
  table.SetLoader(
      [](void* self, Table<R>& asked, const typename R::Key& key) {
        auto* repository = static_cast<Repository*>(self);
        repository->Keep(repository->LoadKey(asked, key));
      },
      [](void* self, const typename R::Key& key) { static_cast<Repository*>(self)->KeepMissing<R>(key); }, this);
  if constexpr (std::is_same_v<R, ExternalKey>) {
    if (fresh_keys_ == nullptr) return;
    table.SetAtHand([](void* self, Table<R>& asked, const typename R::Key& key) {
      return static_cast<Repository*>(self)->TakeFresh(asked, key);
    });
  }
}

bool Repository::TakeFresh(Table<ExternalKey>& table, const ExternalKey::Key& key) const {
  const int64_t* commission = fresh_keys_->Find(key);
  if (commission == nullptr) {
    if (fresh_keys_->MayBeSettled(key)) return false;
    table.LoadedAbsent(key);
    return true;
  }
  ExternalKey row = ExternalKey::WithKey(key);
  row.commission = *commission;
  table.Loaded(std::move(row));
  return true;
}

template <typename R>
absl::Status Repository::AskFor(Table<R>& table, const std::vector<typename R::Key>& keys) {
  return db_->AskByKeys(
      ShapeOf<R>(), keys.size(), [&keys](size_t at, Binder& binder) { BindKey<R>(keys[at], binder); },
      [this, &table](size_t, const Statement& statement) {
        R row = FromStatement<R>(statement);
        // The row stays, so that deciding goes on to its end; what was decided is not committed.
        Keep(CheckSeal(row, statement));
        table.Loaded(std::move(row));
        return absl::OkStatus();
      });
}

template <typename R>
absl::Status Repository::LoadKey(Table<R>& table, const typename R::Key& key) {
  absl::Status loaded = AskFor(table, {key});
  loaded.Update(db_->Collect());
  TRAILBOOK_RETURN_IF_ERROR(loaded);
  table.LoadedAbsent(key);
  return absl::OkStatus();
}

absl::Status Repository::LoadWanted() {
  absl::Status status;
  std::vector<std::function<void()>> absent;
  book_->ForEach([&]<typename R>(Table<R>& table) {
    if (table.wanted().empty()) return;
    // In the order of the index: neighbours share pages.
    std::vector<typename R::Key> keys(table.wanted().begin(), table.wanted().end());
    std::sort(keys.begin(), keys.end());
    status.Update(AskFor(table, keys));
    table.WantedAreLoaded();
    absent.push_back([&table, keys = std::move(keys)] {
      for (const auto& key : keys) table.LoadedAbsent(key);
    });
  });
  std::vector<Book::WaitKey> parked(book_->wanted_parked.begin(), book_->wanted_parked.end());
  book_->wanted_parked.clear();
  std::sort(parked.begin(), parked.end());
  std::vector<std::vector<int64_t>> numbers(parked.size());
  if (status.ok() && !parked.empty()) status = AskForParked(parked, numbers);
  status.Update(db_->Collect());
  TRAILBOOK_RETURN_IF_ERROR(status);
  for (const auto& note : absent) note();
  for (size_t at = 0; at < parked.size(); ++at) {
    std::sort(numbers[at].begin(), numbers[at].end());
    book_->stored_parked.try_emplace(parked[at], std::move(numbers[at]));
  }
  return absl::OkStatus();
}

absl::Status Repository::AskForParked(const std::vector<Book::WaitKey>& keys,
                                      std::vector<std::vector<int64_t>>& numbers) {
  // By what they wait for: there may be several of a key.
  static const auto* shape = new TableShape{Parked::kTable, {"program_id", "wait_key", "number", "due_day"}, 2};
  return db_->AskByKeys(
      *shape, keys.size(),
      [&keys](size_t at, Binder& binder) {
        binder.BindInt(1, keys[at].first);
        binder.BindBlob(2, keys[at].second.view());
      },
      [&numbers](size_t at, const Statement& row) {
        if (row.ColumnInt(3) == 0) numbers[at].push_back(row.ColumnInt(2));
        return absl::OkStatus();
      });
}

absl::Status Repository::TakeError() { return std::exchange(error_, absl::OkStatus()); }

std::vector<Parked> Repository::ParkedFor(int64_t program, const Hash128& wait_key) {
  return Rows<Parked>(*db_, error_, "WHERE program_id = $1 AND wait_key = $2 AND due_day = 0 ORDER BY number",
                      {program, ToValue(wait_key)});
}

std::vector<Parked> Repository::ParkedBefore(int64_t program, int64_t time) {
  return Rows<Parked>(*db_, error_, "WHERE program_id = $1 AND event_time < $2 ORDER BY number", {program, time});
}

std::vector<Parked> Repository::ParkedUntil(int64_t program, Day day) {
  return Rows<Parked>(*db_, error_, "WHERE program_id = $1 AND due_day <> 0 AND due_day <= $2 ORDER BY number",
                      {program, int64_t{day}});
}

std::vector<Click> Repository::ClicksBefore(int64_t program, int64_t time, int limit) {
  return Rows<Click>(*db_, error_, "WHERE program_id = $1 AND click_time < $2 ORDER BY click_time LIMIT $3",
                     {program, time, int64_t{limit}});
}

std::vector<PayableLine> Repository::LinesOf(const Commission& c, int64_t partner, int64_t since) {
  std::vector<PayableLine> lines = Rows<PayableLine>(
      *db_, error_,
      "WHERE program_id = $1 AND partner = $2 AND currency = $3 AND commission = $4 AND commission <> 0 "
      "ORDER BY commission, sequence, day",
      {c.program, partner, c.currency, c.number});
  // The first maturity of its day after its record took it along.
  std::vector<PayableLine> matured = Rows<PayableLine>(*db_, error_,
                                                       "WHERE program_id = $1 AND partner = $2 AND currency = $3 AND "
                                                       "matures_on = $4 AND matures_on <> 0 AND sequence > $5 "
                                                       "ORDER BY matures_on, sequence, day LIMIT 1",
                                                       {c.program, partner, c.currency, int64_t{c.matures_on}, since});
  lines.insert(lines.end(), std::make_move_iterator(matured.begin()), std::make_move_iterator(matured.end()));
  return lines;
}

std::vector<Commission> Repository::CommissionsOfCustomer(int64_t program, int64_t customer,
                                                          const std::vector<int64_t>& partners) {
  std::vector<Commission> found;
  for (int64_t partner : partners) {
    std::vector<Commission> his =
        Rows<Commission>(*db_, error_,
                         "WHERE program_id = $1 AND customer = $2 AND number IN ("
                         "WITH RECURSIVE chain (number) AS ("
                         "SELECT last_commission FROM earner WHERE program_id = $1 AND partner = $3 UNION ALL "
                         "SELECT commission.previous FROM commission JOIN chain "
                         "ON commission.program_id = $1 AND commission.number = chain.number "
                         "WHERE commission.previous <> 0) SELECT number FROM chain) ORDER BY number DESC",
                         {program, customer, partner});
    found.insert(found.end(), std::make_move_iterator(his.begin()), std::make_move_iterator(his.end()));
  }
  return found;
}

std::vector<Earner> Repository::EarnersOf(int64_t program, int64_t partner) {
  return Rows<Earner>(*db_, error_, "WHERE program_id = $1 AND partner = $2 ORDER BY currency", {program, partner});
}

std::vector<std::vector<PayableLine>> Repository::UnpaidLines(int64_t program, Currency currency,
                                                              const std::vector<int64_t>& partners) {
  static const std::string* select = new std::string(SelectFrom<PayableLine>(
      "WHERE program_id = $1 AND partner = $2 AND currency = $3 AND batch = 0 AND payout = 0 AND amount <> 0 "
      "ORDER BY batch, payout, sequence, day"));
  std::vector<std::vector<PayableLine>> lines(partners.size());
  Keep(db_->GetMany(
      *select, partners.size(),
      [&](size_t at, Binder& binder) {
        binder.BindInt(1, program);
        binder.BindInt(2, partners[at]);
        binder.BindText(3, currency);
      },
      [&lines](size_t at, const Statement& statement) {
        lines[at].push_back(FromStatement<PayableLine>(statement));
        return absl::OkStatus();
      }));
  return lines;
}

std::vector<Earner> Repository::Earners(int64_t program, Currency currency) {
  return Rows<Earner>(*db_, error_,
                      "WHERE program_id = $1 AND currency = $2 AND (payable <> 0 OR pending <> 0) "
                      "ORDER BY partner",
                      {program, currency});
}

std::vector<Earner> Repository::DueEarners(int64_t program, Day through, int64_t after_partner, Currency after_currency,
                                           int limit) {
  return Rows<Earner>(*db_, error_,
                      "WHERE program_id = $1 AND next_due <= $2 AND (partner, currency) > ($3, $4) "
                      "ORDER BY partner, currency LIMIT $5",
                      {program, int64_t{through}, after_partner, after_currency, int64_t{limit}});
}

std::vector<Payout> Repository::PayoutsOf(int64_t program, int64_t batch) {
  return Rows<Payout>(*db_, error_, "WHERE program_id = $1 AND batch = $2 ORDER BY payout", {program, batch});
}

std::vector<OpenHold> Repository::OpenHolds(int64_t program, int64_t partner) {
  if (partner == 0) {
    return Rows<OpenHold>(*db_, error_, "WHERE program_id = $1 ORDER BY partner, commission", {program});
  }
  return Rows<OpenHold>(*db_, error_, "WHERE program_id = $1 AND partner = $2 ORDER BY commission", {program, partner});
}

std::vector<ForfeitedPart> Repository::ForfeitedParts(int64_t program, int64_t correction) {
  return Rows<ForfeitedPart>(*db_, error_, "WHERE program_id = $1 AND correction = $2 ORDER BY commission",
                             {program, correction});
}

}  // namespace trailbook::store
