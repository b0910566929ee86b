"""Every page, by whom it is for: fit for all eyes and hands, in both themes and at 200 %."""

import csv
import io
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.accessibility import accessibility_faults, scrolls_sideways
from tests.web.conftest import ConsoleServer
from tests.web.operators import Operators

pytestmark = [pytest.mark.acceptance, pytest.mark.model, pytest.mark.timeout(600)]

Waiting = Callable[[str], Any]
Picture = Callable[[str], None]

PAGES = {
    "/queue": "待办",
    "/calls": "来电",
    "/blind": "盲审抽样",
    "/automation": "自动派单",
    "/figures": "统计",
    "/audit": "审计日志",
    "/accounts": "账号",
    "/shortcuts": "键盘操作",
    "/password": "修改密码",
}


@pytest.fixture(scope="module")
def seen(browser: Browser, operators: Operators) -> Iterator[Callable[[str, int], Page]]:
    """Pages as the administrator sees them, in a theme and a width."""
    opened: list[BrowserContext] = []

    def page(theme: str, width: int) -> Page:
        scheme: Any = theme
        context = browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, locale="zh-CN", bypass_csp=True
        )
        opened.append(context)
        operators.sign_in(context, "sun")
        return context.new_page()

    yield page
    for context in opened:
        context.close()


@pytest.mark.parametrize(
    ("theme", "width"),
    [
        ("light", 1280),
        ("dark", 1280),
        ("light", 640),
    ],
)
def test_every_page_is_accessible(
    seen: Callable[[str, int], Page], address: str, waiting: Waiting, theme: str, width: int
) -> None:
    ticket = waiting("every-page")
    page = seen(theme, width)
    faults = {}
    for path, heading in PAGES.items():
        page.goto(address + path)
        expect(page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()
        page.wait_for_load_state("networkidle") if path not in {"/queue"} else page.wait_for_timeout(500)
        faults[path] = accessibility_faults(page) + (["scrolls sideways"] if scrolls_sideways(page) else [])
    page.goto(f"{address}/tickets/{ticket['id']}")
    expect(page.get_by_test_id("outcome")).to_be_visible()
    faults["/tickets"] = accessibility_faults(page) + (["scrolls sideways"] if scrolls_sideways(page) else [])
    assert {path: found for path, found in faults.items() if found} == {}


def test_an_account_is_made_changed_and_disabled(
    page: Page, context: BrowserContext, address: str, operators: Operators
) -> None:
    operators.sign_in(context, "sun")
    page.goto(f"{address}/accounts")
    page.get_by_role("button", name="新建账号").click()
    page.get_by_label("姓名").fill("周涛")
    page.get_by_label("账号（字母、数字和 . _ @ -）").fill("zhou")
    page.get_by_role("button", name="建立账号").click()
    assert len(page.get_by_test_id("one-time-password").inner_text()) >= 10
    assert accessibility_faults(page) == []
    row = page.get_by_role("row").filter(has_text="周涛")
    row.get_by_label("周涛的角色").select_option("supervisor")
    row.get_by_role("button", name="停用").click()
    expect(row).to_contain_text("已停用")
    page.reload()
    expect(row).to_contain_text("已停用")
    expect(row.get_by_label("周涛的角色")).to_have_value("supervisor")

    page.goto(f"{address}/audit")
    expect(page.get_by_role("row").filter(has_text="新建账号").first).to_contain_text("孙立")


@pytest.fixture
def supervisor(page: Page, context: BrowserContext, operators: Operators) -> Page:
    """A supervisor's tab."""
    operators.sign_in(context, "zhao")
    return page


def test_a_supervisor_governs_the_automatic(supervisor: Page, address: str, picture: Picture) -> None:
    page = supervisor
    page.goto(f"{address}/automation")
    state = page.get_by_test_id("automation-state")
    was = state.inner_text()
    for button in ("全部关闭", "开启") if was == "已开启" else ("开启", "全部关闭"):
        page.get_by_label("总开关").get_by_role("button", name=button, exact=True).click()
        dialog = page.get_by_role("dialog", name="全市自动派单")
        dialog.get_by_label("原因（会记入审计日志）").fill("试运行")
        dialog.get_by_role("button", name="保存").click()
        expect(state).to_have_text("已开启" if button == "开启" else "已关闭，全部由人办理")
    page.get_by_role("button", name="按事项、区县或来源").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("combobox", name="诉求分类").click()
    dialog.get_by_role("combobox", name="诉求分类").press_sequentially("NV01")
    page.get_by_role("option").first.click()
    dialog.get_by_label("自动派单").select_option(label="关闭，由人办理")
    dialog.get_by_label("原因（会记入审计日志）").fill("法规修订")
    dialog.get_by_role("button", name="保存").click()
    expect(page.get_by_label("单独的规定")).to_contain_text("建筑施工噪声：关闭")
    expect(page.get_by_label("单独的规定")).to_contain_text("法规修订")
    picture("console-automation.png")


def test_a_supervisor_sees_figures_and_exports_them(
    supervisor: Page, address: str, waiting: Waiting, picture: Picture
) -> None:
    page = supervisor
    waiting("figures")
    page.goto(f"{address}/figures")
    expect(page.get_by_role("img", name="每日来电").locator("canvas")).to_be_visible()
    assert int(page.locator(".tile").first.locator("b").inner_text()) >= 1
    page.get_by_role("button", name="今天").click()
    expect(page.get_by_role("button", name="今天")).to_have_attribute("aria-pressed", "true")
    with page.expect_download() as download:
        page.get_by_role("link", name="导出 CSV").click()
    rows = list(csv.DictReader(io.StringIO(download.value.path().read_text("utf-8-sig"))))
    assert rows
    assert "18785539604" not in str(rows)
    picture("console-figures.png")


def test_an_operator_does_not_get_pages_of_others(
    page: Page, context: BrowserContext, address: str, operators: Operators
) -> None:
    operators.sign_in(context, "wang")
    for path in ("/automation", "/figures", "/audit", "/accounts"):
        page.goto(address + path)
        expect(page.get_by_role("alert").first).to_contain_text("没有此项权限")


def test_the_queue_is_searched_filtered_and_counted(
    supervisor: Page, server: ConsoleServer, operators: Operators, waiting: Waiting, picture: Picture
) -> None:
    page = supervisor
    ticket = waiting("filtered")
    page.goto(f"{server.address}/queue")
    row = page.locator(f"[data-ticket={ticket['id']}]")
    expect(row).to_be_visible()
    picture("console-queue.png")
    count = page.get_by_test_id("count-all")
    with operators.client("zhao") as client:
        expect(count).to_have_text(str(client.get("/v1/queue/counts").json()["waiting"]))
    page.get_by_label("搜索", exact=True).fill("光电保护没有这样的词")
    expect(page.get_by_text("没有符合条件的工单")).to_be_visible()
    page.get_by_label("搜索", exact=True).fill("冲压车间")
    expect(row).to_be_visible()
    page.get_by_role("combobox", name="来源").click()
    page.get_by_role("option", name="filtered").click()
    expect(page.locator("[data-ticket]")).to_have_count(1)
    # The address holds the filter, also after coming back.
    row.get_by_role("link").click()
    expect(page.get_by_test_id("mine")).to_be_visible()
    page.go_back()
    expect(page.locator("[data-ticket]")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_label("搜索", exact=True)).to_have_value("")


def test_calls_are_narrowed_by_what_their_tickets_are(
    page: Page, context: BrowserContext, address: str, operators: Operators, waiting: Waiting
) -> None:
    ticket = waiting("narrowed")
    operators.sign_in(context, "wang")
    page.goto(f"{address}/calls?source=narrowed&ticket_state=%E5%BE%85%E5%AE%A1%E6%A0%B8")
    rows = page.get_by_role("row").filter(has_text=ticket["number"])
    expect(rows).to_have_count(1)
    expect(page.get_by_role("main").locator("tbody tr")).to_have_count(1)
    page.get_by_role("combobox", name="标记").click()
    page.get_by_role("option", name="要求保密").click()
    expect(page).to_have_url(re.compile("flag=confidential"))
    expect(rows).to_have_count(1)
    page.keyboard.press("Escape")
    page.get_by_role("combobox", name="紧急程度").click()
    page.get_by_role("option", name={"critical": "一般"}.get(ticket["urgency"], "危急")).click()
    expect(page.get_by_text("没有符合条件的来电")).to_be_visible()
    page.reload()
    expect(page.get_by_text("没有符合条件的来电")).to_be_visible()
    page.get_by_role("button", name="清除筛选条件").click()
    expect(rows).to_have_count(1)
    expect(page).to_have_url(f"{address}/calls")
