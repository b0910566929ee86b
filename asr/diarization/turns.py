"""Turns of speakers: the result of diarization, kept as JSON between the steps of a workflow."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

Method = Literal["channels", "voices"]
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class SpeakerTurn:
    """One stretch of one speaker, with the pauses inside it.

    ``start`` and ``end`` in seconds from the start of the recording; ``channel`` (0 is left) is where to listen.
    ``speech`` are the voiced spans inside the turn, seconds from the start of the recording, ordered and disjoint;
    the first begins at ``start``, the last ends at ``end``. Between them the speaker pauses.
    """

    start: float
    end: float
    speaker: str
    channel: int
    speech: tuple[Span, ...] = ()

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Diarization:
    """All turns of one recording, ordered by start.

    ``speakers`` are the labels that occur (``left``, ``right``; ``S1``, ``S2``… in order of first speech).
    ``method`` is ``channels`` (each channel its own speaker; turns of two speakers may overlap) or ``voices`` (told
    apart by voice on one channel; turns never overlap). ``model`` names what found them.
    """

    turns: tuple[SpeakerTurn, ...]
    speakers: tuple[str, ...]
    method: Method
    model: str

    def to_json(self) -> dict[str, Any]:
        """JSON form, read back by :meth:`from_json`."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Diarization":
        """Read :meth:`to_json` back; unknown keys are ignored."""
        turns = tuple(
            SpeakerTurn(
                float(t["start"]),
                float(t["end"]),
                str(t["speaker"]),
                int(t["channel"]),
                tuple((float(start), float(end)) for start, end in t.get("speech", ())),
            )
            for t in data["turns"]
        )
        return cls(turns, tuple(data["speakers"]), data["method"], data["model"])
