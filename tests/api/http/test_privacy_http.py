from typing import TYPE_CHECKING, Any

import pytest

from api.privacy.masking import masked_fields, masked_segment, masked_text
from api.security.keys import Scope

if TYPE_CHECKING:
    from conftest import Served

SPOKEN = ("请问您贵姓", "我姓王，电话幺三八零零零零一二三四，13800001234")
SECRETS = ("13800001234", "幺三八零零零零一二三四", "姓王", '"王"')


def shown(served: "Served", client: Any, call: str) -> str:
    ticket = served.ticket_id(call)
    addresses = (
        "/v1/calls",
        f"/v1/calls/{call}",
        f"/v1/calls/{call}/ticket",
        f"/v1/calls/{call}/transcript",
        f"/v1/tickets/{ticket}",
        "/v1/queue",
        "/v1/recordings",
    )
    recording = client.get(f"/v1/calls/{call}").json()["recordings"][0]["id"]
    answers = [client.get(address) for address in (*addresses, f"/v1/recordings/{recording}/transcript")]
    assert {answer.status_code for answer in answers} == {200}
    return "\n".join(answer.text for answer in answers)


@pytest.fixture
def call(served: "Served") -> str:
    return served.call(*SPOKEN, metadata={"caller_number": "13800001234"}, summary="王女士反映，电话13800001234。")


def test_an_operator_sees_no_name_or_number_until_he_has_the_ticket(served: "Served", call: str) -> None:
    li = served.person("li")
    assert [secret for secret in SECRETS if secret in shown(served, li, call)] == []
    assert li.get(f"/v1/calls/{call}").json()["ticket"]["masked"] is True
    li.post(f"/v1/tickets/{served.ticket_id(call)}/claim")
    claimed = shown(served, li, call)
    assert [secret for secret in SECRETS if secret not in claimed] == []
    key = served.client(Scope.REVIEW)
    assert key.get(f"/v1/calls/{call}").json()["caller_number"] == "13800001234"
    boss = served.person("boss", "supervisor")
    assert boss.get(f"/v1/calls/{call}").json()["ticket"]["masked"] is False


@pytest.mark.parametrize("fields", [{"flags": ["confidential"]}, {"appeal_type": "举报"}])
def test_absolute_secrecy_ends_only_with_a_logged_reveal(served: "Served", fields: dict[str, Any]) -> None:
    call = served.call(*SPOKEN, metadata={"caller_number": "13800001234"}, **fields)
    ticket = served.ticket_id(call)
    boss, li = served.person("boss", "supervisor"), served.person("li")
    li.post(f"/v1/tickets/{ticket}/claim")
    for client in (boss, li):
        assert [secret for secret in SECRETS if secret in shown(served, client, call)] == []
    review = li.get(f"/v1/tickets/{ticket}").json()
    refused = li.put(
        f"/v1/tickets/{ticket}/draft",
        json={"fields": {"contact": {"surname": "李"}}},
        headers={"If-Match": review["etag"]},
    )
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:hotline:problem:identity-masked")
    assert li.post(f"/v1/tickets/{ticket}/reveal", json={}).status_code == 422
    told = li.post(f"/v1/tickets/{ticket}/reveal", json={"reason": "回访"}).json()
    assert (told["surname"], told["caller_number"]) == ("王", "13800001234")
    assert li.get(f"/v1/tickets/{ticket}").json()["masked"] is False
    assert boss.get(f"/v1/tickets/{ticket}").json()["masked"] is True
    entries = boss.get("/v1/audit", params={"subject": call, "action": "reveal"}).json()["items"]
    assert [(entry["actor_name"], entry["detail"]) for entry in entries] == [("Li", {"reason": "回访"})]


def test_what_operators_wrote_is_masked_for_others_too(served: "Served", call: str) -> None:
    li, wang, ticket = served.person("li"), served.person("wang"), served.ticket_id(call)
    li.post(f"/v1/tickets/{ticket}/claim")
    li.post(f"/v1/tickets/{ticket}/send-back", json={"note": "王女士13800001234要求回电"})
    answers = [wang.get(f"/v1/tickets/{ticket}{part}").text for part in ("/history", "")]
    assert ["***" in answer for answer in answers] == [True, True]
    assert [answer for answer in answers if "13800001234" in answer or "王女士" in answer] == []


def test_a_masked_draft_keeps_what_is_no_name_or_number(served: "Served") -> None:
    ticket = served.ticket_id(served.call(*SPOKEN, appeal_type="举报"))
    li = served.person("li")
    li.post(f"/v1/tickets/{ticket}/claim")
    etag = li.get(f"/v1/tickets/{ticket}").json()["etag"]
    entered = {"occurred": "2026-03-11T22:00", "title": "王女士13800001234反映"}
    saved = li.put(f"/v1/tickets/{ticket}/draft", json={"fields": entered}, headers={"If-Match": etag})
    assert saved.json()["draft"]["fields"] == {"occurred": "2026-03-11T22:00", "title": "某女士***反映"}


def test_having_a_recording_as_a_file_is_a_permission(served: "Served", call: str) -> None:
    boss, li = served.person("boss", "supervisor"), served.person("li")
    address = boss.get(f"/v1/calls/{call}").json()["recordings"][0]["links"]["audio"]
    assert li.get(address).status_code == 403
    assert boss.get(address).status_code == 200
    served.state.views.close()
    entries = boss.get("/v1/audit", params={"action": "download_audio"}).json()["items"]
    assert [entry["actor_name"] for entry in entries] == ["Boss"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("电话13800001234谢谢", "电话***谢谢"),
        ("幺三八，零零零零，一二三四", "***"),
        ("三号楼二单元五零一", "三号楼二单元五零一"),
        ("2026年3月12日", "2026年3月12日"),
        ("我姓王", "我姓某"),
        ("老百姓都知道", "老百姓都知道"),
        ("请问贵姓啊", "请问贵姓啊"),
        ("姓名登记", "姓名登记"),
        ("我叫张三。", "我叫某。"),
        ("事项：NV01（派单目录版本a12345678901bcde）。", "事项：NV01（派单目录版本a12345678901bcde）。"),
        ("派单目录版本a12345678901bcde，回电13800001234", "派单目录版本a12345678901bcde，回电***"),
        ("派单目录版本13800001234", "派单目录版本***"),
    ],
)
def test_names_and_numbers_are_hidden_and_nothing_else(text: str, masked: str) -> None:
    assert masked_text(text) == masked


def test_the_known_surname_is_hidden_with_its_address_only() -> None:
    assert masked_text("王女士说王府井路", "王") == "某女士说王府井路"


def test_words_keep_their_times_and_lose_their_digits() -> None:
    words = [{"start": 0.1 * n, "end": 0.1 * n + 0.1, "text": char} for n, char in enumerate("号码13800001234")]
    masked = masked_segment({"text": "号码13800001234", "words": words}, None)
    assert "".join(word["text"] for word in masked["words"]) == "号码***********"
    assert [word["start"] for word in masked["words"]] == [word["start"] for word in words]


def test_evidence_and_reasons_are_masked_with_the_fields() -> None:
    fields = {
        "contact": {"surname": "王", "gender": "女", "callback_number": "13800001234", "anonymous": False},
        "reasons": ["回电13800001234"],
        "evidence": {"contact": [{"turn": 1, "words": "我姓王"}]},
        "title": "王女士反映",
    }
    masked = masked_fields(fields)
    assert masked["contact"] == {"surname": "某", "gender": "女", "callback_number": "***34", "anonymous": False}
    assert (masked["reasons"], masked["title"]) == (["回电***"], "某女士反映")
    assert masked["evidence"]["contact"][0]["words"] == "我姓某"
