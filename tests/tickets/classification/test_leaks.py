from tickets.call import Call, Turn
from tickets.classification.leaks import find_leaks

CALL = Call(
    "dev-1", (Turn("operator", "您好。"), Turn("citizen", "我们家楼下那家烧烤店天天晚上排烟，熏得窗户都不敢开。"))
)


def test_words_taken_from_a_call_are_found() -> None:
    copied = ("EN01", "楼下那家烧烤店天天晚上排烟，熏得人睡不着觉。")
    own = ("EN01", "饭馆的油烟管子正对着我阳台，衣服晾出去一股炸串味。")
    leaks = find_leaks([copied, own], [CALL])
    assert [(leak.code, leak.text, leak.call) for leak in leaks] == [(*copied, "dev-1")]
    assert 0.3 <= leaks[0].share <= 1


def test_too_short_to_tell_is_no_leak() -> None:
    assert not find_leaks([("EN01", "烧烤店")], [CALL])
