// Hashes against published vectors, and the keys of outside ids.
#include "ledger/base/hash.h"

#include <gtest/gtest.h>

#include <string>

namespace trailbook {
namespace {

// FIPS 180-2, appendix B.
TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(Hex(AsView(Sha256(""))), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(AsView(Sha256("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

// RFC 4231, test case 2; a longer key is the same as its padding.
TEST(KeyedHash, IsHmacSha256) {
  EXPECT_EQ(Hex(KeyedHash("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

TEST(KeyedHash, DependsOnKeyAndData) {
  EXPECT_NE(KeyedHash("k1", "data"), KeyedHash("k2", "data"));
  EXPECT_NE(KeyedHash("k1", "data"), KeyedHash("k1", "date"));
}

TEST(IdKey, IsTheSameForTheSameIdInTheSameNamespaceOnly) {
  EXPECT_EQ(IdKey('P', "in_1"), IdKey('P', "in_1"));
  EXPECT_NE(IdKey('P', "in_1"), IdKey('R', "in_1"));
  EXPECT_NE(IdKey('P', "in_1"), IdKey('P', "in_2"));
  EXPECT_NE(IdKey('P', "a"), IdKey('P', std::string("a\0", 2)));
}

// The vectors of SipHash's authors (github.com/veorq/SipHash, vectors.h, vectors_sip128).
TEST(ShortHash, IsSipHash24Of128Bits) {
  ShortHashKey key;
  for (size_t at = 0; at < key.size(); ++at) key[at] = static_cast<unsigned char>(at);
  EXPECT_EQ(Hex(ShortHash(key, "").view()), "a3817f04ba25a8e66df67214c7550293");
  EXPECT_EQ(Hex(ShortHash(key, std::string(1, '\0')).view()), "da87c1d86b99af44347659119b22fc45");
  EXPECT_NE(RandomShortHashKey(), RandomShortHashKey());
}

TEST(Hash128, OrdersAsItsBytesDo) {
  Hash128 low, high;
  low.bytes[15] = 0xff;
  high.bytes[0] = 1;
  EXPECT_LT(low, high);
  EXPECT_LT(low.view(), high.view());
}

TEST(RandomBytes, AreAsManyAsAskedForAndNeverTheSame) {
  EXPECT_EQ(RandomBytes(32).size(), 32u);
  EXPECT_NE(RandomBytes(32), RandomBytes(32));
  EXPECT_EQ(RandomBytes(0), "");
}

}  // namespace
}  // namespace trailbook
