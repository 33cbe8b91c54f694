// What threads of this process get of the processor where they want more of it than there is.
#ifndef TRAILBOOK_LEDGER_BASE_PRIORITY_H_
#define TRAILBOOK_LEDGER_BASE_PRIORITY_H_

namespace trailbook {

// Steps behind the threads that callers wait for: long work, such as a verification.
constexpr int kBehindCallers = 5;

// From now on the calling thread alone is `nice` steps, 0 to 19, behind those that never called this, as nice(1) has it
// for processes; each step is about a fifth of the share. Threads that it starts inherit that. Nobody but root can take
// it back: for threads that end with what they were made for. Linux only: elsewhere POSIX has it mean the whole
// process.
void GiveWay(int nice);

}  // namespace trailbook

#endif  // TRAILBOOK_LEDGER_BASE_PRIORITY_H_
