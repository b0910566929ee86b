import base64
import hashlib
import json
import socket
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from pydantic import ValidationError

from api.accounts.administration import Actor, add_account
from api.accounts.passwords import matches
from api.accounts.signing_in import login_hash
from api.security.sessions import COOKIE
from api.settings import Settings
from api.storage.models import SignInFailure, utc_now
from tests.api.http.identity_providers import BARE, Relay, provider

if TYPE_CHECKING:
    from conftest import Serve, Served

CLIENT = "hotline"
ROLES = {"hotline-staff": "operator", "hotline-leads": "supervisor"}
CALLBACK = "/v1/session/oidc/callback"
STAFF: dict[str, Any] = {"preferred_username": "li.na", "name": "李娜", "groups": ["all", "hotline-staff"]}


@pytest.fixture(scope="module")
def upstream() -> Iterator[str]:
    with provider("--require-nonce") as url:
        yield url


@pytest.fixture
def relay(upstream: str) -> Iterator[Relay]:
    with Relay(upstream) as relay:
        relay.user("u-1", **STAFF)
        yield relay


@pytest.fixture
def serve_with(serve_on: "Serve", sqlite_url: str) -> Callable[..., "Served"]:
    def start(relay: Relay, url: str = sqlite_url, **changes: Any) -> "Served":
        usual = {"oidc_issuer": relay.url, "oidc_client_id": CLIENT, "oidc_client_secret": "s", "oidc_roles": ROLES}
        return serve_on(url, **{**usual, **changes})

    return start


@pytest.fixture
def served(serve_with: Callable[..., "Served"], relay: Relay) -> "Served":
    return serve_with(relay)


def begin(browser: httpx.Client, **query: str) -> str:
    answer = browser.get("/v1/session/oidc", params=query)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def come_back(browser: httpx.Client, address: str) -> httpx.Response:
    parts = urlsplit(address)
    assert parts.path == CALLBACK
    return browser.get(f"{parts.path}?{parts.query}")


def sign_in(served: "Served", relay: Relay, subject: str = "u-1") -> tuple[httpx.Client, httpx.Response]:
    browser = served.stranger()
    return browser, come_back(browser, relay.approve(begin(browser), subject))


def why(answer: httpx.Response) -> str:
    """Why nobody was signed in."""
    assert answer.status_code == 303
    assert COOKIE not in answer.cookies
    parts = urlsplit(answer.headers["location"])
    assert parts.path == "/sign-in"
    return parse_qs(parts.query)["oidc"][0]


def refusals(served: "Served") -> list[tuple[str, Any]]:
    with served.database.reading() as uow:
        return [(entry.actor, entry.detail) for entry in uow.access.audit_of("session")]


def changed(address: str, **query: str) -> str:
    parts = urlsplit(address)
    old = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return str(httpx.URL(parts._replace(query="").geturl(), params=old | query))


def test_the_first_sign_in_makes_the_account_and_opens_a_session_as_any_other(
    serve_with: Callable[..., "Served"], relay: Relay, database_url: str
) -> None:
    served = serve_with(relay, database_url)
    browser = served.stranger()
    assert browser.get("/v1/session/ways").json() == {
        "password": True,
        "oidc": {"label": "统一身份认证", "url": "/v1/session/oidc"},
    }
    started = browser.get("/v1/session/oidc", params={"next": "/calls?q=a"})
    asked = started.headers["set-cookie"]
    assert "HttpOnly" in asked
    assert "SameSite=lax" in asked
    assert "Path=/v1/session/oidc" in asked
    answer = come_back(browser, relay.approve(started.headers["location"], "u-1"))
    assert answer.headers["location"] == "/calls?q=a"
    given = next(each for each in answer.headers.get_list("set-cookie") if each.startswith(COOKIE))
    assert "HttpOnly" in given
    assert "SameSite=strict" in given
    account = browser.get("/v1/session").json()["account"]
    assert (account["login"], account["name"], account["role"]) == ("li.na", "李娜", "operator")
    assert account["may_download"] is account["must_change_password"] is False
    assert browser.get("/v1/queue").status_code == 200
    assert browser.get("/v1/accounts").status_code == 403
    with served.database.reading() as uow:
        entries = [
            (each.actor_kind, each.actor, each.action, each.detail) for each in uow.access.audit_of(account["id"])
        ]
    assert entries == [
        ("provider", "127.0.0.1", "add_account", {"login": "li.na", "role": "operator"}),
        ("operator", account["id"], "sign_in", {"through": "oidc"}),
    ]


def test_the_code_is_bound_to_this_server_by_pkce(served: "Served", relay: Relay) -> None:
    browser = served.stranger()
    address = begin(browser)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == f"{served.url}{CALLBACK}"
    assert len(asked["state"]) >= 20
    assert len(asked["nonce"]) >= 20
    come_back(browser, relay.approve(address, "u-1"))
    verifier = relay.token_requests()[0]["code_verifier"][0]
    digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    assert digest == asked["code_challenge"]


def test_the_public_address_is_where_the_provider_sends_the_browser(
    serve_with: Callable[..., "Served"], relay: Relay
) -> None:
    served = serve_with(relay, public_url="https://hotline.example")
    started = served.stranger().get("/v1/session/oidc")
    asked = parse_qs(urlsplit(started.headers["location"]).query)
    assert asked["redirect_uri"] == [f"https://hotline.example{CALLBACK}"]
    assert "Secure" in started.headers["set-cookie"]


def test_name_and_role_follow_the_provider_and_a_changed_role_ends_other_sessions(
    served: "Served", relay: Relay
) -> None:
    before, _ = sign_in(served, relay)
    relay.user("u-1", **{**STAFF, "name": "李娜娜", "groups": ["hotline-staff", "hotline-leads"]})
    after, _ = sign_in(served, relay)
    account = after.get("/v1/session").json()["account"]
    assert (account["name"], account["role"], account["may_download"]) == ("李娜娜", "supervisor", True)
    assert before.get("/v1/session").status_code == 401
    again, _ = sign_in(served, relay)
    assert after.get("/v1/session").status_code == 200
    relay.user("u-1", **STAFF)
    demoted, _ = sign_in(served, relay)
    assert demoted.get("/v1/session").json()["account"]["may_download"] is False
    assert again.get("/v1/session").status_code == 401


def test_nobody_gets_in_without_a_role_and_whoever_loses_it_is_out(served: "Served", relay: Relay) -> None:
    relay.user("u-2", preferred_username="stranger", name="某某", groups=["all"])
    assert why(sign_in(served, relay, "u-2")[1]) == "no-role"
    browser, _ = sign_in(served, relay)
    relay.user("u-1", **{**STAFF, "groups": []})
    assert why(sign_in(served, relay)[1]) == "no-role"
    assert browser.get("/v1/session").status_code == 401
    with served.database.reading() as uow:
        assert uow.accounts.by_login("stranger") is None
        account = uow.accounts.by_login("li.na")
    assert account is not None
    detail = {"through": "oidc", "why": "no-role"}
    assert refusals(served) == [("unknown", detail), (account.id, detail)]


def test_another_state_or_browser_or_a_second_use_signs_nobody_in(served: "Served", relay: Relay) -> None:
    browser = served.stranger()
    back = relay.approve(begin(browser), "u-1")
    # A link that somebody else was given: without his cookie it is of no use.
    assert why(come_back(served.stranger(), back)) == "stale"
    assert why(come_back(browser, changed(back, state="another"))) == "stale"
    assert why(come_back(browser, back)) == "stale"
    assert relay.token_requests() == []


def test_a_token_for_another_sign_in_is_refused(served: "Served", relay: Relay) -> None:
    browser = served.stranger()
    back = relay.approve(changed(begin(browser), nonce="another"), "u-1")
    assert why(come_back(browser, back)) == "invalid"


def test_a_token_that_was_changed_on_the_way_is_refused(served: "Served", relay: Relay) -> None:
    def raised(answer: httpx.Response) -> bytes:
        token = answer.json()
        head, body, signature = token["id_token"].split(".")
        claims = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        claims["groups"] = ["hotline-leads"]
        body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
        return json.dumps({**token, "id_token": f"{head}.{body}.{signature}"}).encode()

    relay.alter["/oauth2/token"] = raised
    assert why(sign_in(served, relay)[1]) == "invalid"


@pytest.mark.parametrize("other", ["audience", "issuer"])
def test_a_genuine_token_of_another_client_or_issuer_is_refused(
    served: "Served", relay: Relay, upstream: str, other: str
) -> None:
    browser = served.stranger()
    address = begin(browser)
    # The same provider signs for others too: with the same key and the very nonce of this sign-in.
    client = "another" if other == "audience" else CLIENT
    back = BARE.post(changed(address, client_id=client), data={"sub": "u-1"}).headers["location"]
    code = parse_qs(urlsplit(back).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": f"{served.url}{CALLBACK}"}
    at = upstream if other == "issuer" else relay.url
    theirs = BARE.post(f"{at}/oauth2/token", data=form, auth=(client, "s")).json()["id_token"]
    relay.alter["/oauth2/token"] = lambda answer: json.dumps({**answer.json(), "id_token": theirs}).encode()
    assert why(come_back(browser, relay.approve(address, "u-1"))) == "invalid"


def test_an_expired_token_is_refused(serve_with: Callable[..., "Served"]) -> None:
    with provider("--token-max-age=-60") as upstream, Relay(upstream) as relay:
        relay.user("u-1", **STAFF)
        assert why(sign_in(serve_with(relay), relay)[1]) == "invalid"


def test_keys_that_the_provider_changed_are_asked_for_anew(serve_with: Callable[..., "Served"]) -> None:
    with provider() as first, provider() as second, Relay(first) as relay:
        served = serve_with(relay)
        for upstream in (first, second):
            relay.upstream = upstream
            relay.user("u-1", **STAFF)
            browser, _ = sign_in(served, relay)
            assert browser.get("/v1/session").status_code == 200


def test_a_provider_that_says_no_leads_back_to_the_page(served: "Served", relay: Relay) -> None:
    for error, expected in (("access_denied", "cancelled"), ("server_error", "refused")):
        browser = served.stranger()
        state = parse_qs(urlsplit(begin(browser, next="/queue")).query)["state"][0]
        answer = browser.get(CALLBACK, params={"error": error, "state": state})
        assert why(answer) == expected
        assert parse_qs(urlsplit(answer.headers["location"]).query)["next"] == ["/queue"]
    browser = served.stranger()
    state = parse_qs(urlsplit(begin(browser)).query)["state"][0]
    assert why(browser.get(CALLBACK, params={"code": "made-up", "state": state})) == "refused"


def test_a_provider_that_is_down_leads_back_and_serves_once_it_is_up(
    serve_with: Callable[..., "Served"], relay: Relay
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    served = serve_with(relay, oidc_issuer=nobody, oidc_timeout="2")
    assert begin(served.stranger()) == "/sign-in?oidc=unavailable"


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/oauth2/token", "/jwks"])
@pytest.mark.parametrize("answered", [b"<html>Bad gateway</html>", b"[]", b"{}"], ids=["html", "list", "empty"])
def test_nonsense_from_the_provider_signs_nobody_in_and_does_not_stay(
    served: "Served", relay: Relay, path: str, answered: bytes
) -> None:
    relay.alter[path] = lambda _: answered
    browser = served.stranger()
    address = begin(browser)
    if path.startswith("/."):
        assert address == "/sign-in?oidc=unavailable"
    else:
        assert why(come_back(browser, relay.approve(address, "u-1"))) in {"unavailable", "refused", "invalid"}
    relay.alter.clear()
    assert sign_in(served, relay)[0].get("/v1/session").status_code == 200


def test_metadata_of_another_issuer_are_not_believed(serve_with: Callable[..., "Served"], relay: Relay) -> None:
    served = serve_with(relay, oidc_issuer=f"{relay.url}/")
    assert begin(served.stranger()) == "/sign-in?oidc=unavailable"


def test_claims_that_the_token_lacks_are_asked_for(serve_with: Callable[..., "Served"], relay: Relay) -> None:
    served = serve_with(relay, oidc_role_claim="realm_access.roles")
    told = {"realm_access": {"roles": ["hotline-leads"]}}
    relay.alter["/userinfo"] = lambda answer: json.dumps({**answer.json(), **told}).encode()
    browser, _ = sign_in(served, relay)
    assert browser.get("/v1/session").json()["account"]["role"] == "supervisor"
    relay.alter["/userinfo"] = lambda answer: json.dumps({**answer.json(), **told, "sub": "u-9"}).encode()
    assert why(sign_in(served, relay)[1]) == "invalid"


def test_a_person_without_a_login_is_told_so(served: "Served", relay: Relay) -> None:
    relay.user("u-3", name="无名", groups=["hotline-staff"])
    assert why(sign_in(served, relay, "u-3")[1]) == "incomplete"


def test_a_disabled_account_and_a_locked_login_stay_out(served: "Served", relay: Relay) -> None:
    browser, _ = sign_in(served, relay)
    account_id = browser.get("/v1/session").json()["account"]["id"]
    for _ in range(5):
        last = served.stranger().post("/v1/session/sign-in", json={"login": "li.na", "password": "guess"})
    assert last.status_code == 429
    assert why(sign_in(served, relay)[1]) == "locked"
    with served.database.transaction() as uow:
        uow.accounts.forget_failures(login_hash("li.na"))
    assert sign_in(served, relay)[1].headers["location"] == "/"
    admin = served.person("boss", "admin")
    assert admin.patch(f"/v1/accounts/{account_id}", json={"disabled": True}).status_code == 200
    assert browser.get("/v1/session").status_code == 401
    assert why(sign_in(served, relay)[1]) == "disabled"


def made_here(served: "Served", login: str) -> str:
    with served.database.transaction() as uow:
        return add_account(uow, Actor("command", "t"), login=login, name="Here", role="admin").account.id


def test_an_account_of_the_same_login_is_taken_over_only_where_that_is_set(
    served: "Served", serve_with: Callable[..., "Served"], relay: Relay
) -> None:
    account_id = made_here(served, "li.na")
    assert why(sign_in(served, relay)[1]) == "login-taken"
    linking = serve_with(relay, oidc_link_existing=True)
    browser, _ = sign_in(linking, relay)
    account = browser.get("/v1/session").json()["account"]
    assert (account["id"], account["role"], account["must_change_password"]) == (account_id, "operator", False)
    with served.database.reading() as uow:
        stored = uow.accounts.get(account_id)
        assert stored is not None
        assert stored.password_hash is None
        assert "link_account" in [each.action for each in uow.access.audit_of(account_id)]
    # From then on it is his: nobody else of that login gets it.
    relay.user("u-4", **STAFF)
    assert why(sign_in(linking, relay, "u-4")[1]) == "login-taken"
    assert sign_in(served, relay)[0].get("/v1/session").json()["account"]["id"] == account_id


def test_a_locked_account_is_not_taken_over(serve_with: Callable[..., "Served"], relay: Relay) -> None:
    served = serve_with(relay, oidc_link_existing=True)
    account_id = made_here(served, "li.na")
    with served.database.transaction() as uow:
        until = utc_now() + served.state.settings.sign_in_lock
        uow.accounts.add_failures(SignInFailure(login_hash=login_hash("li.na"), failures=0, locked_until=until))
    assert why(sign_in(served, relay)[1]) == "locked"
    with served.database.reading() as uow:
        stored = uow.accounts.get(account_id)
        assert stored is not None
        assert stored.subject is None


def test_a_password_of_ones_own_stays_for_when_the_provider_is_down(
    serve_with: Callable[..., "Served"], relay: Relay
) -> None:
    served = serve_with(relay, oidc_link_existing=True)
    served.person("li.na", "operator")
    sign_in(served, relay)
    with served.database.reading() as uow:
        stored = uow.accounts.by_login("li.na")
        assert stored is not None
        assert matches("a long enough one", stored.password_hash)


def test_a_login_that_changed_at_the_provider_follows_unless_it_is_taken(served: "Served", relay: Relay) -> None:
    first = sign_in(served, relay)[0].get("/v1/session").json()["account"]["id"]
    relay.user("u-1", **{**STAFF, "preferred_username": "li.nana"})
    renamed = sign_in(served, relay)[0].get("/v1/session").json()["account"]
    assert (renamed["id"], renamed["login"]) == (first, "li.nana")
    made_here(served, "boss")
    relay.user("u-1", **{**STAFF, "preferred_username": "boss"})
    kept = sign_in(served, relay)[0].get("/v1/session").json()["account"]
    assert (kept["id"], kept["login"]) == (first, "li.nana")


@pytest.mark.parametrize("elsewhere", ["//evil.example", "/\\evil.example", "https://evil.example", "queue"])
def test_nobody_is_led_elsewhere(served: "Served", elsewhere: str) -> None:
    answer = served.stranger().get("/v1/session/oidc", params={"next": elsewhere})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:hotline:problem:invalid-value")


def test_without_a_provider_there_is_no_such_way(serve_on: "Serve", sqlite_url: str) -> None:
    stranger = serve_on(sqlite_url).stranger()
    assert stranger.get("/v1/session/ways").json() == {"password": True, "oidc": None}
    for path in ("/v1/session/oidc", CALLBACK):
        assert stranger.get(path).json()["type"] == "urn:hotline:problem:not-found"


def test_passwords_can_be_switched_off(serve_with: Callable[..., "Served"], relay: Relay) -> None:
    served = serve_with(relay, password_sign_in=False)
    with served.database.transaction() as uow:
        add_account(uow, Actor("command", "t"), login="wang", name="W", role="admin", password="a long enough one")
    answer = served.stranger().post("/v1/session/sign-in", json={"login": "wang", "password": "a long enough one"})
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:hotline:problem:password-sign-in-off")
    assert served.stranger().get("/v1/session/ways").json()["password"] is False
    assert sign_in(served, relay)[0].get("/v1/session").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"password_sign_in": False},
        {"oidc_issuer": "https://id.example", "oidc_roles": ROLES},
        {"oidc_issuer": "https://id.example", "oidc_client_id": "x"},
        {"oidc_issuer": "https://id.example", "oidc_client_id": "x", "oidc_roles": {"g": "king"}},
        {"oidc_issuer": "https://id.example", "oidc_client_id": "x", "oidc_roles": ROLES, "oidc_scope": "profile"},
        {"oidc_issuer": "http://id.example", "oidc_client_id": "x", "oidc_roles": ROLES},
    ],
)
def test_settings_that_let_nobody_in_or_send_secrets_openly_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, **wrong)
