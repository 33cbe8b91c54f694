// Accounts as they are, and as a slip makes them.
#include "ledger/domain/bank_account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include <rapidcheck/gtest.h>

#include "tests/ledger/iban.h"

namespace trailbook {
namespace {

using ::testing::HasSubstr;

// The examples of SWIFT's IBAN registry.
const std::vector<std::string> kExamples = {"AD1200012030200359100100",
                                            "AL47212110090000000235698741",
                                            "AT611904300234573201",
                                            "BE68539007547034",
                                            "BG80BNBG96611020345678",
                                            "CH9300762011623852957",
                                            "CY17002001280000001200527600",
                                            "CZ6508000000192000145399",
                                            "DE89370400440532013000",
                                            "DK5000400440116243",
                                            "EE382200221020145685",
                                            "ES9121000418450200051332",
                                            "FI2112345600000785",
                                            "FR1420041010050500013M02606",
                                            "GB29NWBK60161331926819",
                                            "GI75NWBK000000007099453",
                                            "GR1601101250000000012300695",
                                            "HR1210010051863000160",
                                            "HU42117730161111101800000000",
                                            "IE29AIBK93115212345678",
                                            "IS140159260076545510730339",
                                            "IT60X0542811101000000123456",
                                            "LI21088100002324013AA",
                                            "LT121000011101001000",
                                            "LU280019400644750000",
                                            "LV80BANK0000435195001",
                                            "MC5811222000010123456789030",
                                            "MD24AG000225100013104168",
                                            "ME25505000012345678951",
                                            "MK07250120000058984",
                                            "MT84MALT011000012345MTLCAST001S",
                                            "NL91ABNA0417164300",
                                            "NO9386011117947",
                                            "PL61109010140000071219812874",
                                            "PT50000201231234567890154",
                                            "RO49AAAA1B31007593840000",
                                            "RS35260005601001611379",
                                            "SE4550000000058398257466",
                                            "SI56263300012039086",
                                            "SK3112000000198742637541",
                                            "SM86U0322509800000000270100",
                                            "VA59001123000012345678"};

TEST(Iban, TheRegistrysExamplesAreRight) {
  for (const std::string& iban : kExamples) EXPECT_EQ(FindProblemOfIban(iban), "") << iban;
}

TEST(Iban, OneMistypedCharacterOrTwoExchangedOnesAreFound) {
  for (const std::string& iban : kExamples) {
    for (size_t at = 2; at < iban.size(); ++at) {
      std::string mistyped = iban;
      mistyped[at] = mistyped[at] == '9'   ? '0'
                     : mistyped[at] >= 'A' ? (mistyped[at] == 'Z' ? 'A' : static_cast<char>(mistyped[at] + 1))
                                           : static_cast<char>(mistyped[at] + 1);
      EXPECT_NE(FindProblemOfIban(mistyped), "") << mistyped;
      std::string exchanged = iban;
      // A letter beside a digit can be exchanged unseen: 1B and B1 are both read as 111.
      if (at + 1 == iban.size() || iban[at] == iban[at + 1] || (iban[at] >= 'A') != (iban[at + 1] >= 'A')) continue;
      std::swap(exchanged[at], exchanged[at + 1]);
      EXPECT_NE(FindProblemOfIban(exchanged), "") << exchanged;
    }
  }
}

TEST(Iban, WhatIsWrongIsSaidWithoutTheAccount) {
  EXPECT_THAT(FindProblemOfIban("DE89370400440532013001"), HasSubstr("check digits"));
  EXPECT_THAT(FindProblemOfIban("DE8937040044053201300"), HasSubstr("of DE has 22 characters, this one has 21"));
  EXPECT_THAT(FindProblemOfIban("DE89 3704 0044 0532 0130 00"), HasSubstr("without spaces"));
  EXPECT_THAT(FindProblemOfIban("de89370400440532013000"), HasSubstr("capitals"));
  EXPECT_THAT(FindProblemOfIban("BR1800360305000010009795493C1"), HasSubstr("SEPA"));
  EXPECT_THAT(FindProblemOfIban("DEX9370400440532013000"), HasSubstr("two check digits"));
  for (const char* iban : {"", "D", "DE", "DE89", "0049", "\xC3\xBC", "DE89370400440532013000/"}) {
    EXPECT_NE(FindProblemOfIban(iban), "") << iban;
  }
}

RC_GTEST_PROP(Iban, OfAnyNameIsRight, (const std::string& name)) {
  RC_ASSERT(FindProblemOfIban(IbanFor(name)).empty());
}

TEST(UsAccount, NeedsARoutingNumberWithItsCheckDigit) {
  // Of the Federal Reserve's directory: JPMorgan Chase, Bank of America, the Treasury.
  for (const char* account :
       {"021000021/0699642630", "011000138/1", "000000518/12345678901234567", "021000021/12-34A"}) {
    EXPECT_EQ(FindProblemOfUsAccount(account), "") << account;
  }
  EXPECT_THAT(FindProblemOfUsAccount("021000012/1"), HasSubstr("check digit"));
  EXPECT_THAT(FindProblemOfUsAccount("000000000/1"), HasSubstr("check digit"));
  for (const char* account : {"", "/", "021000021", "021000021/", "02100002/1", "0210000210/1", "02100002A/1",
                              "021000021/1/2", "021000021/1 2", "021000021/123456789012345678"}) {
    EXPECT_NE(FindProblemOfUsAccount(account), "") << account;
  }
}

TEST(IndianAccount, NeedsAnIfsc) {
  for (const char* account : {"HDFC0945215/00538234261907", "SBIN0000001/1", "ICIC0ABC123/12345678901"}) {
    EXPECT_EQ(FindProblemOfIndianAccount(account), "") << account;
  }
  for (const char* account : {"", "/", "HDFC0945215", "HDFC0945215/", "HDFC1945215/1", "hdfc0945215/1", "HDF00945215/1",
                              "HDFC094521/1", "HDFC09452155/1", "HDFC0945215/1/2", "HDFC0945215/1 2", "HDFC094521-/1",
                              "HDFC0945215/12345678901234567890123456789012345"}) {
    EXPECT_NE(FindProblemOfIndianAccount(account), "") << account;
  }
}

TEST(Paypal, PaysToOneAddress) {
  for (const char* account : {"jane@clinic.example", "j+shop@x", "a@b"}) {
    EXPECT_EQ(FindProblemOfPaypal(account), "") << account;
  }
  for (const char* account : {"", "jane", "@", "jane@", "@clinic.example", "a@b@c", "jane @clinic.example", "a@b,c@d",
                              "a@b;", "DE89370400440532013000"}) {
    EXPECT_NE(FindProblemOfPaypal(account), "") << account;
  }
}

}  // namespace
}  // namespace trailbook
