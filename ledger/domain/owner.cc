#include "ledger/domain/owner.h"

namespace trailbook {
namespace {

int64_t MergedInto(Book& book, int64_t program, int64_t partner) {
  const Partner* row = book.partners.Get({program, partner});
  return row == nullptr ? 0 : row->merged_into;
}

}  // namespace

int64_t OwnerOf(Book& book, int64_t program, int64_t partner) {
  while (const int64_t next = MergedInto(book, program, partner)) partner = next;
  return partner;
}

Earner::Key OwnerOf(Book& book, const Commission& c) {
  return {c.program, OwnerOf(book, c.program, c.partner), c.currency};
}

std::vector<int64_t> FamilyOf(Book& book, int64_t program, int64_t partner) {
  std::vector<int64_t> family{partner};
  for (size_t at = 0; at < family.size(); ++at) {
    const Partner* row = book.partners.Get({program, family[at]});
    for (int64_t alias = row == nullptr ? 0 : row->first_alias; alias != 0;
         alias = book.partners.At({program, alias}).next_alias) {
      family.push_back(alias);
    }
  }
  return family;
}

std::vector<Tenure> TenuresOf(Book& book, const Commission& c) {
  std::vector<Tenure> tenures{{c.partner, c.number}};
  while (const int64_t next = MergedInto(book, c.program, tenures.back().partner)) {
    const Earner* left = book.earners.Get({c.program, tenures.back().partner, c.currency});
    tenures.push_back({next, left == nullptr ? c.number : left->moved_sequence});
  }
  return tenures;
}

}  // namespace trailbook
