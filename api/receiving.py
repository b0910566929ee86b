"""From a request to an accepted recording: read the form or fetch the URL, store the audio, hand over to intake."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.audio_store import AudioMissingError
from api.calls.errors import NotFoundError
from api.calls.intake import NewRecording, accept, answered_before, audio_key
from api.calls.reruns import rerun_recording
from api.fetching import fetch_recording
from api.problems import BadRequest, FetchFailed, Unprocessable, UnsupportedMediaType, pointer_error, validation_errors
from api.representations import recording_of
from api.schemas.recordings import Recording, RecordingByUrl, RecordingMetadata
from api.security.keys import KeyHolder
from api.state import ApiState
from api.storage.models import Recording as StoredRecording
from api.storage.models import new_id
from api.uploads import ReceivedFile, receive_chunks, receive_form, receive_json

METADATA_FIELD: Final = "metadata"
UNNAMED: Final = "recording"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What came of a request: the recording that stands for it, and whether it is new."""

    recording: Recording
    created: bool


@dataclass(frozen=True, slots=True)
class _Arrival:
    file: ReceivedFile
    metadata: RecordingMetadata
    fingerprint: str
    idempotency_key: str | None


async def receive(request: Request, state: ApiState, holder: KeyHolder, idempotency_key: str | None) -> Receipt:
    """Take in the recording of ``request``, a multipart form with the file or JSON with its URL.

    Raises problems for what cannot be taken; nothing of it stays then.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == "application/json":
        return await _receive_url(request, state, holder, idempotency_key)
    if media_type == "multipart/form-data":
        return await _receive_file(request, state, holder, idempotency_key)
    raise UnsupportedMediaType("Send multipart/form-data with the field `file`, or application/json with `url`.")


async def _receive_file(request: Request, state: ApiState, holder: KeyHolder, idempotency_key: str | None) -> Receipt:
    form = await receive_form(request, state.incoming, state.settings.max_upload_bytes)
    if form.file is None:
        raise Unprocessable(
            "The form has no file.", errors=[pointer_error("/file", "The field `file` with a file name is missing.")]
        )
    try:
        metadata = parse_metadata(form.fields)
        fingerprint = _fingerprint(metadata, form.file.sha256)
        return await _store(state, holder, _Arrival(form.file, metadata, fingerprint, idempotency_key))
    finally:
        form.file.discard()


async def _receive_url(request: Request, state: ApiState, holder: KeyHolder, idempotency_key: str | None) -> Receipt:
    try:
        demand = RecordingByUrl.model_validate_json(await receive_json(request))
    except ValidationError as error:
        raise _invalid(error) from None
    fingerprint = _fingerprint(demand, demand.url)
    if idempotency_key:
        # Before fetching: when the sender tries again, the URL may have expired.
        known = await run_in_threadpool(_answered_before, state, holder, idempotency_key, fingerprint)
        if known:
            return Receipt(known, created=False)
    settings = state.settings
    async with fetch_recording(
        demand.url,
        max_bytes=settings.max_upload_bytes,
        timeout=settings.fetch_timeout,
        allow_private=settings.fetch_allow_private,
    ) as fetched:
        if (fetched.content_type or "").startswith("text/"):
            raise FetchFailed("The host of the URL sent a text or a page, not a recording; it may have expired.")
        file = await receive_chunks(
            fetched.chunks,
            state.incoming,
            settings.max_upload_bytes,
            demand.filename or fetched.filename,
            fetched.content_type,
        )
    try:
        return await _store(state, holder, _Arrival(file, demand, fingerprint, idempotency_key))
    finally:
        file.discard()


async def _store(state: ApiState, holder: KeyHolder, arrival: _Arrival) -> Receipt:
    if arrival.file.bytes == 0:
        raise Unprocessable("The recording is empty: it has no bytes.", errors=[pointer_error("/file", "empty file")])
    state.metrics.received_bytes.inc(arrival.file.bytes)
    return await run_in_threadpool(_accept, state, holder, arrival)


def _accept(state: ApiState, holder: KeyHolder, arrival: _Arrival) -> Receipt:
    new = _new_recording(arrival)
    state.audio.put(new.audio_key, arrival.file.path)
    committing = False
    try:
        with state.database.transaction() as uow:
            accepted = accept(uow, state.queue, new, owner=holder.key_id, idempotency_key=arrival.idempotency_key)
            steps = {} if accepted.created else uow.processing.steps([accepted.recording.id])
            committing = True
    except BaseException:
        # An error at COMMIT doesn't tell whether the recording was stored; housekeeping removes audio without one.
        if not committing:
            state.audio.delete(new.audio_key)
        raise
    receipt = Receipt(recording_of(accepted.recording, steps), accepted.created)
    if receipt.created:
        return receipt
    state.audio.delete(new.audio_key)
    known = accepted.recording
    if known.sha256 == new.sha256 and not _has_audio(state, known.audio_key):
        return Receipt(_restored(state, known, arrival.file.path), created=False)
    return receipt


def _has_audio(state: ApiState, key: str) -> bool:
    try:
        state.audio.stat(key)
    except AudioMissingError:
        return False
    return True


def _restored(state: ApiState, known: StoredRecording, path: Path) -> Recording:
    """Give a recording its audio back, and run it again where it failed for the lack of it."""
    state.audio.put(known.audio_key, path)
    with state.database.transaction() as uow:
        row = uow.recordings.get(known.id)
        if row is None:
            raise NotFoundError("recording", known.id)
        if row.state == "failed":
            row = rerun_recording(uow, state.queue, row.id, "decode")
        return recording_of(row, uow.processing.steps([row.id]))


def _answered_before(state: ApiState, holder: KeyHolder, idempotency_key: str, fingerprint: str) -> Recording | None:
    with state.database.reading() as uow:
        known = answered_before(uow, holder.key_id, idempotency_key, fingerprint)
        found = recording_of(known, uow.processing.steps([known.id])) if known else None
    # Without its audio it must be fetched once more.
    return found if known and _has_audio(state, known.audio_key) else None


def _new_recording(arrival: _Arrival) -> NewRecording:
    file, metadata = arrival.file, arrival.metadata
    identifier = new_id("rec")
    return NewRecording(
        id=identifier,
        audio_key=audio_key(identifier),
        filename=file.filename or UNNAMED,
        bytes=file.bytes,
        sha256=file.sha256,
        source=metadata.source,
        source_recording_id=metadata.recording_id,
        session_id=metadata.session_id,
        part=metadata.part,
        started_at=metadata.started_at,
        caller_number=metadata.caller_number,
        operator_number=metadata.operator_number,
        direction=metadata.direction,
        channel_roles=metadata.channel_roles,
        raw_format=_raw_format(metadata),
        custom=metadata.custom,
        media_type=_media_type(file.content_type),
        fingerprint=arrival.fingerprint,
    )


def _raw_format(metadata: RecordingMetadata) -> dict[str, Any] | None:
    if metadata.raw_encoding is None:
        return None
    return {
        "encoding": metadata.raw_encoding,
        "sample_rate": metadata.raw_rate or 8000,
        "channels": metadata.raw_channels or 1,
    }


def _media_type(content_type: str | None) -> str | None:
    media_type = (content_type or "").partition(";")[0].strip().lower()
    return media_type[:100] if media_type.startswith("audio/") and media_type.isprintable() else None


def parse_metadata(fields: Iterable[tuple[str, str]]) -> RecordingMetadata:
    """The metadata of a form: single fields, or one field ``metadata`` with JSON, or both where they don't overlap."""
    values: dict[str, Any] = {}
    for name, text in fields:
        found = _metadata_object(text) if name == METADATA_FIELD else {name: text}
        for key, value in found.items():
            if key in values:
                raise Unprocessable(
                    "A value is given twice.", errors=[pointer_error(f"/{key}", "The form gives this more than once.")]
                )
            values[key] = value
    try:
        return RecordingMetadata.model_validate(values)
    except ValidationError as error:
        raise _invalid(error) from None


def _metadata_object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadRequest("The form's field `metadata` is not valid JSON.") from error
    if not isinstance(found, dict):
        raise Unprocessable(
            "The form's field `metadata` is not a JSON object.", errors=[pointer_error("/metadata", "not an object")]
        )
    return found


def _invalid(error: ValidationError) -> Unprocessable | BadRequest:
    errors = validation_errors([{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)])
    if any(each["code"] == "json_invalid" for each in errors):
        return BadRequest("The body is not valid JSON.", errors=errors)
    return Unprocessable("A value of the request cannot be accepted; see errors.", errors=errors)


def _fingerprint(metadata: RecordingMetadata, content: str) -> str:
    told: Mapping[str, Any] = metadata.model_dump(mode="json")
    return hashlib.sha256(json.dumps([told, content], sort_keys=True).encode()).hexdigest()
