"""Runs steps again that have ended, well or badly."""

from api.calls.errors import NotFoundError, NotReadyError, UnderWayError
from api.calls.progress import CALL_STEPS, RECORDING_STEPS
from api.storage.models import Call, Recording
from api.storage.models.intake import ENDED
from api.storage.models.processing import StepName
from api.storage.unit_of_work import UnitOfWork
from api.workflows.queue import WorkQueue


def rerun_recording(uow: UnitOfWork, queue: WorkQueue, recording_id: str, first: StepName) -> Recording:
    """Run a recording again from a step on, under a new attempt; its call's ticket follows.

    Raises:
        NotFoundError: there is no such recording.
        UnderWayError: its work hasn't ended.
        NotReadyError: an earlier step, which ``first`` needs, has never ended well.
    """
    found = uow.recordings.get(recording_id)
    call = uow.calls.get(found.call_id, lock=True) if found else None
    recording = uow.recordings.get(recording_id, lock=True) if call else None
    if call is None or recording is None:
        raise NotFoundError("recording", recording_id)
    if recording.state not in ENDED:
        raise UnderWayError(recording.id, recording.state)
    steps = RECORDING_STEPS[RECORDING_STEPS.index(first) :]
    needed = RECORDING_STEPS[: RECORDING_STEPS.index(first)]
    for name in needed:
        if uow.recordings.result(recording.id, name) is None:
            raise NotReadyError(recording.id, f"result of the step {name}", f"Run it again from {name}.")
    recording.attempt += 1
    recording.state, recording.error = "received", None
    call.revision += 1
    call.state, call.error = "waiting", None
    uow.processing.delete_steps(recording.id, steps)
    uow.processing.delete_steps(call.id, CALL_STEPS)
    queue.recording(uow.session, recording.id, recording.attempt, first)
    return recording


def rerun_call(uow: UnitOfWork, queue: WorkQueue, call_id: str, first: StepName) -> Call:
    """Make a call's ticket again (``structure``), or only dispatch it again (``dispatch``), without settle time.

    Raises:
        NotFoundError: there is no such call.
        UnderWayError: a recording's work hasn't ended; the ticket follows by itself.
        NotReadyError: no recording is transcribed, or there is no ticket to dispatch.
    """
    call = uow.calls.get(call_id, lock=True)
    if call is None:
        raise NotFoundError("call", call_id)
    if uow.recordings.under_way(call.id) or call.state == "structuring":
        raise UnderWayError(call.id, call.state)
    if not any(recording.state == "transcribed" for recording in uow.recordings.of_call(call.id)):
        raise NotReadyError(call.id, "transcript", "Run one of its recordings again.")
    if first == "dispatch" and uow.tickets.of_call(call.id) is None:
        raise NotReadyError(call.id, "ticket", "Run it again from structure.")
    call.revision += 1
    call.state, call.error = "waiting", None
    uow.processing.delete_steps(call.id, CALL_STEPS[CALL_STEPS.index(first) :])
    queue.call(uow.session, call.id, call.revision, first)
    return call
