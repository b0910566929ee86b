from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest
from typer.testing import CliRunner

from api.cli import app as command
from api.security.keys import Scope, key_hash, new_key, parse_scopes
from api.security.sessions import Sessions, server_secret
from api.settings import get_settings
from api.storage.models import utc_now

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Served

PROTECTED = [
    "/v1/recordings",
    "/v1/calls",
    "/v1/alerts",
    "/v1/alerts/stream",
    "/v1/city",
    "/v1/models",
    "/v1/session",
    "/v1/accounts",
    "/v1/audit",
    "/v1/colleagues",
]


@pytest.mark.parametrize("address", PROTECTED)
def test_no_key_no_data(served: "Served", address: str) -> None:
    stranger = served.stranger()
    wrong = [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Bearer"},
        {"Authorization": "Basic YTpi"},
        {"Authorization": "Bearer \xe9"},
        {"Cookie": "hotline_session=forged"},
    ]
    for headers in wrong:
        response = stranger.get(address, headers={name: value.encode("latin-1") for name, value in headers.items()})
        assert response.status_code == 401, headers
        assert response.headers["www-authenticate"].startswith("Bearer")
        assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "address", "scopes"),
    [
        ("POST", "/v1/recordings", {Scope.INTAKE}),
        ("GET", "/v1/recordings", {Scope.INTAKE, Scope.REVIEW}),
        ("GET", "/v1/recordings/rec_{0}", {Scope.INTAKE, Scope.REVIEW}),
        ("GET", "/v1/recordings/rec_{0}/transcript", {Scope.REVIEW}),
        ("GET", "/v1/recordings/rec_{0}/audio", {Scope.REVIEW}),
        ("POST", "/v1/recordings/rec_{0}/rerun", {Scope.REVIEW}),
        ("DELETE", "/v1/recordings/rec_{0}", {Scope.ADMIN}),
        ("GET", "/v1/calls", {Scope.REVIEW}),
        ("GET", "/v1/calls/call_{0}", {Scope.REVIEW}),
        ("GET", "/v1/calls/call_{0}/transcript", {Scope.REVIEW}),
        ("GET", "/v1/calls/call_{0}/ticket", {Scope.REVIEW}),
        ("GET", "/v1/calls/call_{0}/events", {Scope.REVIEW}),
        ("POST", "/v1/calls/call_{0}/rerun", {Scope.REVIEW}),
        ("DELETE", "/v1/calls/call_{0}", {Scope.ADMIN}),
        ("GET", "/v1/alerts", {Scope.REVIEW}),
        ("POST", "/v1/audio/transcriptions", {Scope.INTAKE}),
        ("GET", "/v1/models", {Scope.INTAKE, Scope.REVIEW}),
        ("GET", "/v1/city", {Scope.INTAKE, Scope.REVIEW}),
        ("GET", "/v1/accounts", {Scope.ADMIN}),
        ("GET", "/v1/audit", {Scope.SUPERVISE}),
        ("GET", "/v1/colleagues", {Scope.REVIEW}),
    ],
)  # fmt: skip
def test_each_address_takes_its_scopes_alone(served: "Served", method: str, address: str, scopes: set[Scope]) -> None:
    for scope in Scope:
        body = {"json": {}} if method == "POST" and address.endswith("rerun") else {}
        response = served.client(scope).request(method, address.format("0" * 32), **body)  # type: ignore[arg-type]
        assert (response.status_code == 403) == (scope not in scopes), (scope, response.text)


def test_revoked_and_expired_keys_are_refused_and_use_is_noted(served: "Served") -> None:
    past = utc_now() - timedelta(seconds=1)
    for columns in ({"revoked_at": past}, {"expires_at": past}):
        assert served.client(key=served.key(Scope.INTAKE, **columns)).get("/v1/session").status_code == 401
    client = served.client(key=served.key(Scope.INTAKE, expires_at=utc_now() + timedelta(minutes=1)))
    assert client.get("/v1/session").json() == {
        "name": "test",
        "scopes": ["intake"],
        "expires_at": None,
        "account": None,
    }
    served.state.gatekeeper.close()
    with served.database.reading() as uow:
        noted = [key.last_used_at is not None for key in uow.access.keys()]  # noqa: SIM118 -- not a dict
    assert noted == [False, False, True]


def test_keys_are_kept_as_hashes_alone(served: "Served", tmp_path: "Path") -> None:
    secret = served.key(Scope.INTAKE)
    assert served.client(key=secret).get("/v1/session").status_code == 200
    assert key_hash(secret).encode() in b"".join(path.read_bytes() for path in tmp_path.glob("hotline.sqlite*"))
    assert secret.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("hotline.sqlite*"))


def test_new_keys_have_256_random_bits() -> None:
    keys = {new_key().secret for _ in range(100)}
    assert len(keys) == 100
    assert all(len(key.removeprefix("hotline_")) == 43 for key in keys)


def test_a_session_stands_for_a_key(served: "Served") -> None:
    secret = served.key(Scope.REVIEW, Scope.ADMIN)
    browser = served.stranger()
    opened = browser.post("/v1/session", headers={"Authorization": f"Bearer {secret}"})
    assert opened.status_code == 200
    cookie = opened.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert secret not in cookie
    assert browser.get("/v1/calls").status_code == 200
    call = "/v1/calls/call_" + "0" * 32
    assert browser.delete(call).status_code == 403
    assert browser.delete(call, headers={"X-Hotline-Request": "1"}).status_code == 404
    # A wrong key is refused whatever the cookie says.
    assert browser.get("/v1/calls", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert browser.get("/v1/calls", headers={"Authorization": "Basic YTpi"}).status_code == 401
    assert browser.delete("/v1/session").status_code == 204
    assert browser.get("/v1/calls").status_code == 401
    browser.post("/v1/session", headers={"Authorization": f"Bearer {secret}"})
    with served.database.transaction() as uow:
        key = uow.access.key_by_hash(key_hash(secret))
        assert key is not None
        key.revoked_at = utc_now()
    assert browser.get("/v1/calls").status_code == 401


def test_the_scripts_own_key_has_all_scopes_and_sessions(served: "Served") -> None:
    client = served.client(key="a-key-that-a-script-made-for-itself")
    assert client.post("/v1/session").json()["scopes"] == ["admin", "intake", "review", "supervise"]
    del client.headers["authorization"]
    assert client.get("/v1/calls").status_code == 200


def test_sessions_end_and_cannot_be_forged(tmp_path: "Path") -> None:
    secret = server_secret(tmp_path)
    assert server_secret(tmp_path) == secret
    assert (tmp_path / "session.secret").stat().st_mode & 0o077 == 0
    cookie = Sessions(secret, timedelta(hours=1)).issue("key_1")
    assert Sessions(secret, timedelta(hours=1)).key_id(cookie) == "key_1"
    assert Sessions(b"other", timedelta(hours=1)).key_id(cookie) is None
    assert Sessions(secret, timedelta(seconds=-2)).key_id(cookie) is None
    body, _, rest = cookie.partition(".")
    other = Sessions(secret, timedelta(hours=1)).issue("key_2").partition(".")[0]
    assert Sessions(secret, timedelta(hours=1)).key_id(f"{other}.{rest}") is None
    assert Sessions(secret, timedelta(hours=1)).key_id(body) is None
    assert Sessions(secret, timedelta(hours=1)).key_id("") is None


def test_scopes_by_name() -> None:
    assert parse_scopes(["review", "intake"]) == {Scope.INTAKE, Scope.REVIEW}
    with pytest.raises(ValueError, match="'root'"):
        parse_scopes(["root"])


def test_keys_are_made_listed_and_revoked_by_command(
    served: "Served", tmp_path: "Path", monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("HOTLINE_DATABASE_URL", served.state.settings.database)
    get_settings.cache_clear()
    run = CliRunner().invoke
    try:
        made = run(command, ["keys", "create", "recorder-1", "--scope", "intake", "--days", "30"])
        assert made.exit_code == 0, made.output
        secret = made.stdout.strip()
        assert served.client(key=secret).get("/v1/session").json()["name"] == "recorder-1"
        listed = run(command, ["keys", "list"])
        with served.database.reading() as uow:
            identifier = uow.access.keys()[0].id
        assert identifier in listed.stdout
        assert "valid" in listed.stdout
        assert secret not in listed.stdout
        assert run(command, ["keys", "revoke", identifier]).exit_code == 0
        assert served.client(key=secret).get("/v1/session").status_code == 401
        assert "revoked" in run(command, ["keys", "list"]).stdout
        assert run(command, ["keys", "revoke", "key_none"]).exit_code != 0
        assert run(command, ["keys", "create", "x", "--scope", "root"]).exit_code != 0
        with served.database.reading() as uow:
            assert [entry.action for entry in uow.access.audit_of(identifier)] == ["create_key", "revoke_key"]
    finally:
        get_settings.cache_clear()


def test_a_key_never_comes_by_query(served: "Served") -> None:
    secret = served.key(Scope.REVIEW)
    assert served.stranger().get("/v1/calls", params={"access_token": secret}).status_code == 401


def test_cors_is_off_unless_set(served: "Served") -> None:
    response = httpx.options(
        f"{served.url}/v1/calls", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "GET"}
    )
    assert "access-control-allow-origin" not in response.headers
