"""Decodes a recording, whatever the recorder wrote, into its working file, in blocks."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from asr.audio.channels import ChannelLayout, choose_channels
from asr.audio.container_sizes import MendedWav, examine_wav, ogg_is_cut_off
from asr.audio.content import HEAD_BYTES, has_audio_header, name_non_audio
from asr.audio.recording import SAMPLE_RATE, SILENT, DecodedRecording, SourceFormat
from asr.audio.sources import AudioSource, AvSource, CannotOpenError, SoundFileSource
from asr.audio.working_file import PartFile, WorkingFile, part_file
from asr.errors import RecordingError
from asr.options import RawFormat

MAX_CHANNELS = 8
MAX_SECONDS = 24 * 3600
SAMPLE_RATES = range(4000, 384001)
_DECODING_SHARE = 0.95

CUT_OFF = "The recording is cut off or lacks parts: less is there than it announces."
DAMAGED = "Parts of the recording are damaged and could not be heard."
LENGTH_UNSET = "The recorder left a wrong length in the header, as if interrupted; all audio in the file was read."
HAS_HEADER = "The recording has a header of its own; the form given for headerless recordings was not used."
FORM_CHANGES = "The recording changes its number of channels midway; it was brought to the first number."

_ACCEPTED = "Send the call recording as WAV, MP3, FLAC, Ogg, AMR or M4A, or state the form of headerless G.711."
_FETCH_AGAIN = "Fetch the recording from the recording system again."

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class _Opening:
    """One way to read a file; ``share`` of what its header announces is there, 0…1."""

    open: Callable[[], AudioSource]
    warnings: tuple[str, ...] = ()
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class _Attempt:
    """What one decoder made of a file; ``complete`` if another could not find more."""

    part: PartFile
    working: WorkingFile
    source: SourceFormat
    warnings: tuple[str, ...]
    share: float
    complete: bool


def decode(
    source: Path,
    target: Path,
    raw_format: RawFormat | None = None,
    progress: Progress | None = None,
) -> DecodedRecording:
    """Decode ``source`` into ``target``, a WAV file of 16 kHz and 16 bits, which appears whole or not at all.

    The content decides what the file is, never its name. ``raw_format`` is the form of a file without any header
    (G.711); a file that has one is read by its header. Memory does not grow with the length. Silent channels and
    copies of a channel are left out, so the working file has one or two channels; it may be played as it is.
    ``progress`` is called with the fraction done, 0…1, never falling.

    Raises:
        RecordingError: It cannot be processed. Codes: ``not_found``, ``not_a_file``, ``unreadable``, ``empty``,
            ``not_audio``, ``unsupported_codec``, ``damaged``, ``too_many_channels``, ``bad_sample_rate``, ``too_long``.
        OSError: ``target`` cannot be written (the disk is full, say); the recording is not to blame.
    """
    report = _never_falling(progress)
    with _opened(source) as file, ExitStack() as parts:
        size = source.stat().st_size
        head = file.read(HEAD_BYTES)
        _refuse_non_audio(head)
        attempts: list[_Attempt] = []
        problems: list[RecordingError] = []
        for opening in _openings(file, size, head, raw_format):
            part = parts.enter_context(part_file(target))
            try:
                attempts.append(_write(opening, part, report))
            except CannotOpenError:
                continue
            except RecordingError as error:
                problems.append(error)
                continue
            if attempts[-1].complete:
                break
        if not attempts:
            raise problems[0] if problems else _undecodable(head)
        # A damaged recording is read by both decoders: they give up at different places.
        best = max(attempts, key=lambda attempt: (attempt.working.frames, attempt.complete))
        return _publish(best, target, raw_format is not None and has_audio_header(head), report)


def _never_falling(progress: Progress | None) -> Progress:
    furthest = 0.0

    def report(fraction: float) -> None:
        nonlocal furthest
        if progress is not None and fraction > furthest:
            furthest = fraction
            progress(fraction)

    return report


@contextmanager
def _opened(source: Path) -> Iterator[BinaryIO]:
    try:
        if not source.exists():
            raise RecordingError("not_found", f"There is no file {source.name}.", "Check the path.")
        if not source.is_file():
            raise RecordingError("not_a_file", f"{source.name} is not a file.", "Name one recording, not a folder.")
        if source.stat().st_size == 0:
            raise RecordingError("empty", "The file is empty (0 bytes).", _FETCH_AGAIN)
        file = source.open("rb", buffering=0)
    except OSError as error:
        raise RecordingError(
            "unreadable",
            f"{source.name} cannot be read: {error.strerror or 'input/output error'}.",
            "Give the service's account the right to read the file, or check the disk.",
        ) from error
    with file:
        yield file


def _refuse_non_audio(head: bytes) -> None:
    name = name_non_audio(head)
    if name is not None:
        raise RecordingError("not_audio", f"The file is no recording but {name}.", _ACCEPTED)


def _undecodable(head: bytes) -> RecordingError:
    if has_audio_header(head):
        return RecordingError(
            "unsupported_codec",
            "The file is an audio container, but it is broken or coded in a way that cannot be decoded here.",
            f"{_FETCH_AGAIN} If that does not help: {_ACCEPTED}",
        )
    return RecordingError("not_audio", "The file is not audio in any known form.", _ACCEPTED)


def _openings(file: BinaryIO, size: int, head: bytes, raw_format: RawFormat | None) -> Iterator[_Opening]:
    """The ways to read this file, best first."""
    if raw_format is not None and not has_audio_header(head):
        yield _Opening(lambda: SoundFileSource(file, raw_format))
        return
    if head.startswith(b"OggS"):
        # Not libsndfile: behind a lost page it puts speech at wrong times and reports no error.
        yield _Opening(lambda: AvSource(file, size), (CUT_OFF,) if ogg_is_cut_off(file, size) else ())
        return
    sizes = examine_wav(file, size)
    if sizes is not None and sizes.present == 0:
        raise RecordingError("empty", "The recording has a header but no audio behind it.", _FETCH_AGAIN)
    view = file
    warnings: tuple[str, ...] = ()
    share = 1.0
    if sizes is not None and sizes.state != "right":
        view = cast(BinaryIO, MendedWav(file, sizes))
        warnings = (CUT_OFF if sizes.state == "cut_off" else LENGTH_UNSET,)
        share = sizes.present / sizes.announced if sizes.state == "cut_off" else 1.0
    yield _Opening(lambda: SoundFileSource(view), warnings, share)
    yield _Opening(lambda: AvSource(view, size), warnings, share)


def _write(opening: _Opening, part: PartFile, progress: Progress) -> _Attempt:
    source = opening.open()
    _check_form(source.format.channels, source.format.sample_rate)
    working: WorkingFile | None = None
    warnings = list(opening.warnings)
    for block in source.blocks():
        channels = block.samples.shape[1]
        _check_form(channels, block.sample_rate)
        if working is None:
            working = WorkingFile(part.file, channels)
        if channels != working.channels and FORM_CHANGES not in warnings:
            warnings.append(FORM_CHANGES)
        working.append(_with_channels(block.samples, working.channels), block.sample_rate)
        if working.frames > MAX_SECONDS * SAMPLE_RATE:
            raise RecordingError("too_long", "The recording is longer than 24 hours.", "Send it in parts.")
        progress(_DECODING_SHARE * block.position)
    if working is not None:
        working.finish()
    if working is None or working.frames == 0:
        if source.damaged:
            raise RecordingError("damaged", "Nothing in the recording can be decoded.", _FETCH_AGAIN)
        raise RecordingError("empty", "The recording holds no audio.", _FETCH_AGAIN)
    announced = source.announced or 0.0
    lacking = announced - working.frames / SAMPLE_RATE
    short = lacking > max(0.25, 0.01 * announced)
    share = opening.share
    if source.damaged:
        warnings.append(DAMAGED)
    if short and source.sure:
        share = min(share, 1 - lacking / announced)
        warnings = [*(warning for warning in warnings if warning != CUT_OFF), CUT_OFF]
    return _Attempt(part, working, source.format, tuple(warnings), share, complete=not (short or source.damaged))


def _check_form(channels: int, sample_rate: int) -> None:
    if channels > MAX_CHANNELS:
        raise RecordingError(
            "too_many_channels",
            f"The recording has {channels} channels; at most {MAX_CHANNELS} can be read.",
            "Send the channels of the two parties.",
        )
    # FFmpeg learns some formats' rate (0 until then) from the first frame.
    if sample_rate and sample_rate not in SAMPLE_RATES:
        raise RecordingError(
            "bad_sample_rate",
            f"The header names a sample rate of {sample_rate} Hz, which no recorder uses.",
            f"The header is probably broken. {_FETCH_AGAIN}",
        )


def _with_channels(samples: NDArray[np.float32], channels: int) -> NDArray[np.float32]:
    if samples.shape[1] >= channels:
        return np.ascontiguousarray(samples[:, :channels])
    return np.concatenate([samples, np.repeat(samples[:, :1], channels - samples.shape[1], axis=1)], axis=1)


def _publish(attempt: _Attempt, target: Path, header_won: bool, progress: Progress) -> DecodedRecording:
    working = attempt.working
    channels = working.channels
    layout = choose_channels(working.read, working.frames, channels)
    if len(layout.silent) == channels and (DAMAGED in attempt.warnings or attempt.share < 0.5):
        # Called silent, a call would be closed unheard.
        raise RecordingError("damaged", "The recording is damaged; in what is left nothing can be heard.", _FETCH_AGAIN)
    warnings = (*((HAS_HEADER,) if header_won else ()), *attempt.warnings, *channel_warnings(layout, channels))
    if len(layout.kept) < channels:
        working.keep(layout.kept)
    attempt.part.publish()
    progress(1.0)
    return DecodedRecording(
        path=target,
        channels=working.channels,
        frames=working.frames,
        dual_mono=layout.dual_mono,
        source=attempt.source,
        warnings=warnings,
        source_channels=layout.kept,
    )


def channel_warnings(layout: ChannelLayout, channels: int) -> tuple[str, ...]:
    """What the choice of channels (of ``channels``) leaves out, for the listener; channels counted from 1."""
    if len(layout.silent) == channels:
        return (SILENT,)
    warnings = []
    if layout.silent:
        names = ", ".join(str(channel + 1) for channel in layout.silent)
        warnings.append(f"Of {channels} channels, these are silent and were left out: {names}.")
    if layout.unheard:
        names = ", ".join(str(channel + 1) for channel in layout.unheard)
        warnings.append(f"Of {channels} channels, two were kept; what is said on these was not heard: {names}.")
    return tuple(warnings)
