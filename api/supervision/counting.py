"""Figures from rows: pure counting, in Beijing days and hours."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import combinations
from statistics import median, quantiles
from typing import Final

from api.automation.precision import Interval, wilson
from api.calls.ticketing import BEIJING
from api.storage.repositories.figures import AnswerRow, TicketRow

BINS: Final = 10
"""Points of the calibration plot: tenths of confidence."""


@dataclass(slots=True)
class Group:
    """Tickets that have something in common. ``judged`` are automatic ones about whose address something is known:
    blind samples, recalls and returns.
    """

    tickets: int = 0
    automatic: int = 0
    reviewed: int = 0
    changed: int = 0
    judged: int = 0
    right: int = 0

    def add(self, row: TicketRow) -> None:
        """Count a ticket."""
        self.tickets += 1
        self.automatic += row.automatic
        if row.concluded_by is not None and not row.automatic:
            self.reviewed += 1
            self.changed += row.machine_right is False
        right = automatic_right(row)
        if right is not None:
            self.judged += 1
            self.right += right


@dataclass(frozen=True, slots=True)
class Calibration:
    """Judged tickets whose confidence lies between two bounds."""

    low: float
    high: float
    mean_confidence: float
    right_share: float
    tickets: int


@dataclass(slots=True)
class Conduct:
    """An operator's work: ``unchanged`` are tickets whose address he left as the machine had it."""

    concluded: int = 0
    unchanged: int = 0
    blind_answers: int = 0
    blind_agreed: int = 0
    seconds: list[float] = field(default_factory=list)

    @property
    def median_seconds(self) -> float | None:
        """How long he usually has a ticket that he concludes."""
        return median(self.seconds) if self.seconds else None


@dataclass(frozen=True, slots=True)
class Agreement:
    """Pairs of operators who judged the same call, and how many of them would have sent it to the same place."""

    pairs: int
    agreed: int


def automatic_right(row: TicketRow) -> bool | None:
    """Whether what went out by itself went right: wrong where it was returned, recalled or judged so; None unknown."""
    if not row.automatic:
        return None
    return False if row.returns else row.machine_right


def grouped(rows: Iterable[TicketRow], key: Callable[[TicketRow], str | None]) -> dict[str, Group]:
    """Tickets by something, the most frequent first."""
    groups: dict[str, Group] = defaultdict(Group)
    for row in rows:
        groups[key(row) or ""].add(row)
    return dict(sorted(groups.items(), key=lambda item: (-item[1].tickets, item[0])))


def days(since: date, until: date) -> Iterator[date]:
    """Each day from ``since`` to ``until``, both included."""
    for number in range((until - since).days + 1):
        yield since + timedelta(days=number)


def day_of(moment: datetime) -> date:
    """The Beijing day of a moment."""
    return moment.astimezone(BEIJING).date()


def heat(moments: Iterable[datetime]) -> Counter[tuple[int, int]]:
    """Calls by weekday (0 is Monday) and hour."""
    local = (moment.astimezone(BEIJING) for moment in moments)
    return Counter((moment.weekday(), moment.hour) for moment in local)


def calibration(rows: Iterable[TicketRow]) -> list[Calibration]:
    """How often the machine was right at each confidence, over all tickets that a person judged."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for row in rows:
        right = False if row.returns and row.automatic else row.machine_right
        if right is not None and row.confidence is not None:
            bins[min(BINS - 1, int(row.confidence * BINS))].append((row.confidence, right))
    return [
        Calibration(
            number / BINS,
            (number + 1) / BINS,
            sum(confidence for confidence, _ in judged) / len(judged),
            sum(right for _, right in judged) / len(judged),
            len(judged),
        )
        for number, judged in sorted(bins.items())
    ]


def conduct(
    rows: Iterable[TicketRow], answers: Iterable[AnswerRow], seconds: Mapping[str, list[float]]
) -> dict[str, Conduct]:
    """Each operator's work."""
    found: dict[str, Conduct] = defaultdict(Conduct)
    for row in rows:
        if row.concluded_by is not None:
            found[row.concluded_by].concluded += 1
            found[row.concluded_by].unchanged += row.machine_right is True
    for answer in answers:
        found[answer.operator_id].blind_answers += 1
        found[answer.operator_id].blind_agreed += answer.agrees
    for operator, each in seconds.items():
        found[operator].seconds = each
    return dict(found)


def agreement(answers: Iterable[AnswerRow]) -> Agreement:
    """How far operators who judged the same call agree."""
    by_sample: dict[str, list[str]] = defaultdict(list)
    for answer in answers:
        by_sample[answer.sample_id].append(answer.address)
    pairs = [pair for each in by_sample.values() for pair in combinations(each, 2)]
    return Agreement(len(pairs), sum(one == two for one, two in pairs))


def precision(rows: Iterable[TicketRow]) -> tuple[int, int, Interval | None]:
    """Automatic tickets that are judged, how many were right, and the interval of that share."""
    judged = [right for row in rows if (right := automatic_right(row)) is not None]
    return len(judged), sum(judged), wilson(sum(judged), len(judged))


def waits(rows: Sequence[TicketRow]) -> tuple[float | None, float | None]:
    """Median and 90th percentile of the seconds that tickets waited for an operator's decision."""
    seconds = [row.waited_seconds for row in rows if row.waited_seconds is not None]
    if not seconds:
        return None, None
    return median(seconds), quantiles(seconds, n=10, method="inclusive")[-1] if len(seconds) > 1 else seconds[0]
