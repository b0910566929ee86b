"""The page as its users have it: real server, real models, real browser."""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

import asr
from tests.web.accessibility import accessibility_faults
from tests.web.dropping import drop

pytestmark = [pytest.mark.acceptance, pytest.mark.model, pytest.mark.timeout(600)]

STEREO = Path(asr.__file__).parent / "sample_calls" / "stereo-b-010.flac"
PROCESSING_MS = 400_000
STEPS = ["解码", "分离说话人", "转写", "成单", "派单"]

ROW_OF_FIELD = {
    "appeal_type": "诉求类型", "category": "诉求分类", "place": "地点", "contact": "联系方式", "occurred": "发生时间",
    "party": "被反映方", "amount_yuan": "涉及金额", "people_affected": "涉及人数", "repeat_call": "重复来电",
}  # fmt: skip

Ask = Callable[[str], Any]
Picture = Callable[[str], None]

PLAYER = "document.querySelector('audio')"


def test_sign_in(page: Page, address: str, key: str) -> None:
    page.goto(f"{address}/calls?state=x")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    assert accessibility_faults(page) == []

    page.get_by_role("button", name="用访问密钥登录").click()
    page.get_by_label("访问密钥").fill("not-the-key")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text("密钥不正确")

    page.get_by_label("访问密钥").fill(key)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{address}/calls?state=x")
    page.reload()
    expect(page.get_by_role("heading", name="来电", exact=True)).to_be_visible()

    page.get_by_role("button", name="退出").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.goto(f"{address}/calls")
    expect(page.get_by_label("账号")).to_be_visible()


@pytest.mark.parametrize("form", ["#key={}", "?key={}"])
def test_the_key_does_not_stay_in_the_address(page: Page, address: str, key: str, form: str) -> None:
    page.goto(f"{address}/{form.format(key)}")
    expect(page).to_have_url(f"{address}/calls")
    page.go_back()
    assert key not in page.url


def test_a_recording_becomes_a_dispatched_ticket(console: Page, ask: Ask, picture: Picture) -> None:
    page = console
    page.get_by_role("banner").get_by_role("button", name="上传录音").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="选择录音文件").click()
    chooser.value.set_files(STEREO)
    page.get_by_placeholder("选填，北京时间").fill("2026-07-02 12:48:00")
    page.keyboard.press("Enter")
    page.get_by_label("来电号码").fill("18785539604")
    page.get_by_role("button", name="上传并处理").click()

    page.wait_for_url("**/calls/call_*")
    call_id = page.url.rsplit("/", 1)[1]
    for step in STEPS:
        expect(page.get_by_test_id("progress").get_by_text(step, exact=True)).to_be_visible()

    # Nothing is reloaded: the words and the ticket arrive on the open page.
    dispatch = page.get_by_test_id("dispatch")
    expect(dispatch.or_(page.get_by_text("未能生成工单"))).to_be_visible(timeout=PROCESSING_MS)
    call = ask(f"/v1/calls/{call_id}")
    assert call["error"] is None
    ticket = call["ticket"]
    assert call["started_at"].startswith("2026-07-02T04:48:00")
    assert call["caller_number"] == "18785539604"
    expect(page.get_by_test_id("progress")).to_have_count(0)
    expect(page.get_by_text(f"工单 {ticket['number']}")).to_be_visible()
    destinations = [ticket["lead"]["department"]] if ticket["lead"] else ticket["handover"]
    for destination in destinations:
        expect(dispatch).to_contain_text(destination)
    reasons = page.get_by_test_id("reasons").get_by_role("listitem")
    assert reasons.all_inner_texts() == ticket["reasons"]
    assert "依据" in reasons.first.inner_text()
    expect(page.locator(".candidates li")).to_have_count(3)

    segments = ask(f"/v1/calls/{call_id}/transcript")["segments"]
    turns = page.locator(".turn")
    assert [text.replace("\n", "") for text in turns.locator("p").all_inner_texts()] == [s["text"] for s in segments]
    assert {"operator", "citizen"} <= {s["role"] for s in segments}

    # A click on a turn plays it.
    index, chosen = next((i, s) for i, s in enumerate(segments) if s["start"] > 20)
    turns.nth(index).locator("p").click()
    page.wait_for_function(f"!{PLAYER}.paused && {PLAYER}.currentTime > {chosen['start'] + 0.3}")
    assert page.evaluate(f"{PLAYER}.currentTime") < chosen["end"] + 5
    expect(turns.nth(index)).to_have_attribute("aria-current", "true")
    picture("console.png")

    # The current turn follows playback, and the keyboard works it.
    later_index, later = next((i, s) for i, s in enumerate(segments) if s["start"] > 60)
    page.evaluate(f"{PLAYER}.currentTime = {later['start'] + 0.2}")
    expect(turns.nth(later_index)).to_have_attribute("aria-current", "true")
    expect(turns.nth(later_index)).to_be_in_viewport()
    page.locator("body").press("Space")
    page.wait_for_function(f"{PLAYER}.paused")
    page.locator("body").press("k")
    page.wait_for_function(f"!{PLAYER}.paused && {PLAYER}.currentTime < {later['start']}")

    # A field leads to the words that it was read from.
    field = next(field for field in ROW_OF_FIELD if ticket["evidence"].get(field))
    spans = ticket["evidence"][field]
    page.get_by_role("button", name=f"听取{ROW_OF_FIELD[field]}的依据").click()
    first = min(spans, key=lambda span: span["turn"])
    quoted = turns.nth(first["turn"])
    expect(quoted).to_be_in_viewport()
    assert first["words"] in quoted.inner_text().replace("\n", ""), field
    assert "".join(quoted.locator("mark").all_inner_texts()) != ""
    start, end = segments[first["turn"]]["start"], segments[first["turn"]]["end"]
    page.wait_for_function(f"{PLAYER}.currentTime >= {start} - 0.1 && {PLAYER}.currentTime < {end} + 3")
    expect(page.locator(".wave canvas").first).to_be_attached()
    page.evaluate(f"{PLAYER}.pause()")
    assert accessibility_faults(page) == []

    page.get_by_role("link", name="来电列表").click()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name=ticket["title"]))
    for destination in destinations:
        expect(row).to_contain_text(destination)
    expect(row).to_contain_text({"auto": "自动", "review": "待审"}[ticket["mode"]])
    picture("console-calls.png")
    assert accessibility_faults(page) == []


def test_a_file_that_is_no_recording_is_explained(console: Page) -> None:
    page = console
    drop(page, "report.pdf", b"%PDF-1.4 not a recording" * 100)
    dialogue = page.get_by_role("dialog")
    expect(dialogue).to_contain_text("report.pdf")
    assert accessibility_faults(page) == []
    dialogue.get_by_role("button", name="上传并处理").click()
    page.wait_for_url("**/calls/call_*")
    expect(page.get_by_role("alert").first).to_contain_text("这不是录音文件", timeout=PROCESSING_MS)
    expect(page.get_by_text("未能生成工单")).to_be_visible()


def test_the_page_outlives_an_outage(console: Page, outage: Callable[[], AbstractContextManager[None]]) -> None:
    page = console
    drop(page, "notes.txt", b"no recording either")
    page.get_by_role("dialog").get_by_role("button", name="上传并处理").click()
    page.wait_for_url("**/calls/call_*")
    expect(page.get_by_role("alert").first).to_be_visible(timeout=PROCESSING_MS)
    with outage():
        expect(page.get_by_text("实时连接中断")).to_be_visible(timeout=30_000)
        expect(page.get_by_text("未能生成工单")).to_be_visible()
    expect(page.get_by_text("实时连接中断")).to_have_count(0, timeout=60_000)
    assert "/calls/call_" in page.url
