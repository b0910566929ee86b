"""The transcript that a ticket is read from is the one that the API shows, so that its evidence points at the words."""

from collections.abc import Callable
from typing import Any

import pytest

from api.calls.errors import Problem
from api.calls.joining import joined_transcript
from api.calls.progress import conclude_recording, fail_recording
from api.calls.reruns import rerun_recording
from api.representations import call_transcript_of
from api.storage.models import Recording
from api.storage.unit_of_work import Database
from api.workflows.queue import WorkQueue


def _transcript(text: str) -> dict[str, Any]:
    segment = {"start": 0.0, "end": 1.0, "role": "citizen", "speaker": "S1", "text": text, "confidence": 0.9}
    return {
        "id": "x",
        "duration": 1.0,
        "channels": 1,
        "dialect": {"label": "mandarin", "probability": 0.9},
        "models": {},
        "warnings": [],
        "segments": [{**segment, "words": []}],
    }


@pytest.mark.parametrize("fails", [False, True], ids=["rerun under way", "rerun failed"])
def test_ticket_and_page_have_the_same_turns(
    database: Database, queue: WorkQueue, receive: Callable[..., Recording], fails: bool
) -> None:
    recordings = [receive("S"), receive("S")]
    for recording, text in zip(recordings, ("喂你好", "路灯坏了"), strict=True):
        with database.transaction() as uow:
            stored = uow.recordings.get(recording.id)
            assert stored is not None
            uow.recordings.add_transcript(stored.id, _transcript(text), attempt=1)
            stored.state = "transcribed"
            conclude_recording(uow, queue, stored)
    with database.transaction() as uow:
        again = rerun_recording(uow, queue, recordings[0].id, "decode")
        if fails:
            fail_recording(uow, queue, again, "decode", Problem("audio_missing", "No audio.", "Send it again."))
    with database.reading() as uow:
        call = uow.calls.get_full(recordings[0].call_id)
        assert call is not None
        transcripts = uow.recordings.transcripts([recording.id for recording in call.recordings])
        read = joined_transcript(uow, call)
        shown = call_transcript_of(call, transcripts, None, unmasked=True)
    assert [turn["text"] for turn in read["segments"]] == ["喂你好", "路灯坏了"]
    assert [turn.text for turn in shown.segments] == [turn["text"] for turn in read["segments"]]
