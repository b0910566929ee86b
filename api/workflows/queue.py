"""Puts work on the durable queues, in the same transaction as the change that makes it due."""

from datetime import datetime, timedelta
from typing import Final

from dbos import DBOSClient, EnqueueOptions
from sqlalchemy.orm import Session

from api.storage.models.processing import StepName

APPLICATION: Final = "hotline-intake"
APPLICATION_VERSION: Final = "1"
"""Raised when the order of a workflow's steps changes: workers only go on with workflows of their own version."""

RECORDINGS_QUEUE: Final = "recordings"
CALLS_QUEUE: Final = "calls"
DELIVERIES_QUEUE: Final = "deliveries"

ENDED: Final = ("SUCCESS", "ERROR", "CANCELLED")
FORGOTTEN_AT_ONCE: Final = 500

TRANSCRIPTION_PRIORITY: Final = 1
RECORDING_PRIORITY: Final = 10
RERUN_PRIORITY: Final = 20
"""The lower goes first: somebody waits for a transcription, nobody for a re-run."""


class WorkQueue:
    """Enqueues workflows. Identifiers are deterministic, so that what is enqueued twice runs once."""

    def __init__(self, database_url: str, settle_time: timedelta) -> None:
        self._client = DBOSClient(system_database_url=database_url, application_name=APPLICATION, lazy=True)
        self._settle_time = settle_time

    def recording(self, session: Session, recording_id: str, attempt: int, first: StepName = "decode") -> None:
        """Decode, diarize and transcribe a recording, from the step ``first`` on."""
        options = self._options("recording", RECORDINGS_QUEUE, f"{recording_id}-{attempt}")
        options["priority"] = RECORDING_PRIORITY if attempt == 1 else RERUN_PRIORITY
        self._client.enqueue_in_transaction(session, options, recording_id, attempt, first)

    def call(
        self, session: Session, call_id: str, revision: int, first: StepName = "structure", *, settle: bool = False
    ) -> None:
        """Make and dispatch a call's ticket; with ``settle`` only once the settle time is over."""
        options = self._options("call", CALLS_QUEUE, f"{call_id}-{revision}")
        if settle and self._settle_time > timedelta(0):
            options["delay_seconds"] = self._settle_time.total_seconds()
        self._client.enqueue_in_transaction(session, options, call_id, revision, first)

    def transcription(self, session: Session, transcription_id: str) -> None:
        """Transcribe audio that belongs to no call, before all calls that wait."""
        options = self._options("transcription", RECORDINGS_QUEUE, transcription_id)
        options["priority"] = TRANSCRIPTION_PRIORITY
        self._client.enqueue_in_transaction(session, options, transcription_id)

    def delivery(self, session: Session, event_id: str, attempt: int = 1, pause: timedelta = timedelta(0)) -> None:
        """Post an event to the address for alerts, once the pause is over."""
        options = self._options("delivery", DELIVERIES_QUEUE, f"{event_id}-delivery-{attempt}")
        if pause > timedelta(0):
            options["delay_seconds"] = pause.total_seconds()
        self._client.enqueue_in_transaction(session, options, event_id)

    async def transcribed(self, transcription_id: str) -> None:
        """Wait until a transcription has ended, well or badly."""
        handle = await self._client.retrieve_workflow_async(transcription_id)  # type: ignore[var-annotated]
        await handle.get_result(polling_interval_sec=0.2)

    def forget_ended(self, before: datetime) -> int:
        """Remove what the engine remembers of workflows that ended before a time; how many."""
        forgotten = 0
        while ended := self._client.list_workflows(
            status=list(ENDED),
            completed_before=before.isoformat(),
            limit=FORGOTTEN_AT_ONCE,
            load_input=False,
            load_output=False,
        ):
            self._client.delete_workflows([workflow.workflow_id for workflow in ended])
            forgotten += len(ended)
        return forgotten

    def close(self) -> None:
        """Close the connections."""
        self._client.destroy()

    @staticmethod
    def _options(workflow: str, queue: str, workflow_id: str) -> EnqueueOptions:
        return {
            "workflow_name": workflow,
            "queue_name": queue,
            "workflow_id": workflow_id,
            "app_version": APPLICATION_VERSION,
        }
