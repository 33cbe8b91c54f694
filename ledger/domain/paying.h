// Who is a paying customer: tiers count them, and a bonus is for the payment that makes one. Not thread-safe, as a Book
// is not.
#ifndef TRAILBOOK_LEDGER_DOMAIN_PAYING_H_
#define TRAILBOOK_LEDGER_DOMAIN_PAYING_H_

#include <cstdint>

#include "ledger/domain/book.h"

namespace trailbook {

// A customer comes, who does not pay yet; customers come in the order of their numbers, `last` before him (0: none).
// With the first of a block comes its row, so that one that is lost is missed by whoever pays, and nobody counts twice.
inline void BeginPaying(Book& book, int64_t program, int64_t customer, int64_t last) {
  const PayingCustomers::Key key = PayingCustomers::KeyOf(program, customer);
  if (last == 0 || PayingCustomers::KeyOf(program, last) != key) book.paying_customers.EditOrCreate(key);
}

// REQUIRES: the customer came.
inline bool IsPaying(Book& book, int64_t program, int64_t customer) {
  return book.paying_customers.At(PayingCustomers::KeyOf(program, customer)).Has(customer);
}

// He is one from now on. REQUIRES: the customer came.
inline void PutPaying(Book& book, int64_t program, int64_t customer) {
  book.paying_customers.Edit(PayingCustomers::KeyOf(program, customer)).Add(customer);
}

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_PAYING_H_
