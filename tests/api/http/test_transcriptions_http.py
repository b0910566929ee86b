import math
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.problems import BadRequest, NotFound
from api.security.keys import Scope
from api.storage.models import utc_now
from api.transcribing import TranscriptionDemand, hotwords_of, parse_demand, written
from asr.transcript import Transcript

if TYPE_CHECKING:
    from conftest import Served

ROOT = Path(__file__).parents[3]
MODELS = Path(os.environ.get("HOTLINE_MODELS_DIR", ROOT / "var" / "models"))
SAMPLE = ROOT / "asr" / "sample_calls" / "stereo-b-021.flac"


@pytest.fixture
def transcript(transcript_of: Any) -> Transcript:
    return Transcript.from_json(transcript_of("您好", "半夜还在施工"))


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("text", "您好\n半夜还在施工\n"),
        ("srt", "1\n00:00:00,000 --> 00:00:01,500\n您好\n\n2\n00:00:02,000 --> 00:00:03,500\n半夜还在施工\n"),
        ("vtt", "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\n您好\n\n00:00:02.000 --> 00:00:03.500\n半夜还在施工\n"),
        ("json", {"text": "您好\n半夜还在施工"}),
    ],
)
def test_each_format(transcript: Transcript, form: Any, expected: Any) -> None:
    assert written(transcript, TranscriptionDemand("m", response_format=form)) == expected


def test_verbose_json_has_what_was_asked_for(transcript: Transcript) -> None:
    def verbose(*granularities: Any) -> dict[str, Any]:
        demand = TranscriptionDemand("m", response_format="verbose_json", granularities=frozenset(granularities))
        found = written(transcript, demand)
        assert isinstance(found, dict)
        return found

    assert set(verbose("segment")) == {"task", "language", "duration", "text", "segments"}
    assert set(verbose("word")) == {"task", "language", "duration", "text", "words"}
    both = verbose("word", "segment")
    assert both["words"][1] == {"word": "半夜还在施工", "start": 2.0, "end": 3.5}
    segment = both["segments"][1]
    assert (segment["id"], segment["seek"], segment["start"], segment["end"]) == (1, 200, 2.0, 3.5)
    assert (segment["speaker"], segment["role"]) == ("S1", "citizen")
    assert math.isclose(math.exp(segment["avg_logprob"]), 0.8)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ([], BadRequest),
        ([("model", "gpt-4o")], NotFound),
        ([("model", "whisper-1"), ("language", "en")], BadRequest),
        ([("model", "whisper-1"), ("response_format", "xml")], BadRequest),
        ([("model", "whisper-1"), ("timestamp_granularities[]", "word")], BadRequest),
        ([("model", "m"), ("response_format", "verbose_json"), ("timestamp_granularities[]", "phone")], BadRequest),
    ],
)
def test_what_cannot_be_met_is_refused(fields: list[tuple[str, str]], problem: type[Exception]) -> None:
    with pytest.raises(problem):
        parse_demand(fields, "m")


def test_a_demand_of_every_field() -> None:
    fields = [
        ("model", "m"), ("language", "yue"), ("prompt", "幸福家园，临江区 临江区"), ("temperature", "0"),
        ("response_format", "verbose_json"), ("timestamp_granularities[]", "word"), ("stream", "true"),
        ("timestamp_granularities[]", "segment"),
    ]  # fmt: skip
    assert parse_demand(fields, "m") == TranscriptionDemand(
        "m", ("幸福家园", "临江区"), "verbose_json", frozenset({"word", "segment"})
    )


@given(st.text(max_size=500))
def test_hotwords_are_words_each_once(prompt: str) -> None:
    words = hotwords_of(prompt)
    assert len(set(words)) == len(words)
    assert all(word in prompt and not re.search(r"\s", word) for word in words)


@pytest.fixture
def client(served: "Served") -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key=served.key(Scope.INTAKE), base_url=f"{served.url}/v1", max_retries=0) as client:
        yield client


def test_errors_are_those_that_the_client_knows(served: "Served", client: openai.OpenAI) -> None:
    def create(**changes: Any) -> None:
        client.audio.transcriptions.create(**{"model": "whisper-1", "file": ("a.wav", b"audio"), **changes})

    assert [model.id for model in client.models.list()] == ["whisper-base-12345", "whisper-1"]
    with pytest.raises(openai.NotFoundError) as unknown:
        create(model="gpt-4o-transcribe")
    assert (unknown.value.code, unknown.value.type) == ("model_not_found", "invalid_request_error")
    with pytest.raises(openai.BadRequestError) as wrong:
        create(language="en")
    assert wrong.value.param == "language"
    with pytest.raises(openai.InternalServerError) as away:
        create()
    assert away.value.status_code == 503
    assert "worker" in str(away.value)
    with pytest.raises(openai.APIStatusError) as large:
        create(file=("a.wav", bytes(8_000_001)))
    assert large.value.status_code == 413
    with pytest.raises(openai.AuthenticationError) as stranger:
        client.with_options(api_key="wrong").models.list()
    assert stranger.value.code == "invalid_api_key"
    with pytest.raises(openai.PermissionDeniedError):
        client.with_options(api_key=served.key(Scope.ADMIN)).models.list()
    assert served.stored_audio() == served.incoming() == []


def test_who_hangs_up_leaves_nothing(served: "Served") -> None:
    served.living_worker()
    client = served.client(Scope.INTAKE)
    files = {"file": ("a.wav", b"audio")}
    with suppress(httpx.ReadTimeout):
        client.post("/v1/audio/transcriptions", data={"model": "whisper-1"}, files=files, timeout=0.8)
    served.wait_for(lambda: served.stored_audio() == [] and served.incoming() == [])


@pytest.fixture
def worker(served: "Served", tmp_path: Path) -> Iterator[None]:
    """A real worker of the served API."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("HOTLINE_")},
        "HOTLINE_DATA_DIR": str(tmp_path),
        "HOTLINE_DATABASE_URL": served.state.settings.database,
        "HOTLINE_MODELS_DIR": str(MODELS),
        "PYTHONPATH": str(ROOT),
    }
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "api.worker"], env=environment, cwd=tmp_path, stdout=log, stderr=log, process_group=0
        )
        try:
            served.wait_for(lambda: served.stranger().get("/readyz").status_code == 200, 60)
            yield
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.mark.model
def test_the_openai_client_transcribes(served: "Served", client: openai.OpenAI, worker: None) -> None:
    with SAMPLE.open("rb") as file:
        verbose = client.audio.transcriptions.create(
            model="whisper-1",
            file=file,
            language="zh",
            prompt="幸福家园",
            response_format="verbose_json",
            timestamp_granularities=["word", "segment"],
            timeout=240,
        )
    assert verbose.segments
    assert verbose.words
    assert float(verbose.duration) > 10
    assert len(re.findall(r"[\u4e00-\u9fff]", verbose.text)) > 50
    assert {segment.model_dump()["role"] for segment in verbose.segments} == {"operator", "citizen"}
    ends = [(segment.start, segment.end) for segment in verbose.segments]
    assert all(0 <= start < end <= float(verbose.duration) + 0.5 for start, end in ends)
    with pytest.raises(openai.UnprocessableEntityError) as refused:
        client.audio.transcriptions.create(
            model="whisper-base-12345", file=("a.wav", b"no audio at all" * 100), timeout=240
        )
    assert refused.value.code
    served.wait_for(lambda: served.stored_audio() == [])
    with served.database.reading() as uow:
        assert uow.processing.abandoned_transcriptions(utc_now(), utc_now()) == []
