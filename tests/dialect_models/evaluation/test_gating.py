"""Each rule of the gate is broken once and named; the report says the same."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dialect_models.card import CARD_FILE, Band, DecodingSettings, load_card
from dialect_models.catalogue import resolve
from dialect_models.evaluation.gating import BANDS, Evidence, Pair, gather, judge
from dialect_models.evaluation.hearing import HeardUtterance, Transcribed
from dialect_models.evaluation.installing import Candidate, RefusedError, install
from dialect_models.evaluation.report import Loss, as_json, page
from dialect_models.tuning.manifest import Utterance
from dialect_models.weights import WeightsError, verify

SAID = "我哋喺呢度等咗三日都冇人嚟"
BAD, GOOD = "我地系呢度等左三日都无人黎", "我哋喺呢度等咗三日都冇人来"


def heard(name: str, band: Band, said: str, text: str, dialect: str = "cantonese") -> HeardUtterance:
    words = tuple((0.2 * place, 0.2 * place + 0.2) for place in range(len(text)))
    utterance = Utterance(Path("a.flac"), name, 0, "", 0.0, 4.0, said, dialect)
    return HeardUtterance(utterance, band, Transcribed(text, words, dialect), 4.0, 0.5)


def pairs(said: str, before: str, after: str, count: int = 10, dialect: str = "cantonese") -> list[Pair]:
    return [
        Pair(heard(str(n), band, said, before, dialect), heard(str(n), band, said, after, dialect))
        for band in BANDS
        for n in range(count)
    ]


QUIET = {"silence": (Transcribed(""), Transcribed(""))}


def evidence(**changed: object) -> Evidence:
    mandarin = pairs("今天没有水", "今天没有水", "今天没有水", dialect="mandarin")
    parts = {"pairs": pairs(SAID, BAD, GOOD), "mandarin": mandarin, "invented": QUIET} | changed
    return gather("cantonese", parts["pairs"], parts["mandarin"], parts["invented"])  # type: ignore[arg-type]


def broken(found: Evidence) -> list[str]:
    return [verdict.rule for verdict in judge(found) if not verdict.kept]


def test_a_better_model_passes_every_rule() -> None:
    assert broken(evidence()) == []


def lost_times(given: list[Pair]) -> list[Pair]:
    return [
        replace(p, candidate=replace(p.candidate, heard=replace(p.candidate.heard, words=((1.0, 1.0),) * 13)))
        for p in given
    ]


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        (lambda: {"pairs": pairs(SAID, BAD, GOOD, count=8)}, "至少"),
        (lambda: {"pairs": pairs(SAID, GOOD, GOOD)}, "区间不含零"),
        (lambda: {"mandarin": pairs("今天没有水", "今天没有水", "今天没水", dialect="mandarin")}, "普通话"),
        (lambda: {"mandarin": []}, "普通话"),
        (lambda: {"invented": {"ring tone": (Transcribed(""), Transcribed("谢谢观看"))}}, "臆造"),
        (lambda: {"pairs": lost_times(pairs(SAID, BAD, GOOD))}, "词时间"),
        # Only wording was learnt: raw is better, what was heard is worse.
        (lambda: {"pairs": pairs("佢哋唔系今日走", "他们不是今日走", "佢哋唔系今天左")}, "折合"),
    ],
)
def test_a_broken_rule_is_named(changed: Callable[[], dict[str, object]], rule: str) -> None:
    found = broken(evidence(**changed()))
    assert found
    assert any(rule in name for name in found)


def test_the_page_has_figures_plots_and_examples_and_nothing_from_outside() -> None:
    found = evidence()
    loss = Loss(((1, 3.0), (2, 2.0)), ((2, 2.5),))
    routed = pairs("今天没有水", "今天没有水", "今日冇水", count=1, dialect="mandarin")
    html = page("粤语", {"基础模型": "<b>"}, found, judge(found), pairs(SAID, BAD, GOOD), mandarin=routed, loss=loss)
    assert "通过，可以安装" in html
    # Intervals, a scatter for each band, the loss.
    assert html.count("<svg") == 4
    assert "今日冇水" in html
    assert GOOD in html
    assert "&lt;b&gt;" in html
    assert "http" not in html.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_the_report_for_programs_has_figures_and_no_words() -> None:
    found = evidence(invented={"ring tone": (Transcribed(""), Transcribed("谢谢观看"))})
    report = as_json({"方言": "cantonese"}, found, judge(found))
    assert report["passed"] is False
    assert report["invented"] == {"ring tone": {"base": 0, "candidate": 4}}
    assert report["figures"]["16 kHz 原文"]["difference"]["value"] < 0
    assert GOOD not in json.dumps(report, ensure_ascii=False)
    assert [rule["rule"] for rule in report["rules"] if not rule["kept"]] == broken(found)


def test_only_what_passed_is_installed_with_its_figures(tmp_path: Path) -> None:
    folder, models = tmp_path / "out", tmp_path / "models"
    folder.mkdir()
    (folder / "model.bin").write_bytes(b"weights")
    (folder / "checkpoint.pt").write_bytes(b"not part of the model")
    candidate = Candidate(folder, "our-yue", "whisper-base", "ours", DecodingSettings("traditional"))
    about = {"dataset": "calls", "date": "2026-11-24", "command": "hotline models gate out"}
    refused = evidence(mandarin=[])
    with pytest.raises(RefusedError, match="our-yue is not installed: 普通话"):
        install(candidate, refused, judge(refused), models, **about)
    assert not models.exists()

    found = evidence()
    card = install(candidate, found, judge(found), models, **about)
    assert load_card(models / "our-yue" / CARD_FILE, "our-yue") == card
    assert {path.name for path in (models / "our-yue").iterdir()} == {"model.bin", CARD_FILE}
    verify(models, card)
    assert resolve("our-yue", models).decoding.script == "traditional"
    assert {figure.band for figure in card.figures} == set(BANDS)
    with pytest.raises(WeightsError, match="already"):
        install(candidate, found, judge(found), models, **about)
