"""Persons with accounts, signed in as their browsers are."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import httpx
from playwright.sync_api import BrowserContext

PASSWORD: Final = "correct horse battery"
PEOPLE: Final = {
    "wang": ("王芳", "operator"),
    "li": ("李强", "operator"),
    "zhao": ("赵敏", "supervisor"),
    "sun": ("孙立", "admin"),
}
REQUEST: Final = {"X-Hotline-Request": "1"}


class Operators:
    """Makes the accounts by the API, and gives browsers their sessions."""

    def __init__(self, address: str, key: str) -> None:
        self._address = address
        self._key = key
        self._sessions: dict[str, dict[str, str]] = {}
        for login, (name, role) in PEOPLE.items():
            one_time = self.add(login, name, role)
            with httpx.Client(base_url=address, headers=REQUEST) as client:
                self._post(client, login, one_time)
                changed = client.put("/v1/session/password", json={"current": one_time, "new": PASSWORD})
                changed.raise_for_status()

    def add(self, login: str, name: str, role: str) -> str:
        """An account; its one-time password."""
        answer = httpx.post(
            f"{self._address}/v1/accounts",
            headers={"Authorization": f"Bearer {self._key}"},
            json={"login": login, "name": name, "role": role},
        )
        return str(answer.raise_for_status().json()["password"])

    @contextmanager
    def client(self, login: str) -> Iterator[httpx.Client]:
        """The API as the person's browser asks it."""
        with httpx.Client(base_url=self._address, headers=REQUEST) as client:
            self._post(client, login, PASSWORD)
            yield client

    def sign_in(self, context: BrowserContext, login: str) -> None:
        """Give a browser the session of a person, which all browsers of that person share."""
        if login not in self._sessions:
            with self.client(login) as client:
                self._sessions[login] = {cookie.name: cookie.value or "" for cookie in client.cookies.jar}
        for name, value in self._sessions[login].items():
            context.add_cookies([{"name": name, "value": value, "url": self._address}])

    def _post(self, client: httpx.Client, login: str, password: str) -> Any:
        return client.post("/v1/session/sign-in", json={"login": login, "password": password}).raise_for_status()
