"""What a caller may choose when a recording is transcribed. Plain values; the api fills them from its settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

ChannelRole = Literal["operator", "citizen", "both"]
RawEncoding = Literal["alaw", "ulaw"]


@dataclass(frozen=True, slots=True)
class RawFormat:
    """The form of headerless G.711 audio: encoding, samples a second, channels."""

    encoding: RawEncoding
    sample_rate: int = 8000
    channels: int = 1


@dataclass(frozen=True, slots=True)
class DiarizationOptions:
    """How speakers are told apart.

    ``model`` is ``packaged`` (segmentation-3.0 and CAM++) or the name or folder of a pyannote pipeline such as
    ``pyannote/speaker-diarization-community-1``, with ``token`` for a gated one. ``speakers`` is 2 or 3.
    ``channel_roles`` says who speaks on each channel where the recorder knows, e.g. ``("operator", "citizen")``.
    """

    model: str = "packaged"
    token: str | None = None
    speakers: int = 2
    channel_roles: tuple[ChannelRole, ...] | None = None


@dataclass(frozen=True, slots=True)
class RecognitionOptions:
    """How words are recognised.

    ``model`` names a card of the catalogue or a folder. ``hotwords`` are place and department names of the city,
    ``wording`` sentences as its citizens say them: both make likely what was heard unclearly, and are never required.
    ``threads`` are the CPU threads of one recognition.

    ``dialect`` is the label of what the citizen speaks, or ``auto``: it is identified. ``dialect_shares`` are the
    shares of callers by label where the recorder's region is known, ``dialect_models`` the speech models for labels
    (card, folder or hub name) beside the installed ones whose card names dialects. ``models_loaded`` is how many speech
    models are kept in memory; the least recently used is released for another.
    """

    model: str = "whisper-base-12345"
    device: str = "cpu"
    compute_type: str = "int8"
    beam_size: int = 5
    threads: int = 1
    dialect: str = "auto"
    hotwords: tuple[str, ...] = ()
    wording: tuple[str, ...] = ()
    dialect_shares: Mapping[str, float] = field(default_factory=dict)
    dialect_models: Mapping[str, str] = field(default_factory=dict)
    models_loaded: int = 2


@dataclass(frozen=True, slots=True)
class TranscriptionOptions:
    """All choices for one recording, and where model files are kept."""

    models_dir: Path
    diarization: DiarizationOptions = DiarizationOptions()
    recognition: RecognitionOptions = RecognitionOptions()
    raw_format: RawFormat | None = None
