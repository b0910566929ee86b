"""Where the steps of recordings and calls stand, and what their end means for the call."""

from dataclasses import dataclass
from typing import Final

from api.calls.errors import Problem
from api.storage.models import Call, OutboxEvent, Recording, StepProgress, utc_now
from api.storage.models.intake import RecordingState
from api.storage.models.processing import StepName
from api.storage.unit_of_work import UnitOfWork
from api.workflows.queue import WorkQueue

RECORDING_STEPS: Final[tuple[StepName, ...]] = ("decode", "diarize", "transcribe")
CALL_STEPS: Final[tuple[StepName, ...]] = ("structure", "dispatch")
STATE_OF_STEP: Final[dict[StepName, RecordingState]] = {
    "decode": "decoding",
    "diarize": "diarizing",
    "transcribe": "transcribing",
}
MAX_STARTS: Final = 6
"""How often a step may begin without ending: a recording that kills its worker each time must not go on for ever."""

WORKER_DIES = Problem(
    "worker_died",
    f"The worker ended {MAX_STARTS} times while it was at this step.",
    "Look for a lack of memory in the worker's log, then run the step again.",
)
INTERNAL = Problem(
    "internal_error",
    "The step failed several times for a reason that lies with the service.",
    "Look for the recording's or call's id in the worker's log, then run the step again.",
)
NOTHING_TRANSCRIBED = Problem(
    "no_recording_transcribed",
    "None of the call's recordings could be transcribed.",
    "See each recording's error; send the recordings again or run them again.",
)


@dataclass(frozen=True, slots=True)
class Beginning:
    """Whether a step goes ahead. ``done`` says that it ended before, ``problem`` why it may not begin again."""

    go: bool
    done: bool = False
    problem: Problem | None = None


def begin_step(
    uow: UnitOfWork, subject_id: str, call_id: str, name: StepName, *, attempt: int, worker_id: str
) -> Beginning:
    """Note that a step begins."""
    step = uow.processing.step(subject_id, name)
    if step is None:
        step = StepProgress(subject_id=subject_id, call_id=call_id, name=name, attempt=attempt, starts=0)
    if step.attempt != attempt:
        step.attempt, step.starts = attempt, 0
    elif step.state == "done":
        return Beginning(go=False, done=True)
    if step.starts >= MAX_STARTS:
        return Beginning(go=False, problem=WORKER_DIES)
    step.starts += 1
    step.state, step.fraction, step.worker_id = "running", 0.0, worker_id
    step.started_at, step.finished_at = utc_now(), None
    uow.processing.save_step(step)
    return Beginning(go=True)


def end_step(uow: UnitOfWork, subject_id: str, name: StepName, *, failed: bool = False) -> None:
    """Note that a step has ended."""
    step = uow.processing.step(subject_id, name)
    if step is not None:
        step.state = "failed" if failed else "done"
        step.fraction = step.fraction if failed else 1.0
        step.finished_at = utc_now()


def current_recording(uow: UnitOfWork, recording_id: str, attempt: int) -> Recording | None:
    """The recording with its call's row held, or None where it was deleted or a newer attempt has begun.

    The call is always locked before its recordings, so that two workers never wait for each other.
    """
    recording = uow.recordings.get(recording_id)
    if recording is None or uow.calls.get(recording.call_id, lock=True) is None:
        return None
    recording = uow.recordings.get(recording_id, lock=True)
    return recording if recording is not None and recording.attempt == attempt else None


def fail_recording(uow: UnitOfWork, queue: WorkQueue, recording: Recording, step: StepName, problem: Problem) -> None:
    """Set a recording failed; its call goes on with the others."""
    end_step(uow, recording.id, step, failed=True)
    recording.state = "failed"
    recording.error = {**problem.to_json(), "step": step}
    uow.processing.publish(
        OutboxEvent(
            kind="recording.failed",
            call_id=recording.call_id,
            data={"recording_id": recording.id, "call_id": recording.call_id, "code": problem.code},
        )
    )
    conclude_recording(uow, queue, recording)


def conclude_recording(uow: UnitOfWork, queue: WorkQueue, recording: Recording) -> None:
    """After a recording's last step: when it was the call's last one under way, the ticket is due."""
    uow.session.flush()
    call = uow.calls.get(recording.call_id, lock=True)
    if call is None or uow.recordings.under_way(call.id):
        return
    call.revision += 1
    if any(each.state == "transcribed" for each in uow.recordings.of_call(call.id)):
        call.state, call.error = "waiting", None
        uow.processing.delete_steps(call.id, CALL_STEPS)
        queue.call(uow.session, call.id, call.revision, settle=True)
    else:
        fail_call(call, NOTHING_TRANSCRIBED)


def fail_call(call: Call, problem: Problem) -> None:
    """Set a call failed. A ticket that it has from before stays."""
    call.state = "failed"
    call.error = problem.to_json()
