"""Decodes a recording into its working file, in blocks."""

from collections.abc import Callable
from pathlib import Path

from asr.audio.channels import choose_channels
from asr.audio.recording import SILENT, DecodedRecording
from asr.audio.sources import AudioSource, AvSource, CannotOpenError, SoundFileSource, open_plain
from asr.audio.working_file import WorkingFile, part_file
from asr.errors import RecordingError
from asr.options import RawFormat


def decode(
    source: Path,
    target: Path,
    raw_format: RawFormat | None = None,
    progress: Callable[[float], None] | None = None,
) -> DecodedRecording:
    """Decode ``source`` into the 16 kHz, 16-bit WAV ``target``, which appears whole or not at all."""
    size = source.stat().st_size
    with open_plain(source) as file, part_file(target) as part:
        opened: AudioSource
        try:
            opened = SoundFileSource(file, raw_format)
        except CannotOpenError:
            try:
                opened = AvSource(file, size)
            except CannotOpenError as error:
                raise RecordingError(
                    "not_audio", "The file is not audio.", "Send the recording as WAV, MP3, FLAC, Ogg, AMR or M4A."
                ) from error
        working: WorkingFile | None = None
        for block in opened.blocks():
            if working is None:
                working = WorkingFile(part.file, block.samples.shape[1])
            working.append(block.samples, block.sample_rate)
            if progress is not None:
                progress(block.position)
        if working is None:
            raise RecordingError("empty", "The recording holds no audio.", "Send it again.")
        working.finish()
        layout = choose_channels(working.read, working.frames, working.channels)
        warnings = [SILENT] if len(layout.silent) == working.channels else []
        if len(layout.kept) < working.channels:
            working.keep(layout.kept)
        part.publish()
        return DecodedRecording(
            path=target,
            channels=working.channels,
            frames=working.frames,
            dual_mono=layout.dual_mono,
            source=opened.format,
            warnings=tuple(warnings),
            source_channels=layout.kept,
        )
