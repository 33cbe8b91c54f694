#include "ledger/store/sqlite_wal.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace trailbook::store {
namespace {

// What is gathered ends at multiples of it, so that no page of the file is written in two parts. SQLite's own file system takes less than
// 128 KiB at once.
constexpr int kMostGathered = 1 << 16;

// A WAL as SQLite holds it. The file beneath stands right behind it in the memory that SQLite gave for both.
struct WalFile {
  sqlite3_file base;
  sqlite3_file* beneath;
  char* bytes;          // room for kMostGathered
  int size;             // of what waits
  sqlite3_int64 place;  // in the file, of the first byte that waits

  int Room() const { return kMostGathered - static_cast<int>(place % kMostGathered) - size; }
  // Writes what waits. If that fails it waits no more: SQLite rolls its transaction back, and writes the same place anew.
  int Flush() {
    const int waiting = size;
    size = 0;
    return waiting == 0 ? SQLITE_OK : beneath->pMethods->xWrite(beneath, bytes, waiting, place);
  }
};

WalFile& Of(sqlite3_file* file) { return *reinterpret_cast<WalFile*>(file); }

// Asks something of the file beneath, which has everything by then.
template <typename Ask>
int AskFlushed(sqlite3_file* self, Ask ask) {
  WalFile& wal = Of(self);
  const int flushed = wal.Flush();
  return flushed != SQLITE_OK ? flushed : ask(wal.beneath, *wal.beneath->pMethods);
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

int Read(sqlite3_file* self, void* to, int size, sqlite3_int64 place) {
  return AskFlushed(self, [=](sqlite3_file* file, const sqlite3_io_methods& methods) { return methods.xRead(file, to, size, place); });
}
int Truncate(sqlite3_file* self, sqlite3_int64 size) {
  return AskFlushed(self, [=](sqlite3_file* file, const sqlite3_io_methods& methods) { return methods.xTruncate(file, size); });
}
int Sync(sqlite3_file* self, int flags) {
  return AskFlushed(self, [=](sqlite3_file* file, const sqlite3_io_methods& methods) { return methods.xSync(file, flags); });
}
int FileSize(sqlite3_file* self, sqlite3_int64* size) {
  return AskFlushed(self, [=](sqlite3_file* file, const sqlite3_io_methods& methods) { return methods.xFileSize(file, size); });
}
int Lock(sqlite3_file* self, int level) {
  return AskFlushed(self, [=](sqlite3_file* file, const sqlite3_io_methods& methods) { return methods.xLock(file, level); });
}
int Unlock(sqlite3_file* self, int level) {
  return AskFlushed(self, [=](sqlite3_file* file, const sqlite3_io_methods& methods) { return methods.xUnlock(file, level); });
}
int CheckReservedLock(sqlite3_file* self, int* held) {
  return AskFlushed(self, [=](sqlite3_file* file, const sqlite3_io_methods& methods) { return methods.xCheckReservedLock(file, held); });
}
int FileControl(sqlite3_file* self, int operation, void* argument) {
  return AskFlushed(self, [=](sqlite3_file* file, const sqlite3_io_methods& methods) { return methods.xFileControl(file, operation, argument); });
}
int SectorSize(sqlite3_file* self) { return Of(self).beneath->pMethods->xSectorSize(Of(self).beneath); }
int DeviceCharacteristics(sqlite3_file* self) { return Of(self).beneath->pMethods->xDeviceCharacteristics(Of(self).beneath); }

// What still waits belongs to no commit.
int Close(sqlite3_file* self) {
  WalFile& wal = Of(self);
  std::free(wal.bytes);
  return wal.beneath->pMethods->xClose(wal.beneath);
}

// Version 1: no shared memory and no mapping, which SQLite asks of the database's file alone.
constexpr sqlite3_io_methods kWalMethods = {
    .iVersion = 1, .xClose = Close, .xRead = Read, .xWrite = Write, .xTruncate = Truncate, .xSync = Sync, .xFileSize = FileSize, .xLock = Lock,
    .xUnlock = Unlock, .xCheckReservedLock = CheckReservedLock, .xFileControl = FileControl, .xSectorSize = SectorSize,
    .xDeviceCharacteristics = DeviceCharacteristics, .xShmMap = nullptr, .xShmLock = nullptr, .xShmBarrier = nullptr, .xShmUnmap = nullptr,
    .xFetch = nullptr, .xUnfetch = nullptr};

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
