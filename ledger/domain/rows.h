// The rows of the ledger's tables, as plain values. Each lists its columns once, in the order of its table, through
// Visit; the first kKeyColumns are the key. Amounts are minor units; times seconds since the epoch (UTC); days as in
// base/day.h.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ROWS_H_
#define TRAILBOOK_LEDGER_DOMAIN_ROWS_H_

#include "ledger/domain/rows_balance.h"
#include "ledger/domain/rows_commission.h"
#include "ledger/domain/rows_correction.h"
#include "ledger/domain/rows_fx.h"
#include "ledger/domain/rows_partner.h"
#include "ledger/domain/rows_paying.h"
#include "ledger/domain/rows_payout.h"
#include "ledger/domain/rows_program.h"
#include "ledger/domain/rows_referral.h"
#include "ledger/domain/rows_terms.h"

#endif  // TRAILBOOK_LEDGER_DOMAIN_ROWS_H_
