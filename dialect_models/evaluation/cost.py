"""What hearing costs: processor time and the most memory that the process held meanwhile."""

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

_STATUS, _CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")
_RESET_PEAK = "5"
"""What sets the kernel's peak back to what is held now (``proc_pid_clear_refs(5)``)."""


@dataclass(slots=True)
class Cost:
    """CPU seconds of this process and the peak of its memory (resident, MB) while something ran."""

    cpu: float = 0.0
    peak_mb: float = 0.0


@contextmanager
def measured() -> Iterator[Cost]:
    """The cost of the block, known when it ends.

    Where the kernel has no peak that can be set back (not Linux), the peak is that of the process so far.
    """
    cost = Cost()
    with suppress(OSError):
        _CLEAR.write_text(_RESET_PEAK, encoding="ascii")
    before = time.process_time()
    try:
        yield cost
    finally:
        cost.cpu, cost.peak_mb = time.process_time() - before, _peak_mb()


def _peak_mb() -> float:
    try:
        (kilobytes,) = (row.split()[1] for row in _STATUS.read_text(encoding="ascii").splitlines() if "VmHWM" in row)
        return int(kilobytes) / 1000
    except (OSError, ValueError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most / 1e6 if sys.platform == "darwin" else most / 1000
