"""From a call's transcripts to its dispatched ticket: two durable steps, each safe to repeat after a crash."""

from dataclasses import dataclass
from typing import Any, Final, Literal

import structlog
from dbos import DBOS
from dbos import error as dbos_error

from api.automation.rules import wanted
from api.calls.dispatching import dispatch as dispatch_ticket
from api.calls.errors import Problem
from api.calls.joining import joined_transcript
from api.calls.progress import CALL_STEPS, INTERNAL, begin_step, end_step, fail_call
from api.calls.ticketing import write_ticket
from api.storage.models import Call
from api.storage.models.processing import StepName
from api.storage.unit_of_work import UnitOfWork
from api.workflows.runtime import WorkerRuntime, runtime

Outcome = Literal["done", "stopped"]

log = structlog.get_logger(__name__)


@DBOS.workflow(name="call", max_recovery_attempts=None)
def process_call(call_id: str, revision: int, first: StepName) -> str:
    """Make and dispatch the ticket of one revision of a call; a newer revision has a workflow of its own."""
    for name in CALL_STEPS[CALL_STEPS.index(first) :]:
        try:
            outcome = STEPS[name](call_id, revision)
        except dbos_error.DBOSMaxStepRetriesExceeded:
            give_up_call(call_id, revision, name)
            return "failed"
        if outcome == "stopped":
            return "stopped"
    return "ticketed"


@DBOS.step(name="structure", retries_allowed=True, max_attempts=3, interval_seconds=2.0)
def structure(call_id: str, revision: int) -> Outcome:
    """Read the ticket's fields from what was said and write them, with the alert of an emergency."""
    worker = runtime()
    with structlog.contextvars.bound_contextvars(call_id=call_id, revision=revision, step="structure"):
        begun = worker.change(lambda uow: _begin_structure(uow, worker, call_id, revision))
        if isinstance(begun, str):
            return begun
        try:
            made = structured(worker, begun)
        except Exception:
            log.exception("step failed")
            raise
        return worker.change(lambda uow: _end_structure(uow, worker, call_id, revision, made))


@DBOS.step(name="dispatch", retries_allowed=True, max_attempts=3, interval_seconds=2.0)
def dispatch(call_id: str, revision: int) -> Outcome:
    """Send the ticket out, or to an operator."""
    worker = runtime()
    with structlog.contextvars.bound_contextvars(call_id=call_id, revision=revision, step="dispatch"):
        return worker.change(lambda uow: _dispatch(uow, worker, call_id, revision))


@DBOS.step(name="give_up_call", retries_allowed=True, max_attempts=20, interval_seconds=1.0)
def give_up_call(call_id: str, revision: int, name: StepName) -> None:
    """Set the call failed after a step's last retry."""

    def change(uow: UnitOfWork) -> None:
        call = _current(uow, call_id, revision)
        if call is not None:
            _fail(uow, call, name, INTERNAL)

    runtime().change(change)


STEPS: Final = {"structure": structure, "dispatch": dispatch}


@dataclass(frozen=True, slots=True)
class Made:
    """A ticket's fields and why they are so, in their JSON forms."""

    fields: dict[str, Any]
    explanation: dict[str, Any]


def structured(worker: WorkerRuntime, transcript: dict[str, Any]) -> Made:
    """The ticket of a joined transcript, by the city in force."""
    from tickets.call import Call as SpokenCall  # noqa: PLC0415 — the API process must not load this
    from tickets.explanation.explain import explain  # noqa: PLC0415
    from tickets.language_model_review.review import review  # noqa: PLC0415
    from tickets.structuring import structure as structure_call  # noqa: PLC0415

    city, default = worker.city, worker.settings.automatic_precision
    with worker.database.reading() as uow:
        rules = uow.automation.rules()
    call = SpokenCall.from_json(transcript)
    precision = wanted(rules, None, default)
    ticket = structure_call(call, city, precision=precision)
    own = wanted(rules, ticket.category, default)
    if own != precision:
        precision, ticket = own, structure_call(call, city, precision=own)
    ticket = review(ticket, call, city, worker.settings.language_model(), precision=precision)
    return Made(ticket.to_json(), explain(call, city, ticket, precision=precision).to_json())


def _current(uow: UnitOfWork, call_id: str, revision: int) -> Call | None:
    call = uow.calls.get(call_id, lock=True)
    return call if call is not None and call.revision == revision else None


def _begin(uow: UnitOfWork, worker: WorkerRuntime, call: Call, name: StepName) -> Outcome | None:
    begun = begin_step(uow, call.id, call.id, name, attempt=call.revision, worker_id=worker.worker_id)
    if begun.done:
        return "done"
    if begun.problem is not None:
        _fail(uow, call, name, begun.problem)
        return "stopped"
    return None


def _begin_structure(uow: UnitOfWork, worker: WorkerRuntime, call_id: str, revision: int) -> dict[str, Any] | Outcome:
    call = _current(uow, call_id, revision)
    # A recording that is under way enqueues the ticket when it ends.
    if call is None or uow.recordings.under_way(call_id):
        return "stopped"
    ended = _begin(uow, worker, call, "structure")
    if ended is not None:
        return ended
    call.state = "structuring"
    return joined_transcript(uow, call)


def _end_structure(uow: UnitOfWork, worker: WorkerRuntime, call_id: str, revision: int, made: Made) -> Outcome:
    call = _current(uow, call_id, revision)
    if call is None:
        return "stopped"
    ticket = write_ticket(
        uow,
        worker.queue,
        call,
        made.fields,
        made.fields["city_version"],
        deliver_alerts=worker.settings.alert_webhook_url is not None,
        explanation=made.explanation,
    )
    end_step(uow, call.id, "structure")
    log.info("ticket written", ticket=ticket.number, version=ticket.version, disposition=ticket.disposition)
    return "done"


def _dispatch(uow: UnitOfWork, worker: WorkerRuntime, call_id: str, revision: int) -> Outcome:
    call = _current(uow, call_id, revision)
    ticket = uow.tickets.of_call(call_id, lock=True) if call else None
    if call is None or ticket is None:
        return "stopped"
    ended = _begin(uow, worker, call, "dispatch")
    if ended is not None:
        return ended
    dispatch_ticket(uow, ticket, sample_share=worker.settings.blind_sample_share)
    end_step(uow, call.id, "dispatch")
    call.state, call.error = "ticketed", None
    log.info("ticket dispatched", ticket=ticket.number, mode=ticket.mode, state=ticket.state)
    return "done"


def _fail(uow: UnitOfWork, call: Call, name: StepName, problem: Problem) -> None:
    end_step(uow, call.id, name, failed=True)
    fail_call(call, problem)
