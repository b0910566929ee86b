import re
from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    missing_required_header,
    negative_data_rejection,
    positive_data_acceptance,
)

from api.security.sessions import COOKIE

if TYPE_CHECKING:
    from conftest import Serve, Served

KEY = "a-key-that-a-script-made-for-itself"
OPERATIONS = 70
UNFORESEEN = {
    "POST /v1/recordings",
    "POST /v1/accounts",
    "POST /v1/session/sign-in",
    "PUT /v1/automation/rules",
    "GET /v1/supervision/figures",
    "GET /v1/supervision/export",
}
OPEN = {
    "/healthz",
    "/readyz",
    "/metrics",
    "/v1/session/ways",
    "/v1/session/oidc",
    "/v1/session/oidc/callback",
}

FRAMING = {"content-length", "transfer-encoding", "connection", "upgrade", "expect"}
"""What HTTP itself reads: with nonsense in these the server answers before the API sees a request."""

LONGEST_QUERY = 60_000
TRIES = settings(
    max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True
)


def reaching_the_api(case: Case) -> Case:
    """The case without headers that no HTTP server would pass on (RFC 9110, 5.1: a field's name is a token), if its
    address isn't longer than the server reads.
    """
    for name in list(case.headers):
        if name.lower() in FRAMING or not re.fullmatch(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", name):
            case.headers.pop(name)
    assume(len(urlencode(case.query)) < LONGEST_QUERY)
    return case


@pytest.fixture
def described(serve_on: "Serve", sqlite_url: str) -> Any:
    """The running API, as it describes itself. Streams of events never end and have tests of their own."""
    # Its heart beats once: trying everything may take longer than it counts as alive.
    served = serve_on(sqlite_url, worker_dead_after=timedelta(hours=1))
    served.living_worker()
    client = served.client(key=KEY)
    recording = client.post("/v1/recordings", files={"file": ("a.wav", b"audio")}).json()
    served.finish_recording(recording["id"], "喂")
    served.write_ticket(recording["call_id"])
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json")
    described = schema.exclude(path=["/v1/alerts/stream", "/v1/queue/stream"]).exclude(
        operation_id="createTranscription"
    )
    return served, described


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_every_answer_is_as_described(described: Any, mode: GenerationMode, subtests: pytest.Subtests) -> None:
    _, schema = described
    tried = 0
    for result in schema.get_all_operations():
        operation = result.ok()

        @TRIES
        @given(case=operation.as_strategy(generation_mode=mode))
        def answer(case: Case) -> None:
            # A well-formed URL may lead nowhere, a well-formed login be unknown: no description can say which are.
            left_out = [positive_data_acceptance] if case.operation.label in UNFORESEEN else []
            # An empty list or null that breaks the description is gone, or text like any other, in an address.
            left_out += [negative_data_rejection] if case.method == "GET" else []
            reaching_the_api(case).call_and_validate(
                headers={"Authorization": f"Bearer {KEY}"}, excluded_checks=left_out
            )

        with subtests.test(operation.label), suppress(Unsatisfiable):
            tried += 1
            answer()
    assert tried > 15


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_every_answer_to_a_person_is_as_described(
    described: Any, mode: GenerationMode, subtests: pytest.Subtests
) -> None:
    served, schema = described
    client = served.person("boss", "admin")
    served.waiting()
    headers = {"X-Hotline-Request": "1", "Cookie": f"{COOKIE}={client.cookies[COOKIE]}"}
    for result in schema.get_all_operations():
        operation = result.ok()
        if not {"queue", "review", "automation", "supervision"}.intersection(operation.tags or ()):
            continue

        @TRIES
        @given(case=operation.as_strategy(generation_mode=mode))
        def answer(case: Case) -> None:
            # Ids, etags and duties that the schema allows needn't be there.
            case.headers.pop("Authorization", None)
            reaching_the_api(case).call_and_validate(
                headers=headers,
                excluded_checks=[
                    positive_data_acceptance,
                    ignored_auth,
                    missing_required_header,
                    *([negative_data_rejection] if case.method == "GET" else []),
                ],
            )

        with subtests.test(operation.label), suppress(Unsatisfiable):
            answer()


@pytest.fixture
def document(served: "Served") -> dict[str, Any]:
    found: dict[str, Any] = served.stranger().get("/openapi.json").json()
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(path, method, each) for path, methods in document["paths"].items() for method, each in methods.items()]


def test_the_description_is_valid_openapi(document: dict[str, Any]) -> None:
    OpenAPIV31SpecValidator(document).validate()


def test_everything_is_named_explained_and_guarded(document: dict[str, Any]) -> None:
    names = []
    for path, method, operation in operations(document):
        where = f"{method} {path}"
        names.append(operation["operationId"])
        assert operation["summary"], where
        assert operation["description"], where
        assert operation["tags"], where
        guarded = path not in OPEN and where not in {"delete /v1/session", "post /v1/session/sign-in"}
        assert ("security" in operation) == guarded, where
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"], (where, status)
        assert ("401" in operation["responses"]) == guarded or path == "/v1/session/sign-in", where
    assert len(set(names)) == len(names) == OPERATIONS
    assert all("Validation" not in name for name in document["components"]["schemas"])
    assert set(document["components"]["securitySchemes"]) == {"ApiKey", "Session"}
