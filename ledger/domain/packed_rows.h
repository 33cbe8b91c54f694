// Rows that were read lately, packed: some forty bytes each instead of some two hundred in a Table, so that those of a
// million customers stay in memory.
//
// A cache: each row is as the store has it, and one that is not here is read from there. Rows are packed one after the
// other into chunks, of which there are so many; then the oldest one goes with all of its rows. Not thread-safe.
#ifndef TRAILBOOK_LEDGER_DOMAIN_PACKED_ROWS_H_
#define TRAILBOOK_LEDGER_DOMAIN_PACKED_ROWS_H_

#include <google/protobuf/io/coded_stream.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/hash/hash.h"
#include "ledger/base/hash.h"

namespace trailbook {

// R has numbers and hashes, no texts.
template <typename R>
class PackedRows {
 public:
  using Key = typename R::Key;
  static constexpr size_t kChunkBytes = 1 << 18;
  static constexpr size_t kMostChunks = 192;  // 48 MiB, and less again for the places

  explicit PackedRows(size_t most_chunks = kMostChunks) : most_chunks_(most_chunks) {}

  // Keeps a row, unless it is here already. A row that changed must be erased first.
  void Put(const R& row) {
    if (Find(row.key()).has_value()) return;
    const std::string packed = Pack(row);
    if (chunks_.empty() || chunks_[filling_].size() + packed.size() > kChunkBytes) BeginChunk();
    places_[TagOf(row.key())] = PlaceOf(filling_, chunks_[filling_].size());
    chunks_[filling_] += packed;
  }
  std::optional<R> Find(const Key& key) const {
    const auto found = places_.find(TagOf(key));
    if (found == places_.end()) return std::nullopt;
    const std::string& chunk = chunks_[found->second / kChunkBytes];
    const size_t at = found->second % kChunkBytes;
    Input input(reinterpret_cast<const uint8_t*>(chunk.data()) + at, static_cast<int>(chunk.size() - at));
    R row = Unpack(input);
    if (row.key() != key) return std::nullopt;
    return row;
  }
  void Erase(const Key& key) {
    if (Find(key).has_value()) places_.erase(TagOf(key));
  }
  void Clear() {
    chunks_.clear();
    places_.clear();
    filling_ = 0;
  }
  size_t size() const { return places_.size(); }

 private:
  using Input = google::protobuf::io::CodedInputStream;

  // Keys of one tag take each other's place: of a million, some hundred do.
  static uint32_t TagOf(const Key& key) { return static_cast<uint32_t>(absl::HashOf(key)); }
  static uint32_t PlaceOf(size_t chunk, size_t at) { return static_cast<uint32_t>(chunk * kChunkBytes + at); }

  void BeginChunk() {
    if (chunks_.size() < most_chunks_) {
      filling_ = chunks_.size();
      chunks_.emplace_back().reserve(kChunkBytes);
      return;
    }
    filling_ = (filling_ + 1) % chunks_.size();
    ForgetChunk(filling_);
  }
  void ForgetChunk(size_t number) {
    std::string& chunk = chunks_[number];
    const int size = static_cast<int>(chunk.size());
    Input input(reinterpret_cast<const uint8_t*>(chunk.data()), size);
    while (input.CurrentPosition() < size) {
      const uint32_t place = PlaceOf(number, static_cast<size_t>(input.CurrentPosition()));
      const auto found = places_.find(TagOf(Unpack(input).key()));
      if (found != places_.end() && found->second == place) places_.erase(found);
    }
    chunk.clear();
  }

  // Fields one after the other: numbers as varints (Protocol Buffers' encoding), hashes as they are.
  static std::string Pack(const R& row) {
    std::string packed;
    R::Visit(row, [&packed](const char*, const auto& field) { Append(field, packed); });
    return packed;
  }
  static R Unpack(Input& input) {
    R row;
    R::Visit(row, [&input](const char*, auto& field) { Read(input, field); });
    return row;
  }
  static void Append(int64_t number, std::string& packed) {
    std::array<uint8_t, 10> bytes;
    const uint8_t* end =
        google::protobuf::io::CodedOutputStream::WriteVarint64ToArray(static_cast<uint64_t>(number), bytes.data());
    packed.append(reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(end - bytes.data()));
  }
  static void Append(const Hash128& hash, std::string& packed) {
    packed.append(hash.view().data(), hash.view().size());
  }
  template <typename Number>
  static void Read(Input& input, Number& number) {
    uint64_t value = 0;
    input.ReadVarint64(&value);
    number = static_cast<Number>(static_cast<int64_t>(value));
  }
  static void Read(Input& input, Hash128& hash) {
    input.ReadRaw(hash.bytes.data(), static_cast<int>(hash.bytes.size()));
  }

  size_t most_chunks_;
  std::vector<std::string> chunks_;
  size_t filling_ = 0;  // which of them
  absl::flat_hash_map<uint32_t, uint32_t> places_;
};

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_DOMAIN_PACKED_ROWS_H_
