// Numbers as bytes and back.
#include "ledger/base/big_endian.h"

#include <gtest/gtest.h>

#include <limits>

namespace trailbook {
namespace {

TEST(BigEndian, TheHighestByteStandsFirst) {
  EXPECT_EQ(BigEndian(uint16_t{0x0102}), "\x01\x02");
  EXPECT_EQ(BigEndian(uint32_t{0xfe000001}), std::string("\xfe\x00\x00\x01", 4));
  EXPECT_EQ(BigEndian(uint64_t{0x0102030405060708}), "\x01\x02\x03\x04\x05\x06\x07\x08");
}

TEST(BigEndian, WhatWasWrittenIsRead) {
  for (const uint64_t number :
       {uint64_t{0}, uint64_t{1}, uint64_t{0x80}, uint64_t{0xff00ff00ff00ff00}, std::numeric_limits<uint64_t>::max()}) {
    EXPECT_EQ(FromBigEndian(BigEndian(number)), number);
    EXPECT_EQ(FromBigEndian(BigEndian(static_cast<uint32_t>(number))), static_cast<uint32_t>(number));
  }
  EXPECT_EQ(FromBigEndian(""), 0u);
  EXPECT_EQ(FromBigEndian("\x01\x02\x03"), 0x010203u) << "any length";
}

}  // namespace
}  // namespace trailbook
