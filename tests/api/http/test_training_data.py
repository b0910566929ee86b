import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import soundfile
from typer.testing import CliRunner

from api.cli import app
from api.review.training_data import confirmed_calls, corrected_recordings
from api.settings import get_settings
from dialect_models.tuning.manifest import read_manifest
from tickets.call import Call

if TYPE_CHECKING:
    from conftest import Served

SAMPLE = Path(__file__).parents[3] / "asr" / "sample_calls" / "mono-a-031.flac"


def test_a_concluded_ticket_trains_the_classifier_without_names_and_numbers(served: "Served") -> None:
    li = served.person("li")
    call = served.call("请问贵姓", "我姓王，电话13800001234，半夜还在施工")
    served.call("您好", "还没审核")
    ticket = served.ticket_id(call)
    li.post(f"/v1/tickets/{ticket}/claim")
    etag = li.get(f"/v1/tickets/{ticket}").headers["etag"]
    body = {"action": "dispatch", "fields": {"category": "NV04"}}
    assert li.post(f"/v1/tickets/{ticket}/conclude", json=body, headers={"If-Match": etag}).status_code == 200
    lines = list(confirmed_calls(served.database))
    assert [(line["id"], line["gold"]["category"]) for line in lines] == [(call, "NV04")]
    assert "contact" not in lines[0]["gold"]
    text = json.dumps(lines, ensure_ascii=False)
    assert "13800001234" not in text
    assert "姓王" not in text
    assert [turn.role for turn in Call.from_json(lines[0]).turns] == ["operator", "citizen"]


@pytest.mark.parametrize(
    ("consent", "without_flag", "found"), [(True, False, 1), (False, True, 0), (None, False, 0), (None, True, 1)]
)
def test_corrected_turns_train_the_speech_model_where_the_caller_consented(
    served: "Served", tmp_path: Path, consent: bool | None, without_flag: bool, found: int
) -> None:
    sender = served.client(key="a-key-that-a-script-made-for-itself")
    data: dict[str, Any] = {} if consent is None else {"custom": json.dumps({"consent": consent})}
    recording = sender.post("/v1/recordings", files={"file": ("a.flac", SAMPLE.read_bytes())}, data=data).json()
    served.finish_recording(recording["id"], "您好", "半夜还在失工")
    served.write_ticket(recording["call_id"], mode="review")
    li = served.person("li")
    li.post(f"/v1/tickets/{served.ticket_id(recording['call_id'])}/claim")
    change = {"transcript_version": 1, "kind": "text", "segment": 1, "text": "半夜还在施工"}
    assert li.post(f"/v1/recordings/{recording['id']}/corrections", json=change).status_code == 200
    folder = tmp_path / "turns"
    lines = list(corrected_recordings(served.database, served.state.audio, folder, without_flag=without_flag))
    assert len(lines) == found
    if not found:
        assert not folder.exists()
        return
    (folder / "manifest.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    utterances = read_manifest(folder / "manifest.jsonl")
    assert [(each.text, each.start, each.dialect) for each in utterances] == [("半夜还在施工", 2.0, "mandarin")]
    assert soundfile.info(utterances[0].audio).samplerate == 16000
    assert [file.suffix for file in (folder / "audio").iterdir()] == [".flac"]


def test_taking_training_data_out_is_in_the_log(
    served: "Served", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_DATABASE_URL", served.database.url)
    monkeypatch.setenv("HOTLINE_DATA_DIR", str(tmp_path))
    get_settings.cache_clear()
    try:
        for what in ("tickets", "turns"):
            done = CliRunner().invoke(app, ["export", what, "-o", str(tmp_path / what)])
            assert done.exit_code == 0, done.output
    finally:
        get_settings.cache_clear()
    with served.database.reading() as uow:
        entries = [(each.action, each.detail) for what in ("tickets", "turns") for each in uow.access.audit_of(what)]
    assert entries == [("export_tickets", {"number": 0}), ("export_turns", {"number": 0})]
