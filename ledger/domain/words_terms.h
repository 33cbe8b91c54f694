// Why a rate is what it is, and sign-up bonuses, in words that a partner understands. Pure; thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_WORDS_TERMS_H_
#define TRAILBOOK_LEDGER_DOMAIN_WORDS_TERMS_H_

#include <string>

#include "absl/strings/string_view.h"
#include "ledger/domain/words.h"
#include "trailbook/log/v1/record.pb.h"

namespace trailbook {

// "; the rate is ..."; empty where the pinned rate applied.
std::string RateReasonWords(const log::v1::PaymentRecorded& payment);

RecordWords BonusWords(const log::v1::Record& record, absl::string_view currency);
RecordWords BonusChangedWords(const log::v1::Record& record);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_WORDS_TERMS_H_
