"""Transcriptions in the form of OpenAI's audio API, made by the workers from the same recognition as calls."""

import asyncio
import math
import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, cast, get_args

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request

from api.calls.deletion import remove_dropped_audio
from api.calls.errors import Problem
from api.calls.transcriptions import collect_transcription, discard_transcription, submit_transcription
from api.problems import BadRequest, InternalError, NotFound, ServiceUnavailable, Unprocessable, pointer_error
from api.state import ApiState
from api.storage.models import new_id
from api.subtitles import srt, vtt
from api.uploads import ReceivedFile
from asr.transcript import Segment, Transcript

ResponseFormat = Literal["json", "text", "srt", "verbose_json", "vtt"]
Granularity = Literal["word", "segment"]

OPENAI_MODEL: Final = "whisper-1"
"""The name that clients of the original send; here it stands for the model of ``HOTLINE_SPEECH_MODEL``."""

LANGUAGES: Final = (
    "auto", "zh", "chinese", "cmn", "yue", "wuu", "nan", "hak", "hsn", "cjy", "gan",
    "mandarin", "cantonese", "wu", "minnan", "hakka", "sichuan", "northeast", "zhongyuan", "xiang", "jin", "jianghuai",
)  # fmt: skip
"""ISO 639 codes and the hotline's own labels of what may be spoken. One model hears them all, so the choice changes
nothing; another language is refused rather than written down as Chinese."""
MAX_HOTWORDS: Final = 100
LOOK_FOR_CLIENT_EVERY: Final = 1.0
OURS: Final = frozenset({"internal_error", "worker_died"})


@dataclass(frozen=True, slots=True)
class TranscriptionDemand:
    """What a client asks for."""

    model: str
    hotwords: tuple[str, ...] = ()
    response_format: ResponseFormat = "json"
    granularities: frozenset[Granularity] = frozenset({"segment"})


def parse_demand(fields: Sequence[tuple[str, str]], model: str) -> TranscriptionDemand:
    """The form's fields as a demand; ``model`` is the one in use. Fields that only tune the original are ignored.

    Raises problems for values that cannot be met.
    """
    single = {name: text.strip() for name, text in fields}
    wanted = single.get("model", "")
    if not wanted:
        raise BadRequest("The field `model` is missing.", errors=[pointer_error("/model", "missing")])
    if wanted not in {model, OPENAI_MODEL}:
        raise NotFound(f"There is no such model here; GET /v1/models lists {model} and {OPENAI_MODEL}.")
    if single.get("language", "").lower() not in {"", *LANGUAGES}:
        raise _refused("language", f"not one of {', '.join(LANGUAGES)}")
    form = single.get("response_format") or "json"
    if form not in get_args(ResponseFormat):
        raise _refused("response_format", f"not one of {', '.join(get_args(ResponseFormat))}")
    granularities = {text for name, text in fields if name in {"timestamp_granularities[]", "timestamp_granularities"}}
    if not granularities <= set(get_args(Granularity)):
        raise _refused("timestamp_granularities", f"not one of {', '.join(get_args(Granularity))}")
    if granularities and form != "verbose_json":
        raise _refused("timestamp_granularities", "needs response_format verbose_json")
    return TranscriptionDemand(
        model,
        hotwords_of(single.get("prompt", "")),
        cast("ResponseFormat", form),
        cast("frozenset[Granularity]", frozenset(granularities or {"segment"})),
    )


def hotwords_of(prompt: str) -> tuple[str, ...]:
    """The words and names of a prompt, in order, each once: what the recogniser is told to expect."""
    words = (word for word in re.split(r"[\s,，、;；。.!！?？:：]+", prompt) if word)
    return tuple(dict.fromkeys(words))[:MAX_HOTWORDS]


async def transcribe(request: Request, state: ApiState, file: ReceivedFile, demand: TranscriptionDemand) -> Transcript:
    """Let a worker transcribe ``file`` and wait for it, as long as the client does.

    Raises :class:`ServiceUnavailable` where no worker lives, :class:`Unprocessable` for a file without audio.
    """
    identifier = new_id("trn")
    await run_in_threadpool(_submit, state, identifier, file, demand)
    waiting = asyncio.ensure_future(state.queue.transcribed(identifier))
    try:
        while not (await asyncio.wait({waiting}, timeout=LOOK_FOR_CLIENT_EVERY))[0]:
            if await request.is_disconnected():
                raise ClientDisconnect
        waiting.result()
        result = await run_in_threadpool(_collect, state, identifier)
    except BaseException:
        waiting.cancel()
        await run_in_threadpool(_discard, state, identifier)
        raise
    if isinstance(result, Problem):
        if result.code in OURS:
            raise InternalError(f"{result.reason} {result.remedy}")
        raise Unprocessable(f"{result.reason} {result.remedy}", code=result.code)
    return Transcript.from_json(result)


def _submit(state: ApiState, identifier: str, file: ReceivedFile, demand: TranscriptionDemand) -> None:
    with state.database.reading() as uow:
        if not uow.statistics.live_workers(state.settings.worker_dead_after):
            raise ServiceUnavailable("No worker lives that could transcribe.", headers={"Retry-After": "10"})
    key = f"transcriptions/{identifier}/original"
    state.audio.put(key, file.path)
    try:
        with state.database.transaction() as uow:
            submit_transcription(
                uow,
                state.queue,
                identifier,
                audio_key=key,
                filename=file.filename or "audio",
                options={"hotwords": list(demand.hotwords)},
            )
    except BaseException:
        state.audio.delete(key)
        raise


def _collect(state: ApiState, identifier: str) -> dict[str, Any] | Problem:
    with state.database.transaction() as uow:
        return collect_transcription(uow, identifier)


def _discard(state: ApiState, identifier: str) -> None:
    with state.database.transaction() as uow:
        discard_transcription(uow, identifier)
    remove_dropped_audio(state.database, state.audio)


def written(transcript: Transcript, demand: TranscriptionDemand) -> dict[str, Any] | str:
    """The transcript in the format asked for: a JSON object, or text. Each turn is a line of its own."""
    text = "\n".join(segment.text for segment in transcript.segments)
    match demand.response_format:
        case "text":
            return text + "\n"
        case "srt":
            return srt(transcript.segments)
        case "vtt":
            return vtt(transcript.segments)
        case "json":
            return {"text": text}
    verbose: dict[str, Any] = {
        "task": "transcribe",
        "language": "chinese",
        "duration": transcript.duration,
        "text": text,
    }
    if "segment" in demand.granularities:
        verbose["segments"] = [_segment(number, segment) for number, segment in enumerate(transcript.segments)]
    if "word" in demand.granularities:
        verbose["words"] = [
            {"word": word.text, "start": word.start, "end": word.end}
            for segment in transcript.segments
            for word in segment.words
        ]
    return verbose


def _segment(number: int, segment: Segment) -> dict[str, Any]:
    # no_speech_prob is 0: stretches without speech were cut before recognition. tokens are the model's own business.
    data = segment.text.encode()
    return {
        "id": number,
        "seek": round(segment.start * 100),
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "tokens": [],
        "temperature": 0.0,
        "avg_logprob": math.log(max(segment.confidence, 1e-10)),
        "compression_ratio": len(data) / len(zlib.compress(data)) if data else 0.0,
        "no_speech_prob": 0.0,
        "speaker": segment.speaker,
        "role": segment.role,
    }


def _refused(field: str, detail: str) -> BadRequest:
    return BadRequest(f"The field `{field}` cannot be met: {detail}.", errors=[pointer_error(f"/{field}", detail)])
