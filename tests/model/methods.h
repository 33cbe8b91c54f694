// The accounts that sequences pay to, by method: all others are refused. Thread-safe: functions only.
#ifndef TRAILBOOK_TESTS_MODEL_METHODS_H_
#define TRAILBOOK_TESTS_MODEL_METHODS_H_

#include <algorithm>
#include <string>
#include <vector>

namespace trailbook::model {

inline std::vector<std::string> GoodAccounts(const std::string& type) {
  if (type == "sepa") return {"DE89370400440532013000", "FR1420041010050500013M02606", "NL91ABNA0417164300"};
  if (type == "ach") return {"021000021/1", "021000021/0699642630", "011000015/12-34"};
  if (type == "bank_in") return {"HDFC0945215/00538234261907", "SBIN0000001/1", "ICIC0ABC123/12345678901"};
  if (type == "paypal") return {"one@mail.example", "two@mail.example", "three@mail.example"};
  return {};
}

inline bool IsGoodAccount(const std::string& type, const std::string& account) {
  const std::vector<std::string> good = GoodAccounts(type);
  return std::find(good.begin(), good.end(), account) != good.end();
}

}  // namespace trailbook::model

#endif  // TRAILBOOK_TESTS_MODEL_METHODS_H_
