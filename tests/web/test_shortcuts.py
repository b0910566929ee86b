"""Every shortcut that the help lists does what it says."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.web.conftest import ConsoleServer
from tests.web.operators import Operators

pytestmark = [pytest.mark.acceptance, pytest.mark.model, pytest.mark.timeout(600)]

Waiting = Callable[[str], Any]
PLAYER = "document.querySelector('audio')"


class Keyboard:
    """Presses keys, and remembers which shortcuts were tried."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.tried: set[str] = set()

    def press(self, shortcut: str, *keys: str) -> None:
        """Press the keys of a shortcut, on the page or in what has the focus."""
        self.tried.add(shortcut)
        for key in keys:
            self.page.keyboard.press(key)


@pytest.fixture
def review(
    page: Page, context: BrowserContext, server: ConsoleServer, operators: Operators, waiting: Waiting
) -> tuple[Page, Any]:
    """A ticket opened and claimed by a supervisor, who may go everywhere; nothing of it is hidden any more."""
    operators.sign_in(context, "sun")
    ticket = waiting("shortcuts")
    with operators.client("sun") as client:
        client.post(f"/v1/tickets/{ticket['id']}/reveal", json={"reason": "检查"}).raise_for_status()
    return page, ticket


def heading(page: Page, name: str) -> None:
    """Wait for a page."""
    expect(page.get_by_role("heading", name=name, exact=True).first).to_be_visible()


def test_every_shortcut(
    review: tuple[Page, Any], server: ConsoleServer, operators: Operators, waiting: Waiting
) -> None:
    page, ticket = review
    waiting("shortcuts-other")
    keyboard = Keyboard(page)
    press = keyboard.press
    page.goto(f"{server.address}/shortcuts")
    heading(page, "键盘操作")
    listed = set(page.locator("[data-shortcut]").evaluate_all("all => all.map(one => one.dataset.shortcut)"))

    for shortcut, keys, name in [
        ("go.calls", "gc", "来电"),
        ("go.govern", "ga", "自动派单"),
        ("go.supervise", "gs", "统计"),
        ("go.audit", "gl", "审计日志"),
        ("go.accounts", "gu", "账号"),
        ("go.queue", "gq", "待办"),
    ]:
        press(shortcut, *keys)
        heading(page, name)
    press("help", "?")
    expect(page.get_by_role("dialog", name="键盘操作")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="键盘操作")).to_be_hidden()

    chosen = page.locator("[aria-selected=true]")
    expect(chosen).to_have_count(1)
    first = chosen.get_attribute("data-ticket")
    press("queue.next", "j")
    expect(chosen).not_to_have_attribute("data-ticket", first or "")
    press("queue.previous", "k")
    expect(chosen).to_have_attribute("data-ticket", first or "")
    press("search", "/")
    expect(page.get_by_label("搜索", exact=True)).to_be_focused()
    page.keyboard.type("冲压")
    page.keyboard.press("Escape")
    press("queue.clear", "Escape")
    expect(page.get_by_label("搜索", exact=True)).to_have_value("")
    press("queue.take", "n")
    expect(page.get_by_test_id("mine")).to_be_visible()
    press("act.release", "b")
    expect(page.get_by_test_id("confirm")).to_contain_text("退回")
    press("act.submit", "Control+Enter")
    heading(page, "待办")

    page.goto(f"{server.address}/queue?source=shortcuts")
    expect(page.locator(f"[data-ticket={ticket['id']}]")).to_be_visible()
    press("queue.open", "Enter")
    expect(page.get_by_test_id("mine")).to_be_visible()
    listen(keyboard)
    correct(keyboard)
    fill(keyboard)
    decide(keyboard)

    # Which one was next is the queue's affair; the last key is tried on one that nobody has.
    with operators.client("sun") as client:
        client.delete(f"/v1/tickets/{ticket['id']}/claim")
    page.goto(f"{server.address}/tickets/{ticket['id']}")
    expect(page.get_by_test_id("outcome")).to_contain_text("认领后")
    press("act.claim", "Enter")
    expect(page.get_by_test_id("mine")).to_be_visible()
    assert len(listed) > 40
    assert listed - keyboard.tried == set()


def listen(keyboard: Keyboard) -> None:
    """The player's keys."""
    page, press = keyboard.page, keyboard.press
    expect(page.locator(".turn").first).to_be_visible()
    page.wait_for_function(f"{PLAYER}.readyState > 0")
    press("play.toggle", "Space")
    page.wait_for_function(f"!{PLAYER}.paused")
    press("play.forward", "ArrowRight", "ArrowRight")
    page.wait_for_function(f"{PLAYER}.currentTime > 5")
    press("play.back", "ArrowLeft")
    page.wait_for_function(f"{PLAYER}.currentTime < 5.5")
    press("play.next-turn", "j", "j")
    current = page.locator(".turn[aria-current=true]")
    index = int(current.get_attribute("data-turn") or 0)
    press("play.previous-turn", "k")
    expect(current).to_have_attribute("data-turn", str(index - 1))
    press("play.replay-turn", "r")
    expect(current).to_have_attribute("data-turn", str(index - 1))
    press("play.faster", "]")
    assert page.evaluate(f"[{PLAYER}.playbackRate, {PLAYER}.preservesPitch]") == [1.25, True]
    press("play.slower", "[", "[")
    assert page.evaluate(f"{PLAYER}.playbackRate") == 0.75
    press("play.skip-silence", "s")
    expect(page.get_by_role("button", name="跳过静音")).to_have_attribute("aria-pressed", "true")
    press("play.loop-turn", "l")
    expect(page.get_by_role("button", name="循环本句")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("l")
    page.evaluate(f"{PLAYER}.pause()")


def correct(keyboard: Keyboard) -> None:
    """The transcript's keys, on the turn that was heard last."""
    page, press = keyboard.page, keyboard.press
    current = page.locator(".turn[aria-current=true]")
    index = current.get_attribute("data-turn")
    row = page.locator(f".turn[data-turn='{index}']")
    before = row.locator("p").inner_text()
    press("turn.edit", "e")
    area = row.get_by_role("textbox")
    expect(area).to_be_focused()
    page.keyboard.type("放弃的改动")
    press("turn.cancel", "Escape")
    expect(row.locator("p")).to_have_text(before)
    page.keyboard.press("e")
    area.fill("这一句分成两半")
    press("turn.save", "Control+Enter")
    expect(row.locator("p")).to_have_text("这一句分成两半")
    turns = page.locator(".turn").count()
    page.keyboard.press("e")
    area.evaluate("area => area.setSelectionRange(3, 3)")
    press("turn.split", "Alt+Enter")
    expect(row.locator("p")).to_have_text("这一句")
    expect(page.locator(".turn")).to_have_count(turns + 1)
    press("turn.merge", "m")
    expect(page.locator(".turn")).to_have_count(turns)
    role = row.get_attribute("class") or ""
    press("turn.role", "t")
    expect(row).not_to_have_class(role)


def fill(keyboard: Keyboard) -> None:
    """The form's keys."""
    page, press = keyboard.page, keyboard.press
    candidates = page.get_by_role("list", name="可能的归口").get_by_role("button")
    for number in ("3", "2", "1"):
        press(f"ticket.candidate-{number}", number)
        expect(candidates.nth(int(number) - 1)).to_have_attribute("aria-pressed", "true")
    press("ticket.undo", "u")
    expect(candidates.nth(1)).to_have_attribute("aria-pressed", "true")
    press("ticket.duty", "c")
    expect(page.get_by_role("combobox", name="诉求分类")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    press("ticket.place", "p")
    expect(page.get_by_role("combobox", name="地点名称")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    press("ticket.title", "f")
    expect(page.get_by_role("textbox", name="标题", exact=True)).to_be_focused()
    page.keyboard.type("按键")
    press("ticket.save", "Control+s")
    expect(page.get_by_test_id("save-state")).to_contain_text("已保存")
    press("ticket.leave", "Escape")
    expect(page.get_by_role("textbox", name="标题", exact=True)).not_to_be_focused()


def decide(keyboard: Keyboard) -> None:
    """The keys of decisions. Each opens where the duty asks for it, and says what to do where it doesn't."""
    page, press = keyboard.page, keyboard.press
    actions = page.get_by_role("region", name="办理")
    for shortcut, key, duty in [
        ("act.handover", "h", "EM01"),
        ("act.answer", "a", "QA01"),
        ("act.redirect", "x", "XX01"),
    ]:
        take(page, duty)
        press(shortcut, key)
        expect(page.get_by_test_id("confirm")).to_be_visible()
        press("act.cancel", "Escape")
        expect(page.get_by_test_id("confirm")).to_be_hidden()
    press("act.none", "z")
    expect(actions).to_contain_text("应当引导")
    for shortcut, key, title in [
        ("act.ask", "w", "请同事看"),
        ("act.split", "o", "拆出另一事项"),
        ("act.join", "i", "把另一通来电的录音并进来"),
    ]:
        press(shortcut, key)
        expect(page.get_by_role("dialog", name=title)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name=title)).to_be_hidden()
    take(page, "NV01")
    press("act.dispatch", "d")
    expect(page.get_by_test_id("confirm")).to_contain_text("生态环境局")
    press("act.confirm", "Enter")
    expect(page.get_by_test_id("outcome")).to_contain_text("已办理")
    page.keyboard.press("u")
    expect(page.get_by_test_id("mine")).to_be_visible()
    page.keyboard.press("d")
    expect(page.get_by_test_id("confirm")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("outcome")).to_contain_text("已办理")
    page.keyboard.press("u")
    expect(page.get_by_test_id("mine")).to_be_visible()
    page.get_by_role("link", name="← 待办").click()
    heading(page, "待办")
    page.go_back()
    expect(page.get_by_test_id("outcome")).to_be_visible()
    press("act.next", "n")
    expect(page.get_by_test_id("mine").or_(page.get_by_role("heading", name="待办", exact=True)).first).to_be_visible()


def take(page: Page, code: str) -> None:
    """Choose a duty by its code."""
    page.locator("body").press("c")
    page.keyboard.type(code)
    # Lists of the browser's own, such as that of speeds, have options too.
    options = page.locator("li[role=option]:visible")
    expect(options).to_have_count(1)
    options.click()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("proposed")).to_be_enabled()
