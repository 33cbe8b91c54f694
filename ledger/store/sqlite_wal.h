// SQLite's file system, but that the parts of a transaction reach the WAL in one piece.
//
// SQLite writes the header (24 bytes) and the page of every frame by a call of its own, at places that are no whole
// pages of the file. Each is a system call, and where the kernel does not hold that page of the file any more (a quiet
// hour, a container with little memory) it reads it from the disk first. Here what is written one behind the other
// waits in memory until anything else is asked of the file: above all until the xSync with which a commit under
// synchronous=FULL ends, before its frames are shown to any reader (https://www.sqlite.org/walformat.html). So nothing
// is acknowledged, or read by another connection, that is not in the file; and what cannot be written is that commit's
// error.
#ifndef TRAILBOOK_LEDGER_STORE_SQLITE_WAL_H_
#define TRAILBOOK_LEDGER_STORE_SQLITE_WAL_H_

namespace trailbook::store {

// Its name for sqlite3_open_v2; the first call registers it, for the life of the process. Only for connections with
// synchronous=FULL. Thread-safe. nullptr, which is SQLite's own, if it cannot be registered.
const char* GatheringVfs();

}  // namespace trailbook::store

#endif  // TRAILBOOK_LEDGER_STORE_SQLITE_WAL_H_
