from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import OpenAPIV31SpecValidator
from schemathesis import Case, GenerationMode
from schemathesis.specs.openapi.checks import positive_data_acceptance

if TYPE_CHECKING:
    from conftest import Serve, Served

KEY = "a-key-that-a-script-made-for-itself"
OPEN = {"/healthz", "/readyz", "/metrics"}


@pytest.fixture
def described(serve_on: "Serve", sqlite_url: str) -> Any:
    """The running API, as it describes itself. Streams of events never end and have tests of their own."""
    served = serve_on(sqlite_url)
    served.living_worker()
    client = served.client(key=KEY)
    recording = client.post("/v1/recordings", files={"file": ("a.wav", b"audio")}).json()
    served.finish_recording(recording["id"], "喂")
    served.write_ticket(recording["call_id"])
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json")
    return schema.exclude(path="/v1/alerts/stream").exclude(operation_id="createTranscription")


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
def test_every_answer_is_as_described(described: Any, mode: GenerationMode, subtests: pytest.Subtests) -> None:
    tried = 0
    for result in described.get_all_operations():
        operation = result.ok()

        @settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.as_strategy(generation_mode=mode))
        def answer(case: Case) -> None:
            # A well-formed URL may lead nowhere: no description can say which do.
            left_out = [positive_data_acceptance] if case.operation.label == "POST /v1/recordings" else []
            case.call_and_validate(headers={"Authorization": f"Bearer {KEY}"}, excluded_checks=left_out)

        with subtests.test(operation.label), suppress(Unsatisfiable):
            tried += 1
            answer()
    assert tried > 15


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
        guarded = path not in OPEN and where != "delete /v1/session"
        assert ("security" in operation) == guarded, where
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"], (where, status)
        assert ("401" in operation["responses"]) == guarded, where
    assert len(set(names)) == len(names) == 28
    assert all("Validation" not in name for name in document["components"]["schemas"])
    assert set(document["components"]["securitySchemes"]) == {"ApiKey", "Session"}
