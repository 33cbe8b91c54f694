#include "ledger/domain/bank_account.h"

#include <iterator>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace trailbook {
namespace {

// SWIFT's IBAN registry, of the countries and territories that EPC409-09 lists with an IBAN of their own.
constexpr std::pair<absl::string_view, size_t> kIbanLengths[] = {
    {"AD", 24}, {"AL", 28}, {"AT", 20}, {"BE", 16}, {"BG", 22}, {"CH", 21}, {"CY", 28}, {"CZ", 24}, {"DE", 22},
    {"DK", 18}, {"EE", 20}, {"ES", 24}, {"FI", 18}, {"FR", 27}, {"GB", 22}, {"GI", 23}, {"GR", 27}, {"HR", 21},
    {"HU", 28}, {"IE", 22}, {"IS", 26}, {"IT", 27}, {"LI", 21}, {"LT", 20}, {"LU", 20}, {"LV", 21}, {"MC", 27},
    {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MT", 31}, {"NL", 18}, {"NO", 15}, {"PL", 28}, {"PT", 25}, {"RO", 24},
    {"RS", 22}, {"SE", 24}, {"SI", 19}, {"SK", 24}, {"SM", 27}, {"VA", 22}};

bool IsCapitalOrDigit(char c) {
  return absl::ascii_isupper(static_cast<unsigned char>(c)) || absl::ascii_isdigit(static_cast<unsigned char>(c));
}
bool IsDigit(char c) { return absl::ascii_isdigit(static_cast<unsigned char>(c)); }
bool IsAlphanumeric(char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); }

// The number that an IBAN is read as, its first four characters last and letters as 10 to 35, modulo 97.
int Mod97(absl::string_view iban) {
  int rest = 0;
  for (const char c : absl::StrCat(iban.substr(4), iban.substr(0, 4))) {
    rest = IsDigit(c) ? (rest * 10 + (c - '0')) % 97 : (rest * 100 + (c - 'A' + 10)) % 97;
  }
  return rest;
}

// The part before the slash and the one behind it; both empty if there is not exactly one.
std::pair<absl::string_view, absl::string_view> SplitAtSlash(absl::string_view account) {
  const size_t at = account.find('/');
  if (at == absl::string_view::npos || account.find('/', at + 1) != absl::string_view::npos) return {};
  return {account.substr(0, at), account.substr(at + 1)};
}

}  // namespace

std::string FindProblemOfIban(absl::string_view iban) {
  if (!absl::c_all_of(iban, IsCapitalOrDigit)) return "an IBAN is written in capitals and digits, without spaces";
  const auto country =
      absl::c_find_if(kIbanLengths, [iban](const auto& known) { return known.first == iban.substr(0, 2); });
  if (country == std::end(kIbanLengths)) {
    return "an IBAN begins with the code of a country that SEPA reaches, such as DE";
  }
  if (iban.size() != country->second) {
    return absl::StrCat("an IBAN of ", country->first, " has ", country->second, " characters, this one has ",
                        iban.size());
  }
  if (!IsDigit(iban[2]) || !IsDigit(iban[3])) return "two check digits follow the country code of an IBAN";
  if (Mod97(iban) != 1) {
    return "the check digits of the IBAN do not fit: one of its characters is mistyped, or two are exchanged";
  }
  return "";
}

std::string FindProblemOfUsAccount(absl::string_view account) {
  const auto [routing, number] = SplitAtSlash(account);
  if (routing.size() != 9 || !absl::c_all_of(routing, IsDigit)) {
    return "a US account is written as ROUTING/NUMBER, the routing number with nine digits";
  }
  constexpr int kWeights[] = {3, 7, 1};
  int sum = 0;
  for (size_t at = 0; at < routing.size(); ++at) sum += (routing[at] - '0') * kWeights[at % 3];
  if (sum % 10 != 0 || sum == 0) {
    return "the check digit of the routing number does not fit: one of its digits is mistyped";
  }
  if (number.empty() || number.size() > 17 ||
      !absl::c_all_of(number, [](char c) { return IsAlphanumeric(c) || c == '-'; })) {
    return "the account number after the slash has 1 to 17 letters, digits or hyphens";
  }
  return "";
}

std::string FindProblemOfIndianAccount(absl::string_view account) {
  const auto [ifsc, number] = SplitAtSlash(account);
  const bool fits =
      ifsc.size() == 11 &&
      absl::c_all_of(ifsc.substr(0, 4), [](char c) { return absl::ascii_isupper(static_cast<unsigned char>(c)); }) &&
      ifsc[4] == '0' && absl::c_all_of(ifsc, IsCapitalOrDigit);
  if (!fits) {
    return "an Indian account is written as IFSC/NUMBER, the IFSC as four capital letters, a zero and six letters or "
           "digits";
  }
  if (number.empty() || number.size() > 34 || !absl::c_all_of(number, IsAlphanumeric)) {
    return "the account number after the slash has 1 to 34 letters or digits";
  }
  return "";
}

std::string FindProblemOfPaypal(absl::string_view account) {
  const size_t at = account.find('@');
  const bool fits = at != absl::string_view::npos && at > 0 && at + 1 < account.size() &&
                    account.find('@', at + 1) == absl::string_view::npos && absl::c_none_of(account, [](char c) {
                      return absl::ascii_isspace(static_cast<unsigned char>(c)) || c == ',' || c == ';';
                    });
  return fits ? "" : "PayPal pays to one e-mail address, such as jane@example.com";
}

}  // namespace trailbook
