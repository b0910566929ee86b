"""Parts of recordings for a learning curve: folds to leave out, and shares of what is left to train on."""

from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256

from dialect_models.tuning.manifest import Utterance


def folds(utterances: Sequence[Utterance], count: int) -> tuple[frozenset[str], ...]:
    """Recordings in ``count`` parts of about equal length, the same ones each time.

    Raises :class:`ValueError` where there are fewer recordings than parts.
    """
    seconds = _seconds(utterances)
    if not 2 <= count <= len(seconds):
        raise ValueError(f"{len(seconds)} recordings make no {count} folds")
    parts: list[set[str]] = [set() for _ in range(count)]
    # The longest first, each into the part that is shortest so far.
    for name in sorted(seconds, key=lambda name: (-seconds[name], name)):
        min(parts, key=lambda part: sum(seconds[one] for one in part)).add(name)
    return tuple(map(frozenset, parts))


def share(utterances: Sequence[Utterance], fraction: float) -> tuple[Utterance, ...]:
    """Whole recordings that together last about that fraction; a smaller share is a part of a larger one."""
    seconds = _seconds(utterances)
    wanted, length = fraction * sum(seconds.values()), 0.0
    chosen: set[str] = set()
    for name in sorted(seconds, key=lambda name: sha256(name.encode()).digest()):
        # The recording that crosses the line belongs to it where that comes nearer.
        if chosen and length + seconds[name] / 2 > wanted + 1e-6:
            break
        chosen.add(name)
        length += seconds[name]
    return tuple(u for u in utterances if u.recording in chosen)


def minutes(utterances: Sequence[Utterance]) -> float:
    """How long they last together."""
    return sum(_seconds(utterances).values()) / 60


def _seconds(utterances: Sequence[Utterance]) -> dict[str, float]:
    lengths: dict[str, float] = defaultdict(float)
    for utterance in utterances:
        lengths[utterance.recording] += utterance.end - utterance.start
    return dict(lengths)
