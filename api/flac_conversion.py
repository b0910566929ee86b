"""A process of its own that writes a recording as FLAC, 16 bits, 16 kHz, at low priority.

Run as ``python -m api.flac_conversion SOURCE TARGET [RAW_FORMAT_AS_JSON]``; imports little, so that it starts fast.
"""

import json
import os
import sys
from pathlib import Path
from typing import Final

from asr.errors import RecordingError
from asr.options import RawFormat

NICENESS: Final = 5
UNPLAYABLE: Final = 3
"""Exit status where the recording holds no audio."""
BLOCK_FRAMES: Final = 1 << 18


def convert(source: Path, target: Path, raw_format: dict[str, object] | None) -> None:
    """Write ``source`` as FLAC to ``target``; raises ``RecordingError`` where it holds no audio."""
    # Here and not above: the API's process needs none of it.
    import soundfile  # noqa: PLC0415

    from asr.audio.decode import decode  # noqa: PLC0415

    working = target.with_suffix(".wav")
    decode(source, working, RawFormat(**raw_format) if raw_format else None)  # type: ignore[arg-type]
    with (
        soundfile.SoundFile(working) as read,
        soundfile.SoundFile(target, "w", read.samplerate, read.channels, "PCM_16", format="FLAC") as written,
    ):
        for block in read.blocks(BLOCK_FRAMES, dtype="int16"):
            written.write(block)


def main(arguments: list[str]) -> int:
    """Entry point of the process."""
    os.nice(NICENESS)
    source, target, *rest = arguments
    try:
        convert(Path(source), Path(target), json.loads(rest[0]) if rest else None)
    except RecordingError:
        return UNPLAYABLE
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
