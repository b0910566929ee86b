from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import httpx
import pytest

from api.accounts.administration import Actor, add_account
from api.accounts.passwords import matches
from api.security.keys import Scope
from api.security.sessions import COOKIE
from api.storage.models import utc_now

if TYPE_CHECKING:
    from conftest import Serve, Served

HEADER = {"X-Hotline-Request": "1"}
PASSWORD = "a long enough one"


@pytest.fixture
def served_everywhere(database_url: str, serve_on: "Serve") -> "Served":
    return serve_on(database_url, sign_in_tries=3)


@pytest.fixture
def account(served_everywhere: "Served") -> Callable[..., str]:
    def make(login: str, role: str = "operator", *, must_change: bool = False) -> str:
        with served_everywhere.database.transaction() as uow:
            issued = add_account(
                uow,
                Actor("command", "test"),
                login=login,
                name=login.title(),
                role=role,
                password=PASSWORD,  # type: ignore[arg-type]
            )
            issued.account.must_change_password = must_change
            return issued.account.id

    return make


def sign_in(served: "Served", login: str, password: str = PASSWORD) -> httpx.Client:
    client = served.stranger()
    response = client.post("/v1/session/sign-in", json={"login": login, "password": password})
    assert response.status_code == 200, response.text
    client.headers.update(HEADER)
    return client


def test_a_person_signs_in_and_out_and_the_cookie_is_of_no_use_after(
    served_everywhere: "Served", account: Callable[..., str]
) -> None:
    account_id = account("li")
    client = served_everywhere.stranger()
    answer = client.post("/v1/session/sign-in", json={"login": "li", "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert answer.json()["scopes"] == ["intake", "review"]
    assert answer.json()["account"]["id"] == account_id
    assert client.get("/v1/session").json()["account"]["role"] == "operator"
    value = client.cookies[COOKIE]
    assert client.delete("/v1/session").status_code == 204
    again = served_everywhere.stranger().get("/v1/calls", headers={"Cookie": f"{COOKIE}={value}"})
    assert again.status_code == 401
    with served_everywhere.database.reading() as uow:
        assert [entry.action for entry in uow.access.audit_of(account_id)] == ["add_account", "sign_in", "sign_out"]


def test_no_answer_tells_whether_there_is_such_a_login(
    served_everywhere: "Served", account: Callable[..., str]
) -> None:
    account("li")
    told = []
    for login in ("li", "nobody"):
        client = served_everywhere.stranger()
        answers = [client.post("/v1/session/sign-in", json={"login": login, "password": "wrong"}) for _ in range(3)]
        told.append([(answer.status_code, answer.json()["detail"], answer.json()["type"]) for answer in answers])
    assert told[0] == told[1]
    assert [status for status, *_ in told[0]] == [401, 401, 429]


def test_a_locked_login_opens_neither_with_the_password_until_an_admin_resets_it(
    served_everywhere: "Served", account: Callable[..., str]
) -> None:
    account("boss", "admin")
    account_id = account("li")
    client = served_everywhere.stranger()
    for _ in range(3):
        locked = client.post("/v1/session/sign-in", json={"login": "li", "password": "wrong"})
    assert locked.json()["type"].endswith(":locked")
    assert 0 < int(locked.headers["retry-after"]) <= 900
    assert client.post("/v1/session/sign-in", json={"login": "li", "password": PASSWORD}).status_code == 429
    issued = sign_in(served_everywhere, "boss").post(f"/v1/accounts/{account_id}/reset").json()
    signed = client.post("/v1/session/sign-in", json={"login": "li", "password": issued["password"]})
    assert signed.json()["account"]["must_change_password"] is True


def test_a_lock_ends_by_itself_and_a_success_forgets_failures(serve_on: "Serve", sqlite_url: str) -> None:
    served = serve_on(sqlite_url, sign_in_tries=2, sign_in_lock=timedelta(milliseconds=300))
    with served.database.transaction() as uow:
        add_account(uow, Actor("command", "t"), login="li", name="Li", role="operator", password=PASSWORD)
    client = served.stranger()
    wrong = {"login": "li", "password": "wrong"}
    assert client.post("/v1/session/sign-in", json=wrong).status_code == 401
    sign_in(served, "li")
    assert client.post("/v1/session/sign-in", json=wrong).status_code == 401
    assert client.post("/v1/session/sign-in", json=wrong).status_code == 429
    served.wait_for(
        lambda: client.post("/v1/session/sign-in", json={"login": "li", "password": PASSWORD}).status_code == 200
    )


def test_a_given_password_must_be_changed_before_anything_else(
    served_everywhere: "Served", account: Callable[..., str]
) -> None:
    account("li", must_change=True)
    client = sign_in(served_everywhere, "li")
    refused = client.get("/v1/calls")
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:hotline:problem:password-change-required")
    change = {"current": PASSWORD, "new": "another one of mine"}
    assert client.put("/v1/session/password", json={**change, "current": "x"}).json()["type"].endswith("wrong-password")
    for bad in ("short", "aaaaaaaaaaaaaa", "li-li-li-li-xyz", PASSWORD):
        assert client.put("/v1/session/password", json={**change, "new": bad}).status_code == 422
    assert client.put("/v1/session/password", json=change).status_code == 200
    assert client.get("/v1/calls").status_code == 200
    sign_in(served_everywhere, "li", "another one of mine")


def test_signing_out_everywhere_and_a_new_password_end_the_other_browsers(
    served_everywhere: "Served", account: Callable[..., str]
) -> None:
    account("li")
    one, two = sign_in(served_everywhere, "li"), sign_in(served_everywhere, "li")
    one.put("/v1/session/password", json={"current": PASSWORD, "new": "another one of mine"})
    assert (one.get("/v1/session").status_code, two.get("/v1/session").status_code) == (200, 401)
    three = sign_in(served_everywhere, "li", "another one of mine")
    assert three.delete("/v1/session/everywhere").status_code == 204
    assert (one.get("/v1/session").status_code, three.get("/v1/session").status_code) == (401, 401)


def test_a_change_by_cookie_needs_the_header_that_other_sites_cannot_set(
    served_everywhere: "Served", account: Callable[..., str]
) -> None:
    account("boss", "admin")
    client = sign_in(served_everywhere, "boss")
    del client.headers["X-Hotline-Request"]
    new = {"login": "wang", "name": "Wang", "role": "operator"}
    assert client.post("/v1/accounts", json=new).status_code == 403
    assert client.post("/v1/accounts", json=new, headers=HEADER).status_code == 201


def test_admins_administer_and_the_last_one_stays(served_everywhere: "Served", account: Callable[..., str]) -> None:
    boss = account("boss", "admin")
    client = sign_in(served_everywhere, "boss")
    made = client.post("/v1/accounts", json={"login": "wang", "name": "王", "role": "supervisor"}).json()
    assert made["account"]["may_download"] is True
    assert client.post("/v1/accounts", json={"login": "wang", "name": "x", "role": "intake"}).status_code == 409
    wang = sign_in(served_everywhere, "wang", made["password"])
    changed = client.patch(f"/v1/accounts/{made['account']['id']}", json={"role": "operator", "may_download": False})
    assert (changed.json()["role"], changed.json()["may_download"]) == ("operator", False)
    assert wang.get("/v1/session").status_code == 401
    for change in ({"disabled": True}, {"role": "operator"}):
        assert client.patch(f"/v1/accounts/{boss}", json=change).status_code == 409
    assert client.patch(f"/v1/accounts/{made['account']['id']}", json={"disabled": True}).json()["disabled_at"]
    refused = served_everywhere.stranger().post(
        "/v1/session/sign-in", json={"login": "wang", "password": made["password"]}
    )
    assert refused.status_code == 401
    assert [each["login"] for each in client.get("/v1/accounts").json()] == ["boss", "wang"]
    assert [each["name"] for each in client.get("/v1/colleagues").json()] == ["Boss"]


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("intake", set()),
        ("operator", {"calls"}),
        ("supervisor", {"calls", "audit"}),
        ("admin", {"calls", "audit", "accounts"}),
    ],
)
def test_each_role_may_do_its_own(
    served_everywhere: "Served", account: Callable[..., str], role: str, allowed: set[str]
) -> None:
    account("li", role)
    client = sign_in(served_everywhere, "li")
    for address in ("calls", "audit", "accounts"):
        assert (client.get(f"/v1/{address}").status_code == 200) == (address in allowed), address
    assert client.get("/v1/recordings").status_code == 200


def test_supervisors_read_who_saw_and_did_what(served_everywhere: "Served", account: Callable[..., str]) -> None:
    account("boss", "supervisor")
    li = account("li")
    sign_in(served_everywhere, "li")
    sign_in(served_everywhere, "li")
    client = sign_in(served_everywhere, "boss")
    first = client.get("/v1/audit", params={"actor": li, "limit": 1}).json()
    assert (first["items"][0]["action"], first["items"][0]["actor_name"]) == ("sign_in", "Li")
    second = client.get("/v1/audit", params={"actor": li, "limit": 1, "cursor": first["next_cursor"]}).json()
    assert second["items"][0]["id"] < first["items"][0]["id"]
    assert second["next_cursor"] is None
    future = (utc_now() + timedelta(days=1)).isoformat()
    assert client.get("/v1/audit", params={"since": future}).json()["items"] == []
    assert client.get("/v1/audit", params={"action": "add_account", "subject": li}).json()["items"][0]["detail"] == {
        "login": "li",
        "role": "operator",
    }


def test_keys_go_on_working_and_have_no_account(served_everywhere: "Served") -> None:
    client = served_everywhere.client(Scope.REVIEW)
    assert client.get("/v1/session").json()["account"] is None
    assert client.delete("/v1/session/everywhere").status_code == 403
    assert client.put("/v1/session/password", json={"current": "x", "new": "y"}).status_code == 403


def test_no_password_is_kept_or_accepted_without_one() -> None:
    assert not matches("", None)
    assert not matches("x", "not a hash")
