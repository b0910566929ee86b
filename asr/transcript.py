"""The transcript: what was said, when, by whom. Immutable; its JSON form is fixed and read by other systems."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from dialect_models.labels import LABELS

Role = Literal["operator", "citizen", "other"]

DIALECTS = LABELS


@dataclass(frozen=True, slots=True)
class Word:
    """A word as recognised. Times in seconds from the start of the recording, confidence 0…1."""

    start: float
    end: float
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A turn or part of one, never of two roles.

    ``text`` is corrected and in simplified characters; ``raw_text`` is what the recogniser wrote.
    ``speaker`` names the diarized speaker or channel (``left``, ``right``, ``S1``…).
    """

    start: float
    end: float
    role: Role
    speaker: str
    text: str
    confidence: float
    raw_text: str = ""
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Dialect:
    """A dialect label (mandarin, cantonese, wu, … or unknown) with its probability 0…1."""

    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Transcript:
    """All segments of one recording, ordered by start; ``duration`` in seconds.

    ``role_confidence`` is the chance that operator and citizen are told apart the right way round.
    ``warnings`` are short English sentences on what the listener should know (nothing said, cut off, …).
    """

    id: str
    duration: float
    channels: int
    segments: tuple[Segment, ...]
    dialect: Dialect = Dialect("unknown", 0.0)
    started_at: str | None = None
    caller_number: str | None = None
    session_id: str | None = None
    role_confidence: float = 1.0
    models: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The fixed JSON form (``hotline transcribe`` writes one a line)."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Transcript":
        """Read :meth:`to_json` back; unknown keys are ignored."""
        segments = tuple(
            Segment(
                **{k: s[k] for k in ("start", "end", "role", "speaker", "text", "confidence")},
                raw_text=s.get("raw_text", ""),
                words=tuple(Word(w["start"], w["end"], w["text"], w["confidence"]) for w in s.get("words", ())),
            )
            for s in data["segments"]
        )
        return cls(
            segments=segments,
            dialect=Dialect(**data["dialect"]),
            warnings=tuple(data.get("warnings", ())),
            **{k: data[k] for k in ("id", "duration", "channels")},
            **{
                k: data[k]
                for k in ("started_at", "caller_number", "session_id", "role_confidence", "models")
                if k in data
            },
        )
