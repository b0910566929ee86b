"""Recordings: sending, watching, listening, doing again, deleting."""

from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, BackgroundTasks, Header, Path, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.auditing import View
from api.calls.deletion import delete_recording, remove_dropped_audio
from api.calls.reruns import rerun_recording
from api.playback import StoredAudioFile, playable
from api.privacy.visibility import tickets_of, visibility_of
from api.problems import (
    BadRequest,
    Conflict,
    ContentTooLarge,
    FetchFailed,
    FetchRefused,
    Forbidden,
    IdempotencyKeyReused,
    NotFound,
    RangeNotSatisfiable,
    Unauthenticated,
    Unprocessable,
    UnsupportedMediaType,
    responses,
)
from api.ranges import audio_response
from api.receiving import receive
from api.representations import recording_of, surname_of, transcript_of
from api.schemas.base import Page, RecordingId
from api.schemas.recordings import Recording, RecordingByUrl, RecordingMetadata, RecordingQuery, RecordingRerun
from api.schemas.transcripts import Transcript
from api.security.access import Administrator, IntakeHolder, Reviewer, StateReader
from api.security.keys import KeyHolder, Scope
from api.state import ApiState, State
from api.storage.models import Recording as StoredRecording
from api.storage.repositories.recordings import RecordingFilter
from api.storage.unit_of_work import UnitOfWork

router = APIRouter(prefix="/v1/recordings", tags=["recordings"], responses=responses(Unauthenticated, Forbidden))

Id = Annotated[RecordingId, Path(description="The recording's id.")]
LOCATION: Final = {"Location": {"schema": {"type": "string"}, "description": "Address of the recording."}}

# Browsers would run a page or script that a sender calls audio: only these leave under their own type.
SERVED_TYPES: Final = frozenset(
    {"audio/wav", "audio/x-wav", "audio/mpeg", "audio/flac", "audio/ogg", "audio/mp4", "audio/amr", "audio/basic"}
)
BINARY: Final[dict[str, Any]] = {"schema": {"type": "string", "format": "binary"}}
AUDIO_CONTENT: Final = dict.fromkeys(sorted(SERVED_TYPES | {"application/octet-stream"}), BINARY)

_FORM: Final = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "The recording."},
        "metadata": {"type": "string", "contentMediaType": "application/json", "description": "All fields below."},
        **{
            name: {"type": "string", "description": field.description or name}
            for name, field in RecordingMetadata.model_fields.items()
        },
    },
}


@router.post(
    "",
    status_code=202,
    operation_id="postRecording",
    summary="Send a recording",
    response_model=Recording,
    responses={
        200: {"model": Recording, "description": "The same recording was sent before.", "headers": LOCATION},
        202: {"description": "Accepted; watch its address.", "headers": LOCATION},
        **responses(
            BadRequest,
            ContentTooLarge,
            UnsupportedMediaType,
            Unprocessable,
            IdempotencyKeyReused,
            FetchFailed,
            FetchRefused,
        ),
    },
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                "multipart/form-data": {"schema": _FORM},
                "application/json": {
                    "schema": RecordingByUrl.model_json_schema(ref_template="#/components/schemas/{model}")
                },
            },
        }
    },
)
async def post_recording(
    request: Request,
    state: State,
    holder: IntakeHolder,
    idempotency_key: Annotated[
        str | None,
        Header(
            min_length=1,
            max_length=255,
            pattern=r"^[\x21-\x7e]+$",
            description="Any text of your own; the same key with the same request gives the same recording.",
        ),
    ] = None,
) -> Response:
    """Upload a file as a form, or name an http(s) URL, which is fetched at once.

    Recordings of one `source` with one `session_id` make one call with one ticket. Repeating a request with the same
    `Idempotency-Key`, or sending the same bytes under the same `source` and `recording_id`, gives the same recording.
    """
    receipt = await receive(request, state, holder, idempotency_key)
    return Response(
        receipt.recording.model_dump_json(),
        202 if receipt.created else 200,
        {"Location": receipt.recording.links.self},
        "application/json",
    )


@router.get(
    "",
    operation_id="listRecordings",
    summary="List recordings, newest first",
    responses=responses(Unprocessable),
)
def list_recordings(state: State, holder: StateReader, query: Annotated[RecordingQuery, Query()]) -> Page[Recording]:
    """A key with the scope intake alone sees the recordings that it sent."""
    narrowed = RecordingFilter(query.state, query.source, query.session_id, _owner(holder))
    with state.database.reading() as uow:
        page = uow.recordings.page(narrowed, query.limit, query.cursor)
        steps = uow.processing.steps([row.id for row in page.items])
        items = [recording_of(row, steps, unmasked=holder.person is None) for row in page.items]
        return Page[Recording](items=items, next_cursor=page.next_cursor)


@router.get(
    "/{recording_id}",
    operation_id="getRecording",
    summary="State and progress of a recording",
    responses=responses(NotFound, Unprocessable),
)
def get_recording(recording_id: Id, state: State, holder: StateReader) -> Recording:
    """Poll this, or follow the events of its call."""
    with state.database.reading() as uow:
        row = _visible(uow, recording_id, holder)
        return recording_of(row, uow.processing.steps([row.id]), unmasked=holder.person is None)


@router.get(
    "/{recording_id}/transcript",
    operation_id="getTranscript",
    summary="What was said on a recording",
    responses=responses(NotFound, Unprocessable),
)
def get_transcript(recording_id: Id, state: State, holder: Reviewer) -> Transcript:
    """404 until the recording is transcribed."""
    with state.database.reading() as uow:
        transcript = uow.recordings.transcript(recording_id)
        if transcript is None:
            raise NotFound("There is no transcript of this recording, or not yet.")
        state.views.note(holder, View.TRANSCRIPT, [recording_id])
        call = uow.calls.full_of_recording(recording_id)
        tickets = tickets_of(call) if call else []
        unmasked = call is not None and visibility_of(uow, holder, [call.id]).unmasked(call.id, tickets)
        return transcript_of(transcript, surname_of(tickets), unmasked=unmasked)


@router.get(
    "/{recording_id}/audio",
    operation_id="getAudio",
    summary="The audio of a recording",
    response_class=Response,
    responses={
        200: {"description": "All of it.", "content": AUDIO_CONTENT},
        206: {"description": "The range asked for.", "content": AUDIO_CONTENT},
        304: {"description": "Not changed."},
        **responses(NotFound, RangeNotSatisfiable, Unprocessable),
    },
)
@router.head("/{recording_id}/audio", include_in_schema=False)
async def get_audio(
    request: Request,
    recording_id: Id,
    state: State,
    holder: Reviewer,
    form: Annotated[
        Literal["original", "play"], Query(description="play: FLAC, which every browser plays, at 16 kHz.")
    ] = "original",
) -> Response:
    """The file as it came, or in a form that every browser plays. Byte ranges (one a request), ETag, If-Range.

    The file as it came is for keys, and for persons who may download."""
    if form == "original" and holder.person is not None and not holder.person.may_download:
        raise Forbidden("您没有下载录音的权限；需要时请联系管理员。")
    recording = await run_in_threadpool(_stored, state, recording_id)
    head = request.method == "HEAD"
    if not head:
        state.views.note(holder, View.DOWNLOAD if form == "original" and holder.person else View.AUDIO, [recording_id])
    if form == "play":
        key, size = await playable(state, recording)
        return audio_response(
            state.audio,
            key,
            size=size,
            etag=f'"{recording.sha256}-play"',
            media_type="audio/flac",
            headers=request.headers,
            head=head,
        )
    # Here it is missing in time for a 404; the body is read when the status is sent.
    await run_in_threadpool(state.audio.stat, recording.audio_key)
    media_type = recording.media_type if recording.media_type in SERVED_TYPES else "application/octet-stream"
    response = audio_response(
        state.audio,
        recording.audio_key,
        size=recording.bytes,
        etag=f'"{recording.sha256}"',
        media_type=media_type,
        headers=request.headers,
        head=head,
    )
    response.headers["Content-Disposition"] = "inline"
    return response


@router.post(
    "/{recording_id}/rerun",
    status_code=202,
    operation_id="rerunRecording",
    summary="Do a recording again from a step on",
    responses=responses(NotFound, Conflict, Unprocessable, BadRequest),
)
def rerun(recording_id: Id, demand: RecordingRerun, state: State, holder: Reviewer) -> Recording:
    """The ticket of its call follows. 409 while it is being worked on."""
    with state.database.transaction() as uow:
        row = rerun_recording(uow, state.queue, recording_id, demand.from_step)
        uow.access.audit(holder.kind, holder.key_id, "rerun", recording_id, {"from": demand.from_step})
        return recording_of(row, uow.processing.steps([row.id]), unmasked=holder.person is None)


@router.delete(
    "/{recording_id}",
    status_code=204,
    operation_id="deleteRecording",
    summary="Delete a recording for good",
    responses=responses(NotFound, Unprocessable),
)
def delete(recording_id: Id, state: State, holder: Administrator, after: BackgroundTasks) -> None:
    """Its audio and transcript are gone; the call's ticket is made anew from what is left, or goes too. The audit log
    stays."""
    with state.database.transaction() as uow:
        delete_recording(uow, state.queue, recording_id)
        uow.access.audit(holder.kind, holder.key_id, "delete", recording_id)
    after.add_task(remove_dropped_audio, state.database, state.audio)


def _owner(holder: KeyHolder) -> str | None:
    return None if holder.may(Scope.REVIEW) else holder.key_id


def _visible(uow: UnitOfWork, recording_id: str, holder: KeyHolder) -> StoredRecording:
    row = uow.recordings.get(recording_id)
    owner = _owner(holder)
    if row is None or (owner is not None and row.owner != owner):
        raise NotFound("There is no such recording.")
    return row


def _stored(state: ApiState, recording_id: str) -> StoredAudioFile:
    with state.database.reading() as uow:
        row = uow.recordings.get(recording_id)
        if row is None:
            raise NotFound("There is no such recording.")
        return StoredAudioFile(row.id, row.audio_key, row.bytes, row.sha256, row.media_type, row.raw_format)
