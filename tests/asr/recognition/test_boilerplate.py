import pytest

from asr.recognition.boilerplate import boilerplate_spans


def left(text: str) -> str:
    struck = {i for start, end in boilerplate_spans(text) for i in range(start, end)}
    return "".join(c for i, c in enumerate(text) if i not in struck)


@pytest.mark.parametrize(
    "text",
    [
        "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目",
        "字幕由 Amara.org 社区提供",
        "字幕志愿者 李宗盛",
        "谢谢观看",
        "感谢大家的收看，",
        "中文字幕组",
        "优优独播剧场——YoYo Television Series Exclusive",
        "（音乐）",
        "下期再见",
    ],
)
def test_subtitle_boilerplate_goes(text: str) -> None:
    assert left(text) == ""


@pytest.mark.parametrize(
    "text",
    [
        "谢谢您，再见。",
        "电视机的字幕看不清楚，想投诉商家。",
        "他们直播间让我点赞关注才给退款。",
        "感谢大家帮忙。",
        "我订阅的会员自动扣费，怎么退？",
        "以上内容我都核对过了。",
    ],
)
def test_what_callers_say_stays(text: str) -> None:
    assert left(text) == text


def test_only_the_clause_goes() -> None:
    assert left("路灯坏了，谢谢观看。麻烦你们处理") == "路灯坏了，麻烦你们处理"
