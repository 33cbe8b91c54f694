// Which customers pay. Rows as plain values; see rows.h.
#ifndef TRAILBOOK_LEDGER_DOMAIN_ROWS_PAYING_H_
#define TRAILBOOK_LEDGER_DOMAIN_ROWS_PAYING_H_

#include <cstddef>
#include <cstdint>
#include <tuple>

#include "ledger/domain/row_types.h"

namespace trailbook {

// Which of a program's customers count as paying ones, kBlock of them a row: those of whom a payment collected above
// zero on or after the day of their sign-up. Not a column of their referrals, where each first payment would change a
// page of its own among those of all customers.
struct PayingCustomers {
  static constexpr char kTable[] = "paying_customers";
  static constexpr int kKeyColumns = 2;
  static constexpr int64_t kBlock = 4096;
  int64_t program = 0;
  int64_t block = 0;  // customer / kBlock
  Bytes bits;         // customer % kBlock, the lowest of a byte first; what is not there is zero
  using Key = std::tuple<int64_t, int64_t>;
  Key key() const { return {program, block}; }
  static PayingCustomers WithKey(const Key& key) {
    PayingCustomers row;
    std::tie(row.program, row.block) = key;
    return row;
  }
  static Key KeyOf(int64_t program, int64_t customer) { return {program, customer / kBlock}; }
  bool Has(int64_t customer) const {
    const size_t bit = static_cast<size_t>(customer % kBlock);
    return bit / 8 < bits.bytes.size() && ((static_cast<uint8_t>(bits.bytes[bit / 8]) >> (bit % 8)) & 1) != 0;
  }
  void Add(int64_t customer) {
    const size_t bit = static_cast<size_t>(customer % kBlock);
    if (bits.bytes.size() <= bit / 8) bits.bytes.resize(bit / 8 + 1);
    bits.bytes[bit / 8] = static_cast<char>(static_cast<uint8_t>(bits.bytes[bit / 8]) | (1 << (bit % 8)));
  }
  template <typename Row, typename V>
  static void Visit(Row& row, V&& visit) {
    visit("program_id", row.program);
    visit("block", row.block);
    visit("bits", row.bits);
  }
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_ROWS_PAYING_H_
