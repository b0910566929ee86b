"""What a tuned model was made from, kept beside it: the gate must not measure on what it has seen."""

import json
from collections.abc import Collection
from dataclasses import asdict, dataclass
from pathlib import Path

RECORD = "tuned.json"


class RunRecordError(Exception):
    """A record that is missing or cannot be read; the message names the file."""


@dataclass(frozen=True, slots=True)
class RunRecord:
    """``recordings`` were trained on, replayed or judged by; ``minutes`` are what was trained on, without replay."""

    base: str
    dialect: str
    recordings: tuple[str, ...]
    minutes: float
    strength: float
    seeds: tuple[int, ...] = (0,)

    def saw(self, recording: str) -> bool:
        """Whether the model was made with this recording."""
        return recording in self.recordings


def write_record(record: RunRecord, folder: Path) -> None:
    """Write the record into the model's folder."""
    (folder / RECORD).write_text(json.dumps(asdict(record), ensure_ascii=False, indent=1), encoding="utf-8")


def read_record(folder: Path) -> RunRecord:
    """Read the record of a model's folder.

    Raises :class:`RunRecordError` where there is none: nothing then says what the model has seen.
    """
    path = folder / RECORD
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return RunRecord(
            str(data["base"]),
            str(data["dialect"]),
            tuple(map(str, data["recordings"])),
            float(data["minutes"]),
            float(data["strength"]),
            tuple(map(int, data["seeds"])),
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunRecordError(
            f"{path} cannot be read ({error}). It says what the model was tuned on; tune with hotline models tune."
        ) from error


def unseen(recordings: Collection[str], models: Collection[RunRecord]) -> dict[str, int]:
    """For each recording the first of the models that never saw it; those that all have seen are left out."""
    found: dict[str, int] = {}
    for recording in sorted(set(recordings)):
        free = (number for number, model in enumerate(models) if not model.saw(recording))
        if (number := next(free, None)) is not None:
            found[recording] = number
    return found
