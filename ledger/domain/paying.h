// Who is a paying customer: tiers count them, and a bonus is for the payment that makes one. Not thread-safe, as a Book is not.
#ifndef TRAILBOOK_LEDGER_DOMAIN_PAYING_H_
#define TRAILBOOK_LEDGER_DOMAIN_PAYING_H_

#include <cstdint>

#include "ledger/domain/book.h"

namespace trailbook {

inline bool IsPaying(Book& book, int64_t program, int64_t customer) {
  const PayingCustomers* paying = book.paying_customers.Get(PayingCustomers::KeyOf(program, customer));
  return paying != nullptr && paying->Has(customer);
}

// He is one from now on.
inline void PutPaying(Book& book, int64_t program, int64_t customer) {
  book.paying_customers.EditOrCreate(PayingCustomers::KeyOf(program, customer)).Add(customer);
}

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_PAYING_H_
