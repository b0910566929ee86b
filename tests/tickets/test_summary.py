import pytest

from tickets.city import load_city
from tickets.summary import write_title, written

DUTIES = load_city().duty_by_code


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("不是我不交物业费，是他们不管事", "不是我不交物业费，是他们不管事"),
        ("对方把我撞了", "对方把我撞了"),
        ("这个月停水三次", "这个月停水三次"),
        ("那个小区的门坏了", "那个小区的门坏了"),
        ("师傅态度很差", "师傅态度很差"),
        ("楼下新开了一家酒吧，半夜还放歌", "楼下新开了一家酒吧，半夜还放歌"),
        ("他在网吧", "他在网吧"),
        ("他说，那个阀门坏了", "他说，那个阀门坏了"),
        ("喂狗的老太太天天来", "喂狗的老太太天天来"),
        ("嗯，那个，就是说，路灯坏了呀", "路灯坏了"),
        ("哎呀，你好，我要反映一个事吧，楼道堵了", "我要反映一个事，楼道堵了"),
        ("你好像没听懂", "你好像没听懂"),
    ],
)
def test_fillers_go_and_no_word_of_the_matter(said: str, kept: str) -> None:
    assert written(said) == kept


def test_a_title_keeps_to_what_was_said() -> None:
    assert write_title(DUTIES["TR02"], None, "投诉", said="路口红绿信号灯坏了") == "信号灯"
    assert write_title(DUTIES["TR02"], None, "投诉", said="坏了") == "信号灯与交通标志"
    assert write_title(DUTIES["EM03"], None, "求助", danger="摔得动不了") == "紧急警情：摔得动不了"
    assert write_title(DUTIES["UT09"], None, "求助", sure=False) == "路灯不亮（待核实）"
    assert write_title(DUTIES["UT09"], None, "求助", sure=False, guessed=True) == "诉求待核实"
