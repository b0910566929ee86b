"""What may run again when, and that deletion leaves nothing but the audit log."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from api.audio_store import AudioMissingError, open_audio_store
from api.calls.deletion import delete_call, delete_recording, remove_dropped_audio
from api.calls.errors import NotFoundError, NotReadyError, Problem, UnderWayError
from api.calls.progress import MAX_STARTS, begin_step, fail_recording
from api.calls.reruns import rerun_call, rerun_recording
from api.representations import recording_of
from api.settings import Settings
from api.storage.models import Base, Recording
from api.storage.unit_of_work import Database
from api.workflows.queue import WorkQueue

Receive = Callable[..., Recording]
Transcribe = Callable[[Recording], None]
Write = Callable[..., None]
NO_MATTER: dict[str, Any] = {"disposition": "none", "mode": "auto", "title": "无诉求"}


def test_work_under_way_is_not_run_again(database: Database, queue: WorkQueue, receive: Receive) -> None:
    recording = receive()
    with database.transaction() as uow, pytest.raises(UnderWayError):
        rerun_recording(uow, queue, recording.id, "decode")
    with database.transaction() as uow, pytest.raises(UnderWayError):
        rerun_call(uow, queue, recording.call_id, "structure")


def test_a_rerun_is_a_new_attempt_and_the_old_one_no_longer_counts(
    database: Database, queue: WorkQueue, receive: Receive, transcribe: Transcribe
) -> None:
    recording = receive()
    transcribe(recording)
    with database.transaction() as uow:
        again = rerun_recording(uow, queue, recording.id, "transcribe")
        assert (again.attempt, again.state) == (2, "received")
    with database.reading() as uow:
        call = uow.calls.get(recording.call_id)
        assert call is not None
        assert call.state == "waiting"
        shown = recording_of(again, uow.processing.steps([recording.id])).progress.steps
        assert {step.name: step.state for step in shown}["transcribe"] == "waiting"


def test_a_rerun_that_lacks_an_earlier_result_says_so(database: Database, queue: WorkQueue, receive: Receive) -> None:
    recording = receive()
    with database.transaction() as uow:
        stored = uow.recordings.get(recording.id)
        assert stored is not None
        fail_recording(uow, queue, stored, "decode", Problem("not_audio", "No audio.", "Send audio."))
    with database.transaction() as uow, pytest.raises(NotReadyError, match="decode"):
        rerun_recording(uow, queue, recording.id, "transcribe")
    with database.transaction() as uow:
        rerun_recording(uow, queue, recording.id, "decode")


def test_a_call_whose_recordings_all_failed_has_failed(database: Database, queue: WorkQueue, receive: Receive) -> None:
    recording = receive()
    with database.transaction() as uow:
        stored = uow.recordings.get(recording.id)
        assert stored is not None
        fail_recording(uow, queue, stored, "decode", Problem("empty", "It is empty.", "Send it again."))
    with database.reading() as uow:
        call = uow.calls.get_full(recording.call_id)
        assert call is not None
        assert (call.state, call.recordings[0].state) == ("failed", "failed")
        assert call.recordings[0].error == {
            "code": "empty",
            "reason": "It is empty.",
            "remedy": "Send it again.",
            "step": "decode",
        }


def test_the_ticket_waits_for_the_last_recording(
    database: Database, queue: WorkQueue, receive: Receive, transcribe: Transcribe
) -> None:
    first, second = receive("S"), receive("S")
    transcribe(first)
    assert _call_workflows(database, first.call_id) == 0
    with database.transaction() as uow:
        stored = uow.recordings.get(second.id)
        assert stored is not None
        fail_recording(uow, queue, stored, "decode", Problem("empty", "It is empty.", "Send it again."))
    assert _call_workflows(database, first.call_id) == 1


def test_a_step_that_kills_its_worker_each_time_ends(database: Database, receive: Receive) -> None:
    recording = receive()
    for number in range(MAX_STARTS + 1):
        with database.transaction() as uow:
            begun = begin_step(uow, recording.id, recording.call_id, "decode", attempt=1, worker_id="w")
            assert begun.go == (number < MAX_STARTS)
    assert begun.problem is not None
    assert begun.problem.code == "worker_died"
    with database.transaction() as uow:
        assert begin_step(uow, recording.id, recording.call_id, "decode", attempt=2, worker_id="w").go


def test_deleting_a_call_leaves_nothing_but_the_audit_log(  # noqa: PLR0917
    database: Database, queue: WorkQueue, receive: Receive, transcribe: Transcribe, write: Write, tmp_path: Path
) -> None:
    audio = open_audio_store(Settings(data_dir=tmp_path, _env_file=None))  # type: ignore[call-arg]
    (tmp_path / "a").write_bytes(b"audio")
    recordings = [receive("S"), receive("S")]
    for recording in recordings:
        audio.put(recording.audio_key, tmp_path / "a")
        transcribe(recording)
    write(recordings[0].call_id, {**NO_MATTER, "disposition": "emergency", "handover": ["119"]})
    with database.transaction() as uow:
        uow.access.audit("api_key", "key_1", "delete", recordings[0].call_id)
        delete_call(uow, recordings[0].call_id)
    assert remove_dropped_audio(database, audio) >= 2
    assert list(audio.keys()) == []
    assert remove_dropped_audio(database, audio) == 0
    with pytest.raises(AudioMissingError):
        audio.stat(recordings[0].audio_key)
    with database.engine.connect() as connection:
        filled = {
            table.name
            for table in Base.metadata.sorted_tables
            if connection.scalar(sa.select(sa.func.count()).select_from(table))
        }
    assert filled == {"audit_log", "ticket_numbering"}
    with database.transaction() as uow, pytest.raises(NotFoundError):
        delete_call(uow, recordings[0].call_id)


def test_deleting_one_of_two_recordings_makes_the_ticket_anew(
    database: Database, queue: WorkQueue, receive: Receive, transcribe: Transcribe
) -> None:
    first, second = receive("S"), receive("S")
    transcribe(first)
    transcribe(second)
    before = _call_workflows(database, first.call_id)
    with database.transaction() as uow:
        delete_recording(uow, queue, first.id)
    assert _call_workflows(database, first.call_id) == before + 1
    with database.transaction() as uow:
        delete_recording(uow, queue, second.id)
    with database.reading() as uow:
        assert uow.calls.get(first.call_id) is None


SMOKE: dict[str, Any] = {"disposition": "emergency", "mode": "auto", "title": "王某家起火", "handover": ["119"]}


def _with_ticket(database: Database, call_id: str) -> tuple[list[str], list[str]]:
    """Titles of all versions of a call's ticket, and of its alert."""
    with database.reading() as uow:
        call = uow.calls.get_full(call_id)
        assert call is not None
        versions = call.ticket.versions if call.ticket else []
        return [version.fields["title"] for version in versions], [alert.title for alert in call.alerts]


@pytest.mark.parametrize("other", ["failed", "received"])
def test_with_nothing_transcribed_left_the_ticket_goes_too(  # noqa: PLR0917
    database: Database, queue: WorkQueue, receive: Receive, transcribe: Transcribe, write: Write, other: str
) -> None:
    first, second = receive("S"), receive("S")
    if other == "failed":
        with database.transaction() as uow:
            stored = uow.recordings.get(second.id)
            assert stored is not None
            fail_recording(uow, queue, stored, "decode", Problem("empty", "It is empty.", "Send it again."))
    transcribe(first)
    write(first.call_id, SMOKE)
    with database.transaction() as uow:
        delete_recording(uow, queue, first.id)
    assert _with_ticket(database, first.call_id) == ([], [])
    with database.reading() as uow:
        call = uow.calls.get_full(first.call_id)
        assert call is not None
        assert call.state == ("failed" if other == "failed" else "waiting")


@pytest.mark.parametrize(
    ("left", "alerts"), [({**SMOKE, "title": "楼道起火"}, ["楼道起火"]), ({**NO_MATTER, "title": "路灯"}, [])]
)
def test_a_deleted_recording_leaves_no_words_in_the_ticket_of_the_others(  # noqa: PLR0917
    database: Database,
    queue: WorkQueue,
    receive: Receive,
    transcribe: Transcribe,
    write: Write,
    left: dict[str, Any],
    alerts: list[str],
) -> None:
    first, second = receive("S"), receive("S")
    transcribe(first)
    transcribe(second)
    write(first.call_id, SMOKE)
    write(first.call_id, {**SMOKE, "title": "王某家起火有烟"})
    with database.transaction() as uow:
        delete_recording(uow, queue, first.id)
    write(first.call_id, left)
    assert _with_ticket(database, first.call_id) == ([left["title"]], alerts)
    write(first.call_id, {**left, "title": "其他"})
    assert _with_ticket(database, first.call_id)[0] == [left["title"], "其他"]


def test_a_version_that_says_the_same_without_the_deleted_recording_stays(
    database: Database, queue: WorkQueue, receive: Receive, transcribe: Transcribe, write: Write
) -> None:
    first, second = receive("S"), receive("S")
    transcribe(first)
    transcribe(second)
    write(first.call_id, {**NO_MATTER, "title": "王某"})
    write(first.call_id, NO_MATTER)
    with database.transaction() as uow:
        delete_recording(uow, queue, first.id)
    write(first.call_id, NO_MATTER)
    write(first.call_id, {**NO_MATTER, "title": "其他"})
    assert _with_ticket(database, first.call_id)[0] == ["无诉求", "其他"]


def _call_workflows(database: Database, call_id: str) -> int:
    schema = "dbos." if database.engine.dialect.name == "postgresql" else ""
    with database.engine.connect() as connection:
        count = connection.scalar(
            sa.text(f"SELECT count(*) FROM {schema}workflow_status WHERE workflow_uuid LIKE :like"),  # noqa: S608
            {"like": f"{call_id}-%"},
        )
    return int(count or 0)
