// What SQLite alone takes: the rows of a payment in the kindest order there is. Ids rise with time, nothing is looked
// up, no rule is applied; the record, its leaf hash, two postings, the commission, the id and the balances of its two
// accounts are written, 1000 payments a transaction, durably. Adds to the file that is there, and prints one JSON
// object.
//
//   sqlite_bench --file F --payments 100000
#include <sodium.h>
#include <sqlite3.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <map>
#include <random>
#include <string>

namespace {

constexpr char kSettings[] =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-262144; PRAGMA wal_autocheckpoint=16000;";
constexpr char kTables[] = R"sql(
CREATE TABLE IF NOT EXISTS record (sequence INTEGER NOT NULL PRIMARY KEY, body BLOB NOT NULL, leaf BLOB NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS posting (
  sequence INTEGER NOT NULL, account INTEGER NOT NULL, amount INTEGER NOT NULL, CHECK (amount <> 0), PRIMARY KEY (sequence, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS commission (
  sequence INTEGER NOT NULL PRIMARY KEY, partner INTEGER NOT NULL, customer INTEGER NOT NULL, collected INTEGER NOT NULL,
  base INTEGER NOT NULL, accrued INTEGER NOT NULL, paid_at INTEGER NOT NULL, matures_on INTEGER NOT NULL, CHECK (accrued * 10 <= base)
) STRICT;
CREATE TABLE IF NOT EXISTS id (id BLOB NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (id)) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS balance (account INTEGER NOT NULL PRIMARY KEY, amount INTEGER NOT NULL) STRICT;
CREATE TRIGGER IF NOT EXISTS no_update BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'append-only'); END;
CREATE TRIGGER IF NOT EXISTS no_delete BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'append-only'); END;
)sql";

class Floor {
 public:
  Floor(const std::string& file, int64_t partners) : partners_(partners) {
    Check(sqlite3_open(file.c_str(), &db_), "open");
    Run(kSettings);
    Run(kTables);
    record_ = Prepare("INSERT INTO record VALUES (?, ?, ?)");
    posting_ = Prepare("INSERT INTO posting VALUES (?, ?, ?)");
    commission_ = Prepare("INSERT INTO commission VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    id_ = Prepare("INSERT INTO id VALUES (?, ?)");
    balance_ = Prepare("INSERT INTO balance VALUES (?, ?) ON CONFLICT DO UPDATE SET amount = amount + excluded.amount");
    sqlite3_stmt* last = Prepare("SELECT coalesce(max(sequence), 0) FROM record");
    sqlite3_step(last);
    sequence_ = sqlite3_column_int64(last, 0);
    sqlite3_finalize(last);
  }
  ~Floor() {
    for (sqlite3_stmt* statement : {record_, posting_, commission_, id_, balance_}) sqlite3_finalize(statement);
    sqlite3_close(db_);
  }

  void Add(int64_t payments, int64_t transaction) {
    for (int64_t done = 0; done < payments; done += transaction) {
      Run("BEGIN IMMEDIATE");
      std::map<int64_t, int64_t> changes;
      for (int64_t at = 0; at < transaction; ++at) AddOne(changes);
      for (const auto& [account, amount] : changes) Step(balance_, {account, amount});
      Run("COMMIT");
    }
  }

 private:
  void Check(int code, const char* what) {
    if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
    std::cerr << what << ": " << sqlite3_errmsg(db_) << "\n";
    std::exit(1);
  }
  void Run(const char* sql) { Check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr), sql); }
  sqlite3_stmt* Prepare(const char* sql) {
    sqlite3_stmt* statement = nullptr;
    Check(sqlite3_prepare_v3(db_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr), sql);
    return statement;
  }
  void Step(sqlite3_stmt* statement, std::initializer_list<int64_t> values) {
    int at = 0;
    for (int64_t value : values) sqlite3_bind_int64(statement, ++at, value);
    Check(sqlite3_step(statement), "insert");
    sqlite3_reset(statement);
  }

  void AddOne(std::map<int64_t, int64_t>& changes) {
    const int64_t sequence = ++sequence_;
    const double u = std::uniform_real_distribution<double>(0, 1)(random_);
    const auto partner = static_cast<int64_t>(u * u * u * static_cast<double>(partners_)) + 2;
    unsigned char body[150], leaf[32], id[16];
    std::memset(body, 'r', sizeof body);
    std::memcpy(body, &sequence, sizeof sequence);
    crypto_hash_sha256(leaf, body, sizeof body);
    for (int byte = 0; byte < 8; ++byte) id[byte] = static_cast<unsigned char>(sequence >> (56 - 8 * byte));
    const uint64_t tail = random_();
    std::memcpy(id + 8, &tail, sizeof tail);

    sqlite3_bind_int64(record_, 1, sequence);
    sqlite3_bind_blob(record_, 2, body, sizeof body, SQLITE_STATIC);
    sqlite3_bind_blob(record_, 3, leaf, sizeof leaf, SQLITE_STATIC);
    Check(sqlite3_step(record_), "record");
    sqlite3_reset(record_);
    Step(posting_, {sequence, 1, 11242});
    Step(posting_, {sequence, partner, -11242});
    Step(commission_, {sequence, partner, static_cast<int64_t>(random_() % 1000000), 176882, 149900, 11242,
                       1764000000 + sequence, 20500});
    sqlite3_bind_blob(id_, 1, id, sizeof id, SQLITE_STATIC);
    sqlite3_bind_int64(id_, 2, sequence);
    Check(sqlite3_step(id_), "id");
    sqlite3_reset(id_);
    changes[1] += 11242;
    changes[partner] -= 11242;
  }

  sqlite3* db_ = nullptr;
  sqlite3_stmt *record_, *posting_, *commission_, *id_, *balance_;
  int64_t partners_, sequence_ = 0;
  std::mt19937_64 random_{std::random_device()()};
};

}  // namespace

int main(int argc, char** argv) {
  std::string file;
  int64_t payments = 100000, transaction = 1000, partners = 100000;
  CLI::App app("Writes a payment's rows with SQLite alone", "sqlite_bench");
  app.add_option("--file", file, "The database; made if it is not there")->required();
  app.add_option("--payments", payments, "How many");
  app.add_option("--transaction", transaction, "Payments a transaction");
  app.add_option("--partners", partners, "Accounts");
  CLI11_PARSE(app, argc, argv);
  Floor floor(file, partners);
  const auto start = std::chrono::steady_clock::now();
  floor.Add(payments, transaction);
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::printf("{\"mode\":\"sqlite\",\"payments\":%ld,\"payments_per_s\":%.0f}\n", static_cast<long>(payments),
              static_cast<double>(payments) / seconds);
  return 0;
}
