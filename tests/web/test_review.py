"""An operator's work on a call: real server, real models, real browser."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.accessibility import accessibility_faults
from tests.web.conftest import PROCESSING_SECONDS, RECORDING, ConsoleServer
from tests.web.dropping import drop
from tests.web.operators import PASSWORD, Operators

pytestmark = [pytest.mark.acceptance, pytest.mark.model, pytest.mark.timeout(600)]

Waiting = Callable[[str], Any]
Picture = Callable[[str], None]
PLAYER = "document.querySelector('audio')"


def choose(page: Page, label: str, typed: str, option: str) -> None:
    """Choose from a list by typing, as operators do."""
    box = page.get_by_role("combobox", name=label, exact=True)
    box.click()
    box.press_sequentially(typed)
    page.get_by_role("option").filter(has_text=option).first.click()


def open_claimed(page: Page, ticket: Any, address: str) -> None:
    """Open a ticket from the queue, which claims it."""
    page.goto(f"{address}/queue")
    page.locator(f"[data-ticket={ticket['id']}] a").click()
    expect(page.get_by_test_id("mine")).to_be_visible()


def saved(page: Page) -> None:
    """Wait until nothing is left to be sent."""
    expect(page.get_by_test_id("save-state")).to_contain_text("已保存")


def test_a_first_sign_in_asks_for_a_password_of_ones_own(page: Page, address: str, operators: Operators) -> None:
    one_time = operators.add("chen", "陈静", "operator")
    page.goto(address)
    expect(page).to_have_url(re.compile("/sign-in"))
    assert accessibility_faults(page) == []
    page.get_by_label("账号").fill("chen")
    page.get_by_label("密码", exact=True).fill("wrong password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("不正确")
    page.get_by_label("密码", exact=True).fill(one_time)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="首次登录，请设置新密码")).to_be_visible()
    assert accessibility_faults(page) == []
    page.goto(f"{address}/queue")
    expect(page.get_by_role("heading", name="首次登录，请设置新密码")).to_be_visible()
    page.get_by_label("当前密码").fill(one_time)
    page.get_by_label("新密码（至少 10 个字符）").fill(PASSWORD)
    page.get_by_label("再输入一次新密码").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="待办")).to_be_visible()
    # An operator sees an operator's pages.
    assert page.get_by_role("navigation").get_by_role("link").all_inner_texts() == ["待办", "来电"]
    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/sign-in"))


def test_from_a_dropped_recording_to_a_dispatched_ticket(
    page: Page, context: BrowserContext, server: ConsoleServer, operators: Operators, picture: Picture
) -> None:
    operators.sign_in(context, "wang")
    page.goto(f"{server.address}/calls")
    drop(page, "stereo-b-021.flac", RECORDING.read_bytes())
    page.get_by_role("dialog").get_by_role("button", name="上传并处理").click()
    page.wait_for_url("**/calls/call_*")
    call_id = page.url.rsplit("/", 1)[1]
    expect(page.get_by_test_id("dispatch")).to_be_visible(timeout=PROCESSING_SECONDS * 1000)
    ticket = server.ask(f"/v1/calls/{call_id}")["ticket"]
    page.get_by_role("link", name=f"办理工单 {ticket['number']}").click()
    page.get_by_role("button", name="认领").click()
    expect(page.get_by_test_id("mine")).to_be_visible()
    picture("console-review.png")
    assert accessibility_faults(page) == []

    # The caller asked for secrecy: who he is is shown to nobody without a reason.
    page.get_by_role("button", name="申请显示").click()
    page.get_by_label("原因").fill("回拨核实")
    page.get_by_role("dialog").get_by_role("button", name="显示", exact=True).click()
    expect(page.get_by_label("回电号码")).to_be_visible()

    segments = server.ask(f"/v1/calls/{call_id}/transcript")["segments"]
    index, turn = next((i, one) for i, one in enumerate(segments) if one["role"] == "citizen" and len(one["text"]) > 30)
    row = page.locator(f"[data-turn='{index}']")
    row.locator("p").dblclick()
    row.get_by_role("textbox").fill("老板让机修把光电保护短接了，十一台短了九台。")
    page.keyboard.press("Control+Enter")
    expect(row).to_contain_text("老板让机修把光电保护短接了")
    expect(row.locator(".corrected")).to_be_visible()
    heard = server.ask(f"/v1/calls/{call_id}/transcript")["segments"][index]
    assert heard["text"] == "老板让机修把光电保护短接了，十一台短了九台。"
    assert heard["role"] == turn["role"]
    page.evaluate(f"{PLAYER}.pause()")

    # By pinyin initials to the duty, by cascade to the place; whom it goes to follows from both.
    choose(page, "诉求分类", "aqscyh", "安全生产隐患举报")
    choose(page, "区县", "望江", "望江区")
    expect(page.get_by_role("combobox", name="街道（镇）")).to_have_value("")
    choose(page, "地点名称", "祥溪", "祥溪名城")
    proposed = page.get_by_test_id("proposed")
    expect(proposed).to_contain_text("应急管理局")
    expect(proposed).to_contain_text("望江区")
    saved(page)
    assert accessibility_faults(page) == []

    # A field keeps its keys until it is left.
    page.keyboard.press("Escape")
    page.keyboard.press("d")
    expect(page.get_by_test_id("confirm")).to_contain_text("应急管理局")
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("outcome")).to_contain_text("已办理：派单")
    dispatched = server.ask(f"/v1/calls/{call_id}")["ticket"]
    assert dispatched["lead"]["department"] == "应急管理局"
    assert dispatched["lead"]["district"] == dispatched["place"]["district"] == "望江区"
    assert dispatched["state"] == "已派发"
    assert [order["department"] for order in dispatched["sub_orders"] if order["role"] == "主办"] == ["应急管理局"]

    # And back again, while the department has not begun.
    page.keyboard.press("u")
    expect(page.get_by_test_id("mine")).to_be_visible()
    assert server.ask(f"/v1/calls/{call_id}")["ticket"]["state"] == "待审核"


def test_two_operators_never_hold_one_ticket(
    browser: Browser, server: ConsoleServer, operators: Operators, waiting: Waiting
) -> None:
    ticket = waiting("two-operators")
    with browser.new_context(locale="zh-CN") as first, browser.new_context(locale="zh-CN") as second:
        operators.sign_in(first, "wang")
        operators.sign_in(second, "li")
        wang, li = first.new_page(), second.new_page()
        li.goto(f"{server.address}/queue")
        row = li.locator(f"[data-ticket={ticket['id']}]")
        expect(row).to_be_visible()
        open_claimed(wang, ticket, server.address)
        # Nobody reloads: the queue of the other says who has it.
        expect(row).to_contain_text("王芳")
        row.get_by_role("link").click()
        expect(li.get_by_test_id("outcome")).to_contain_text("王芳 正在办理")
        expect(li.get_by_role("button", name="认领")).to_have_count(0)
        expect(li.get_by_role("textbox", name="标题", exact=True)).to_be_disabled()

        wang.get_by_role("link", name="← 待办").click()
        expect(wang.get_by_role("heading", name="待办")).to_be_visible()
        li.get_by_role("link", name="← 待办").click()
        row.get_by_role("link").click()
        expect(li.get_by_test_id("mine")).to_be_visible()


def test_a_lost_connection_loses_nothing(
    page: Page, context: BrowserContext, server: ConsoleServer, operators: Operators, waiting: Waiting
) -> None:
    ticket = waiting("lost-connection")
    operators.sign_in(context, "wang")
    open_claimed(page, ticket, server.address)
    context.set_offline(True)
    page.get_by_role("textbox", name="标题", exact=True).fill("断网时改的标题")
    expect(page.get_by_test_id("save-state")).to_contain_text("改动已存在本机")
    context.set_offline(False)
    saved(page)
    page.reload()
    expect(page.get_by_role("textbox", name="标题", exact=True)).to_have_value("断网时改的标题")

    # The tab is closed before the connection is back: the next one sends what it held.
    context.set_offline(True)
    page.get_by_role("textbox", name="诉求内容", exact=True).fill("断网后关掉页面前写的内容")
    expect(page.get_by_test_id("save-state")).to_contain_text("改动已存在本机")
    page.close()
    context.set_offline(False)
    again = context.new_page()
    again.goto(f"{server.address}/tickets/{ticket['id']}")
    expect(again.get_by_role("textbox", name="诉求内容", exact=True)).to_have_value("断网后关掉页面前写的内容")
    saved(again)
    with operators.client("wang") as client:
        fields = client.get(f"/v1/tickets/{ticket['id']}").json()["draft"]["fields"]
    assert (fields["title"], fields["summary"]) == ("断网时改的标题", "断网后关掉页面前写的内容")


def test_a_second_tab_cannot_overwrite(
    page: Page, context: BrowserContext, server: ConsoleServer, operators: Operators, waiting: Waiting
) -> None:
    ticket = waiting("second-tab")
    operators.sign_in(context, "wang")
    open_claimed(page, ticket, server.address)
    other = context.new_page()
    other.goto(f"{server.address}/tickets/{ticket['id']}")
    expect(other.get_by_test_id("mine")).to_be_visible()

    other.get_by_role("textbox", name="标题", exact=True).fill("第二个页面的标题")
    saved(other)
    # Another field: both changes hold.
    page.get_by_role("textbox", name="被反映方", exact=True).fill("黄金五金制品厂")
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="标题", exact=True)).to_have_value("第二个页面的标题")
    saved(page)

    # The same field: a person decides.
    page.get_by_role("textbox", name="标题", exact=True).fill("第一个页面的标题")
    saved(page)
    other.get_by_role("textbox", name="标题", exact=True).fill("第二个页面又改的标题")
    clash = other.get_by_role("alert", name="内容冲突")
    expect(clash).to_contain_text("第一个页面的标题")
    assert accessibility_faults(other) == []
    clash.get_by_role("button", name="别处：第一个页面的标题").click()
    saved(other)
    expect(other.get_by_role("textbox", name="标题", exact=True)).to_have_value("第一个页面的标题")
    with operators.client("wang") as client:
        fields = client.get(f"/v1/tickets/{ticket['id']}").json()["draft"]["fields"]
    assert (fields["title"], fields["party"]) == ("第一个页面的标题", "黄金五金制品厂")


def test_six_keys_finish_a_call_where_the_machine_was_right(
    page: Page, context: BrowserContext, server: ConsoleServer, operators: Operators, waiting: Waiting
) -> None:
    ticket = waiting("six-keys")
    operators.sign_in(context, "li")
    page.goto(f"{server.address}/queue?source=six-keys")
    expect(page.locator(f"[data-ticket={ticket['id']}]")).to_be_visible()
    presses = 0

    def press(key: str) -> None:
        nonlocal presses
        presses += 1
        page.keyboard.press(key)

    press("Enter")
    expect(page.get_by_test_id("proposed")).to_be_enabled()
    press("Space")
    page.wait_for_function(f"!{PLAYER}.paused")
    press({"dispatch": "d", "redirect": "x", "emergency": "h", "none": "z"}[ticket["disposition"]])
    expect(page.get_by_test_id("confirm")).to_be_visible()
    press("Control+Enter" if ticket["disposition"] == "redirect" else "Enter")
    expect(page.get_by_test_id("outcome")).to_contain_text("已办理")
    assert presses <= 6
    assert server.ask(f"/v1/calls/{ticket_call(server, ticket)}")["ticket"]["state"] != "待审核"


def ticket_call(server: ConsoleServer, ticket: Any) -> str:
    """The call that a ticket belongs to."""
    calls = server.ask(f"/v1/calls?q={ticket['number']}")["items"]
    return str(calls[0]["id"])
