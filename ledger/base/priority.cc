#include "ledger/base/priority.h"

#include <sys/resource.h>

namespace trailbook {

void GiveWay(int nice) {
  // On Linux 0 is the calling thread, not its process (setpriority(2), "C library/kernel differences").
  const int now = getpriority(PRIO_PROCESS, 0);
  (void)setpriority(PRIO_PROCESS, 0, now + nice);
}

}  // namespace trailbook
