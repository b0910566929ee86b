"""Calls whose words are known: an audio that the real models heard once is told again under other sources."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import httpx
from sqlalchemy import inspect, select

from api.audio_store import open_audio_store
from api.settings import Settings
from api.storage.models import Base, Call, Recording, StepProgress, Transcript, new_id
from api.storage.unit_of_work import Database, UnitOfWork

STARTED_AT: Final = "2026-07-02T12:48:00+08:00"
CALLER: Final = "18785539604"


class RecognisedCalls:
    """Writes further calls of a recording that a worker has transcribed into the server's database.

    Only hearing the same audio again is saved: the server's own worker makes the ticket of each from the copied words.
    """

    def __init__(self, settings: Settings, address: str, key: str, recording: Path) -> None:
        self._database = Database(settings.database)
        self._audio = open_audio_store(settings)
        self._address = address
        self._headers = {"Authorization": f"Bearer {key}"}
        self._recording = recording
        self._sha256 = hashlib.sha256(recording.read_bytes()).hexdigest()

    def close(self) -> None:
        """Close the connections."""
        self._database.close()

    def call(self, source: str) -> str:
        """A call of this source; its id. The first is sent as a recorder does, unless a test has sent the audio."""
        heard = self._heard()
        return self._send(source) if heard is None else self._tell_again(heard, source)

    def _send(self, source: str) -> str:
        answer = httpx.post(
            f"{self._address}/v1/recordings",
            headers=self._headers,
            files={"file": (self._recording.name, self._recording.read_bytes())},
            data={"source": source, "session_id": source, "started_at": STARTED_AT, "caller_number": CALLER},
        )
        return str(answer.raise_for_status().json()["call_id"])

    def _heard(self) -> str | None:
        """A recording of the audio with a machine's transcript, whoever sent it."""
        with self._database.reading() as uow:
            return uow.session.scalar(
                select(Recording.id)
                .join(Transcript, Transcript.recording_id == Recording.id)
                .where(Recording.sha256 == self._sha256, Recording.state == "transcribed", Transcript.version == 1)
                .limit(1)
            )

    def _tell_again(self, heard: str, source: str) -> str:
        recording = new_id("rec")
        key = f"recordings/{recording}/original"
        self._audio.put(key, self._recording)
        with self._database.transaction() as uow:
            call = self._copied(uow, heard, recording, key, source)
        answer = httpx.post(f"{self._address}/v1/calls/{call}/rerun", headers=self._headers, json={})
        answer.raise_for_status()
        return call

    def _copied(self, uow: UnitOfWork, heard: str, recording: str, key: str, source: str) -> str:
        first = uow.recordings.get(heard)
        assert first
        words = select(Transcript).where(Transcript.recording_id == heard, Transcript.version == 1)
        spoken = uow.session.scalars(words).one()
        told = {
            "source": source,
            "session_id": source,
            "started_at": datetime.fromisoformat(STARTED_AT),
            "caller_number": CALLER,
        }
        call = uow.calls.add(Call(**told, revision=1))
        own = {**told, "id": recording, "call_id": call.id, "audio_key": key}
        uow.recordings.add(Recording(**_columns(first, set(own)), **own))
        uow.recordings.add_transcript(recording, spoken.content, attempt=first.attempt)
        for step in uow.session.scalars(select(StepProgress).where(StepProgress.subject_id == heard)).all():
            own = {"subject_id": recording, "call_id": call.id}
            uow.session.add(StepProgress(**_columns(step, set(own)), **own))
        return call.id


def _columns(row: Base, without: set[str]) -> dict[str, Any]:
    """What a row holds, by column."""
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).columns if column.key not in without}
