"""What all requests of one API process share."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from api.accounts.identity_provider import IdentityProvider
from api.audio_store import AudioStore
from api.auditing import ViewLog
from api.cities.in_force import CityInForce
from api.observability import Metrics
from api.queue_watch import QueueWatch
from api.security.access import Gatekeeper
from api.settings import Settings
from api.storage.unit_of_work import Database
from api.workflows.queue import WorkQueue


@dataclass(frozen=True, slots=True)
class ApiState:
    """Everything that routes work with; made once by the app."""

    settings: Settings
    database: Database
    audio: AudioStore
    queue: WorkQueue
    gatekeeper: Gatekeeper
    views: ViewLog
    metrics: Metrics
    cities: CityInForce
    queue_watch: QueueWatch
    identity_provider: IdentityProvider | None

    @property
    def incoming(self) -> Path:
        """Folder where recordings arrive before they go to the audio store."""
        return self.settings.data_dir / "incoming"


async def _of_request(request: Request) -> ApiState:
    # Not for waiting, but because FastAPI would run a plain function in a thread.
    state: ApiState = request.app.state.hotline
    return state


State = Annotated[ApiState, Depends(_of_request)]
