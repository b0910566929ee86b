import shutil
from pathlib import Path

import pytest

from tickets.city import load_city
from tickets.classification.corpus import HARMLESS, danger_examples, matter_examples
from tickets.classification.features import grams, weighted_grams
from tickets.classification.model import load
from tickets.classification.training import city_models, train

KEPT = ("UT09", "UT08", "CG01", "NV01", "EN01", "PM01", "LB02", "CS02", "TR01", "CV01", "EM01", "EM02", "EM03", "EM04")
FRESH = {
    "UT09": "这条路晚上黑得很，一排灯全灭了，接孩子摸黑走，灯杆倒是都在。",
    "UT08": "人行道上的盖子翻了个，下面黑洞洞的，刚才一个老头差点踩空。",
    "CG01": "推三轮卖水果的把人行道占满了，一到傍晚就来，城管走了他又回来。",
    "NV01": "半夜一点塔吊还在转，打桩机咚咚响，工地大灯照得卧室跟白天一样。",
    "EN01": "楼下烧烤店的排烟口对着我家窗户，油味熏得衣服都不敢晾。",
    "LB02": "公司拖了三个月不发工资，老板说账上没钱，我们办公室的人都没领到。",
    "CS02": "健身房突然关门，卡里还有两千多，教练电话都打不通。",
    "TR01": "小区门口两边天天停满车，消防通道口也停，交警从来不贴条。",
}


@pytest.fixture
def small_city(tmp_path: Path) -> Path:
    """The sample city with a few duties and without wording: trains in a moment."""
    source = Path(str(Path(__file__).parents[2] / "tickets" / "sample_city"))
    for name in ("departments.csv", "places.csv"):
        shutil.copy(source / name, tmp_path / name)
    lines = (source / "duties.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines[1:] if line.split(",", 1)[0] in KEPT]
    (tmp_path / "duties.csv").write_text("".join([lines[0], *kept]), encoding="utf-8")
    return tmp_path


def right(folder: Path) -> int:
    model = train(matter_examples(load_city(folder)))
    return sum(model.labels[int(model.decide([(text, 1.0)]).argmax())] == code for code, text in FRESH.items())


def test_the_duty_list_alone_gives_a_classifier_and_wording_improves_it(small_city: Path) -> None:
    alone = right(small_city)
    assert alone >= len(FRESH) // 3
    wording = Path(str(Path(__file__).parents[2] / "tickets" / "sample_city" / "wording"))
    (small_city / "wording").mkdir()
    for code in KEPT:
        shutil.copy(wording / f"{code}.txt", small_city / "wording" / f"{code}.txt")
    worded = right(small_city)
    assert worded > alone
    assert worded >= len(FRESH) - 1


def test_emergencies_are_told_apart_by_a_model_of_their_own(small_city: Path) -> None:
    city = load_city(small_city)
    assert not {example.label for example in matter_examples(city)} & {"EM01", "EM02", "EM03", "EM04"}
    assert {example.label for example in danger_examples(city)} == {"EM01", "EM02", "EM03", "EM04", HARMLESS}


def test_trained_once_kept_and_read_back(small_city: Path, tmp_path: Path) -> None:
    city = load_city(small_city)
    cache = tmp_path / "models"
    first = city_models(city, cache)
    files = sorted(cache.iterdir())
    assert len(files) == 2
    times = [file.stat().st_mtime_ns for file in files]
    second = city_models(city, cache)
    assert [file.stat().st_mtime_ns for file in files] == times
    text = [("楼下有人摆摊", 1.0)]
    assert (first.matter.decide(text) == second.matter.decide(text)).all()
    again = train(matter_examples(city))
    assert (again.decide(text) == second.matter.decide(text)).all()


def test_a_damaged_file_is_trained_anew(small_city: Path, tmp_path: Path) -> None:
    city = load_city(small_city)
    cache = tmp_path / "models"
    city_models(city, cache)
    file = next(cache.glob("matter-*"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(bytes(content))
    assert load(file) is None
    assert city_models(city, cache).matter.labels
    assert load(file) is not None
    assert load(cache / "absent.npz") is None


def test_a_folder_that_cannot_be_written_is_no_obstacle(small_city: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert city_models(load_city(small_city), blocked / "below").matter.labels


def test_numbers_are_masked_and_clauses_kept_apart() -> None:
    assert "五零一" not in grams("三号楼五零一")
    assert not any("灯路" in gram for gram in grams("路灯，路灯"))
    assert weighted_grams([("路灯", 0.5), ("路灯", 1.0)])["路灯"] == 1.5


def test_one_label_is_no_classifier(small_city: Path) -> None:
    texts = [example for example in matter_examples(load_city(small_city)) if example.label == "UT09"]
    with pytest.raises(ValueError, match="two duties"):
        train(texts)
