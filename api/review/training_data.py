"""What persons confirmed and set right, as training data: tickets for the classifier, turns for the speech model."""

import subprocess
import sys
from collections.abc import Iterator
from json import dumps
from pathlib import Path
from typing import Any, Final

from api.audio_store import AudioStore
from api.calls.joining import joined_transcript
from api.privacy.masking import masked_text
from api.privacy.visibility import tickets_of
from api.representations import surname_of
from api.storage.models import Recording
from api.storage.unit_of_work import Database, UnitOfWork

NOT_LEARNT: Final = frozenset(
    {"contact", "candidates", "confidence", "mode", "reasons", "evidence", "title", "summary", "city_version"}
)
"""Fields that name a person, or that the machine says of itself."""
AUDIO: Final = "audio"
CONSENT: Final = "consent"
"""Custom field of a recording by which its system says whether it may be used for training."""


class UnconvertibleError(Exception):
    """A recording can't be brought into a form that training reads."""


def confirmed_calls(database: Database) -> Iterator[dict[str, Any]]:
    """Calls whose ticket a person concluded, in the form that ``hotline train --confirmed`` reads: turns with the
    confirmed fields as ``gold``, without names and numbers.
    """
    with database.reading() as uow:
        calls = uow.reviews.concluded_calls()
    for call_id in calls:
        with database.reading() as uow:
            line = _confirmed(uow, call_id)
        if line is not None:
            yield line


def corrected_recordings(
    database: Database, audio: AudioStore, folder: Path, *, without_flag: bool = False
) -> Iterator[dict[str, Any]]:
    """Lines of a tuning manifest for recordings in which persons set turns right; writes their audio below ``folder``.

    Only where the recording's custom field ``consent`` is true, or with ``without_flag`` isn't false: a citizen's voice
    isn't trained on without his consent. Only turns that a person wrote are in it.

    Raises:
        UnconvertibleError: a recording's audio can't be decoded.
    """
    with database.reading() as uow:
        recordings = uow.recordings.corrected()
    for recording_id in recordings:
        with database.reading() as uow:
            recording = uow.recordings.get(recording_id)
            transcript = uow.recordings.transcript(recording_id)
        if recording is None or transcript is None or not _consented(recording, without_flag=without_flag):
            continue
        turns = [
            {name: segment[name] for name in ("start", "end", "role", "speaker", "text")}
            for segment in transcript.content["segments"]
            if segment.get("corrected")
        ]
        if not turns:
            continue
        file = folder / AUDIO / f"{recording_id}.flac"
        _write_audio(audio, recording, file)
        yield {
            "id": recording_id,
            "audio": f"{AUDIO}/{file.name}",
            "dialect": transcript.content["dialect"],
            "consent": True,
            "segments": turns,
        }


def _confirmed(uow: UnitOfWork, call_id: str) -> dict[str, Any] | None:
    call = uow.calls.get_full(call_id)
    if call is None or call.ticket is None:
        return None
    transcript = joined_transcript(uow, call)
    fields = max(call.ticket.versions, key=lambda version: version.version).fields
    if not transcript["segments"]:
        return None
    surname = surname_of(tickets_of(call))
    return {
        "id": call_id,
        "started_at": transcript["started_at"],
        "dialect": transcript["dialect"]["label"],
        "turns": [
            {"role": segment["role"], "text": masked_text(segment["text"], surname)}
            for segment in transcript["segments"]
        ],
        "gold": {name: value for name, value in fields.items() if name not in NOT_LEARNT},
    }


def _consented(recording: Recording, *, without_flag: bool) -> bool:
    flag = recording.custom.get(CONSENT)
    return flag is True or (without_flag and flag is None)


def _write_audio(audio: AudioStore, recording: Recording, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with audio.local_copy(recording.audio_key, file.parent) as source:
        done = subprocess.run(
            [sys.executable, "-m", "api.flac_conversion", str(source), str(file), dumps(recording.raw_format)],
            check=False,
        )
    file.with_suffix(".wav").unlink(missing_ok=True)
    if done.returncode != 0:
        file.unlink(missing_ok=True)
        raise UnconvertibleError(
            f"the audio of {recording.id} can't be decoded; leave it out by deleting the recording"
        )
