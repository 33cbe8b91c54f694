#include "ledger/store/row_bytes.h"

#include <endian.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace trailbook::store {
namespace {

// Major types, in the three highest bits of an item's first byte.
enum Major : uint8_t { kUnsigned = 0, kNegative = 1, kBytes = 2, kText = 3, kSimple = 7 };

constexpr uint8_t kNull = 22;  // of the simple values
// Arguments below this stand in the first byte; above them 24, 25, 26, 27 there say that 1, 2, 4 or 8 bytes follow, the
// highest first.
constexpr uint8_t kFirstFollowing = 24;

std::pair<uint8_t, uint64_t> TakeHead(absl::string_view& bytes) {
  const uint8_t first = static_cast<uint8_t>(bytes.front());
  bytes.remove_prefix(1);
  uint64_t argument = first & 0x1f;
  if (argument >= kFirstFollowing) {
    const size_t following = size_t{1} << (argument - kFirstFollowing);
    argument = 0;
    for (size_t at = 0; at < following; ++at) argument = argument << 8 | static_cast<uint8_t>(bytes[at]);
    bytes.remove_prefix(following);
  }
  return {first >> 5, argument};
}

absl::string_view Take(absl::string_view& bytes, uint64_t size) {
  const absl::string_view taken = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return taken;
}

}  // namespace

char* RowBytes::RoomFor(size_t bytes) {
  if (buffer_.size() - size_ < bytes) buffer_.resize(2 * buffer_.size() + bytes);
  return buffer_.data() + size_;
}

void RowBytes::AppendHead(uint8_t major, uint64_t argument) {
  char* at = RoomFor(9);
  if (argument < kFirstFollowing) {
    *at = static_cast<char>(major << 5 | argument);
    ++size_;
    return;
  }
  const int power = argument > 0xffffffff ? 3 : argument > 0xffff ? 2 : argument > 0xff ? 1 : 0;
  *at++ = static_cast<char>(major << 5 | (kFirstFollowing + power));
  const uint64_t highest_first = htobe64(argument << (64 - (8 << power)));
  std::memcpy(at, &highest_first, sizeof(highest_first));
  size_ += 1 + (size_t{1} << power);
}

void RowBytes::AppendContent(uint8_t major, absl::string_view content) {
  AppendHead(major, content.size());
  std::copy(content.begin(), content.end(), RoomFor(content.size()));
  size_ += content.size();
}

void RowBytes::BindInt(int, int64_t value) {
  if (value >= 0) {
    AppendHead(kUnsigned, static_cast<uint64_t>(value));
  } else {
    AppendHead(kNegative, ~static_cast<uint64_t>(value));
  }
}

void RowBytes::BindText(int, absl::string_view value) { AppendContent(kText, value); }

void RowBytes::BindBlob(int, absl::string_view value) { AppendContent(kBytes, value); }

void RowBytes::BindNull(int) { AppendHead(kSimple, kNull); }

void BindFrom(absl::string_view& bytes, int columns, Binder& binder) {
  for (int at = 1; at <= columns; ++at) {
    const auto [major, argument] = TakeHead(bytes);
    switch (major) {
      case kUnsigned: binder.BindInt(at, static_cast<int64_t>(argument)); break;
      case kNegative: binder.BindInt(at, static_cast<int64_t>(~argument)); break;
      case kBytes: binder.BindBlob(at, Take(bytes, argument)); break;
      case kText: binder.BindText(at, Take(bytes, argument)); break;
      default: binder.BindNull(at); break;
    }
  }
}

}  // namespace trailbook::store
