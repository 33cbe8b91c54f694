#include "ledger/store/sqlite_wal.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace trailbook::store {
namespace {

// What is gathered ends at multiples of it, so that no page of the file is written in two parts. SQLite's own file
// system takes less than 128 KiB at once.
constexpr int kMostGathered = 1 << 16;

// A WAL as SQLite holds it. The file beneath stands right behind it in the memory that SQLite gave for both.
struct WalFile {
  sqlite3_file base;
  sqlite3_file* beneath;
  char* bytes;          // room for kMostGathered
  int size;             // of what waits
  sqlite3_int64 place;  // in the file, of the first byte that waits

  int Room() const { return kMostGathered - static_cast<int>(place % kMostGathered) - size; }
  // Writes what waits. If that fails it waits no more: SQLite rolls its transaction back, and writes the same place
  // anew.
  int Flush() {
    const int waiting = size;
    size = 0;
    return waiting == 0 ? SQLITE_OK : beneath->pMethods->xWrite(beneath, bytes, waiting, place);
  }
};

WalFile& Of(sqlite3_file* file) { return *reinterpret_cast<WalFile*>(file); }

// Asks something of the file beneath, which has everything by then.
template <auto method, typename... Arguments>
int AskFlushed(sqlite3_file* self, Arguments... arguments) {
  WalFile& wal = Of(self);
  const int flushed = wal.Flush();
  return flushed != SQLITE_OK ? flushed : (wal.beneath->pMethods->*method)(wal.beneath, arguments...);
}

int Write(sqlite3_file* self, const void* from, int size, sqlite3_int64 place) {
  WalFile& wal = Of(self);
  int code = wal.size == 0 || place == wal.place + wal.size ? SQLITE_OK : wal.Flush();
  for (auto next = static_cast<const char*>(from); code == SQLITE_OK && size > 0;) {
    if (wal.size == 0) wal.place = place;
    const int part = std::min(size, wal.Room());
    std::memcpy(wal.bytes + wal.size, next, static_cast<size_t>(part));
    wal.size += part;
    next += part;
    place += part;
    size -= part;
    if (wal.Room() == 0) code = wal.Flush();
  }
  return code;
}

// What still waits belongs to no commit.
int Close(sqlite3_file* self) {
  WalFile& wal = Of(self);
  std::free(wal.bytes);
  return wal.beneath->pMethods->xClose(wal.beneath);
}

// Version 1: no shared memory and no mapping, which SQLite asks of the database's file alone.
using Methods = sqlite3_io_methods;
constexpr Methods kWalMethods = {
    .iVersion = 1,
    .xClose = Close,
    .xRead = AskFlushed<&Methods::xRead>,
    .xWrite = Write,
    .xTruncate = AskFlushed<&Methods::xTruncate>,
    .xSync = AskFlushed<&Methods::xSync>,
    .xFileSize = AskFlushed<&Methods::xFileSize>,
    .xLock = AskFlushed<&Methods::xLock>,
    .xUnlock = AskFlushed<&Methods::xUnlock>,
    .xCheckReservedLock = AskFlushed<&Methods::xCheckReservedLock>,
    .xFileControl = AskFlushed<&Methods::xFileControl>,
    .xSectorSize = AskFlushed<&Methods::xSectorSize>,
    .xDeviceCharacteristics = AskFlushed<&Methods::xDeviceCharacteristics>,
    .xShmMap = nullptr,
    .xShmLock = nullptr,
    .xShmBarrier = nullptr,
    .xShmUnmap = nullptr,
    .xFetch = nullptr,
    .xUnfetch = nullptr,
};

int Open(sqlite3_vfs* self, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  auto* system = static_cast<sqlite3_vfs*>(self->pAppData);
  if ((flags & SQLITE_OPEN_WAL) == 0) return system->xOpen(system, name, file, flags, out_flags);
  WalFile& wal = Of(file);
  wal = WalFile();
  wal.beneath = reinterpret_cast<sqlite3_file*>(&wal + 1);
  wal.bytes = static_cast<char*>(std::malloc(kMostGathered));
  const int opened = wal.bytes == nullptr ? SQLITE_NOMEM : system->xOpen(system, name, wal.beneath, flags, out_flags);
  if (opened == SQLITE_OK) {
    wal.base.pMethods = &kWalMethods;
  } else {
    std::free(wal.bytes);
  }
  return opened;
}

sqlite3_vfs* Register() {
  sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
  if (system == nullptr) return nullptr;
  auto* vfs = new sqlite3_vfs(*system);
  vfs->pNext = nullptr;
  vfs->zName = "trailbook-gathering";
  vfs->szOsFile += static_cast<int>(sizeof(WalFile));
  vfs->pAppData = system;
  vfs->xOpen = Open;
  return sqlite3_vfs_register(vfs, 0) == SQLITE_OK ? vfs : nullptr;
}

}  // namespace

const char* GatheringVfs() {
  static const sqlite3_vfs* const vfs = Register();
  return vfs == nullptr ? nullptr : vfs->zName;
}

}  // namespace trailbook::store
