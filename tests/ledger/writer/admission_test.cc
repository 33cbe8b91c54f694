// Which commands a daemon decides, alone and beside another one on the same PostgreSQL.
#include "ledger/writer/admission.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "ledger/base/status.h"
#include "ledger/store/migrations.h"
#include "tests/contract/stores.h"

namespace trailbook {
namespace {

constexpr int64_t kAcme = 7, kOther = 8;

std::vector<WriteJob> JobsOf(const std::vector<std::string>& programs) {
  std::vector<WriteJob> jobs(programs.size());
  for (size_t at = 0; at < jobs.size(); ++at) jobs[at].program_id = programs[at];
  return jobs;
}

void RefuseNone(WriteJob job, const absl::Status& why) { ADD_FAILURE() << job.program_id << ": " << why; }

TEST(AdmissionTest, WhereNobodyElseWritesEveryCommandIsDecidedAndNoLeaseIsNeeded) {
  Admission alone(nullptr, nullptr);
  std::vector<WriteJob> batch = JobsOf({"acme", ""});
  EXPECT_FALSE(alone.OthersMayWrite());
  EXPECT_TRUE(alone.Has(kAcme));
  EXPECT_TRUE(alone.AdmitsAhead(batch));
  EXPECT_FALSE(*alone.Admit(batch, RefuseNone)) << "nothing was gained";
  EXPECT_EQ(batch.size(), 2u);
  alone.Need(kAcme);
  EXPECT_TRUE(alone.TakeNeeded().empty());
  EXPECT_FALSE(alone.LookIsDue());
  EXPECT_TRUE(alone.Renew().ok());
  EXPECT_TRUE(alone.RenewAll().ok());
  alone.Release();
}

// A daemon, as far as leases go.
struct Daemon {
  Daemon(std::unique_ptr<store::Database> opened, const std::string& address)
      : db(std::move(opened)), ends(db.get()), admission(std::make_unique<Leases>(db.get(), address), &ends) {}

  std::unique_ptr<store::Database> db;
  LogEnds ends;
  Admission admission;
};

class AdmissionBesideOthers : public testing::Test {
 protected:
  void SetUp() override {
    store_ = store::NewPostgresStore();
    if (store_ == nullptr) GTEST_SKIP() << store::kNoPostgres;
    auto db = *store_->engine().OpenWriter();
    ASSERT_TRUE(store::Migrate(*db).ok());
    ASSERT_TRUE(db->Execute(absl::StrCat("INSERT INTO program_slug (slug, program_id, seal) VALUES ('acme', ", kAcme,
                                         ", ''), ('other', ", kOther, ", '')"))
                    .ok());
    first_ = std::make_unique<Daemon>(std::move(db), "127.0.0.1:1");
    second_engine_ = *store_->Open();
    second_ = std::make_unique<Daemon>(*second_engine_->OpenWriter(), "127.0.0.1:2");
  }
  void LetLeasesEnd() {
    EXPECT_TRUE(first_->db->Execute("UPDATE lease SET expire_time = now() - interval '1 second'").ok());
  }

  std::unique_ptr<store::EmptyStore> store_;
  std::unique_ptr<store::Engine> second_engine_;
  std::unique_ptr<Daemon> first_, second_;
};

TEST_F(AdmissionBesideOthers, TheFirstThatIsAskedDecidesAndTheOtherOneSaysWho) {
  std::vector<WriteJob> batch = JobsOf({"acme"});
  EXPECT_TRUE(*first_->admission.Admit(batch, RefuseNone)) << "gained: what is known of it may be old";
  EXPECT_FALSE(*first_->admission.Admit(batch, RefuseNone)) << "held already";
  EXPECT_TRUE(first_->admission.Has(kAcme));

  std::vector<WriteJob> mixed = JobsOf({"acme", "other", "nobody"});
  std::vector<std::string> refused;
  const auto gained = second_->admission.Admit(mixed, [&refused](WriteJob job, const absl::Status& why) {
    refused.push_back(absl::StrCat(job.program_id, " ", ReasonOf(why), " ", HolderOf(why)));
  });
  EXPECT_TRUE(gained.ok() && *gained);
  EXPECT_EQ(refused, std::vector<std::string>{"acme HELD_ELSEWHERE 127.0.0.1:1"});
  ASSERT_EQ(mixed.size(), 2u) << "a program that is not there is refused by whoever decides";
  EXPECT_EQ(mixed[0].program_id, "other");
  EXPECT_EQ(second_->admission.needed(), std::set<int64_t>{kOther});
}

TEST_F(AdmissionBesideOthers, NothingIsDecidedAheadBeforeItsLeaseAndTheEndOfItsLogAreKnown) {
  std::vector<WriteJob> batch = JobsOf({"acme"});
  EXPECT_FALSE(first_->admission.AdmitsAhead(batch)) << "never asked for";
  ASSERT_TRUE(first_->admission.Admit(batch, RefuseNone).ok());
  EXPECT_FALSE(first_->admission.AdmitsAhead(batch)) << "nobody knows how long its log is";
  EXPECT_EQ(first_->ends.SizeOf(kAcme), 0);
  EXPECT_TRUE(first_->admission.AdmitsAhead(batch));
  EXPECT_FALSE(first_->admission.AdmitsAhead(JobsOf({"acme", "other"}))) << "one of them is not";
}

TEST_F(AdmissionBesideOthers, WhatIsNeededLeavesWithOneTransaction) {
  std::vector<WriteJob> batch = JobsOf({"acme"});
  ASSERT_TRUE(first_->admission.Admit(batch, RefuseNone).ok());
  first_->admission.Need(kOther);
  const std::vector<Lease> leases = first_->admission.TakeNeeded();
  ASSERT_EQ(leases.size(), 2u);
  EXPECT_EQ(leases[0].program, kAcme);
  EXPECT_EQ(leases[0].epoch, 1);
  EXPECT_EQ(leases[1].program, kOther);
  EXPECT_EQ(leases[1].epoch, 0) << "it is not held";
  EXPECT_TRUE(first_->admission.TakeNeeded().empty());
}

TEST_F(AdmissionBesideOthers, RecordsWithoutRowsAreTakenOverOnceTheirWriterIsGone) {
  ASSERT_TRUE(
      first_->db->Execute(absl::StrCat("INSERT INTO log_head (program_id, size, root) VALUES (", kAcme, ", 3, '')"))
          .ok());
  const auto nothing = [](int64_t) { return false; };
  std::vector<WriteJob> batch = JobsOf({"acme"});
  ASSERT_TRUE(first_->admission.Admit(batch, RefuseNone).ok());
  EXPECT_TRUE(second_->admission.LookIsDue());
  EXPECT_FALSE(second_->admission.TakesOver(*second_->db, nothing)) << "the first will write them";
  EXPECT_FALSE(second_->admission.LookIsDue()) << "it has just looked";
  EXPECT_TRUE(first_->admission.TakesOver(*first_->db, nothing)) << "its own, which it lost from sight";
  EXPECT_FALSE(first_->admission.TakesOver(*first_->db, [](int64_t program) { return program == kAcme; }))
      << "its own, on their way";
  LetLeasesEnd();
  EXPECT_TRUE(second_->admission.TakesOver(*second_->db, nothing));
  EXPECT_TRUE(second_->admission.Has(kAcme));
}

}  // namespace
}  // namespace trailbook
