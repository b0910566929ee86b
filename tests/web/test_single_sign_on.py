"""Signing in to the page through a real OpenID Connect provider."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.api.http.identity_providers import Relay, provider
from tests.web.accessibility import accessibility_faults
from tests.web.conftest import ConsoleServer

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def relay() -> Iterator[Relay]:
    """A provider that knows two persons; one of them has no role here."""
    with provider("--require-nonce") as upstream, Relay(upstream) as relay:
        relay.user("u-1", preferred_username="li.na", name="李娜", groups=["hotline-staff"])
        relay.user("u-2", preferred_username="he.jun", name="何军", groups=["canteen"])
        yield relay


@pytest.fixture(scope="module")
def federated(relay: Relay, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ConsoleServer]:
    """A server whose persons may sign in through the provider; nothing is recognised on it."""
    folder: Path = tmp_path_factory.mktemp("federated")
    options = {
        "HOTLINE_WORKERS": "0",
        "HOTLINE_OIDC_ISSUER": relay.url,
        "HOTLINE_OIDC_CLIENT_ID": "hotline",
        "HOTLINE_OIDC_CLIENT_SECRET": "s",
        "HOTLINE_OIDC_ROLES": '{"hotline-staff": "operator"}',
    }
    running = ConsoleServer(folder, options)
    running.start()
    yield running
    running.stop()


def sign_in_at_provider(page: Page, subject: str) -> None:
    """Say at the provider who one is."""
    page.get_by_role("link", name="使用统一身份认证登录").click()
    page.wait_for_url(re.compile("/oauth2/authorize"))
    page.locator("input[name=sub]").fill(subject)
    page.locator("input[name=sub]").press("Enter")


def test_a_person_of_the_provider_comes_back_to_the_page_he_wanted(page: Page, federated: ConsoleServer) -> None:
    page.goto(f"{federated.address}/calls?state=failed")
    expect(page.get_by_role("link", name="使用统一身份认证登录")).to_be_visible()
    expect(page.get_by_label("账号")).to_be_visible()
    assert accessibility_faults(page) == []
    sign_in_at_provider(page, "u-1")
    page.wait_for_url(f"{federated.address}/calls?state=failed")
    expect(page.get_by_role("banner")).to_contain_text("李娜")
    assert page.get_by_role("navigation").get_by_role("link").all_inner_texts() == ["待办", "来电"]


def test_a_person_without_a_role_is_told_whom_to_ask(page: Page, federated: ConsoleServer) -> None:
    page.goto(federated.address)
    sign_in_at_provider(page, "u-2")
    page.wait_for_url(re.compile("/sign-in"))
    expect(page.get_by_test_id("refusal")).to_contain_text("您在本系统没有角色")
    assert accessibility_faults(page) == []
