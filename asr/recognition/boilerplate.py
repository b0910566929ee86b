"""Strikes what Whisper writes on silence and music: phrases of its training subtitles that no caller says."""

import re

_PHRASES = (
    r"请不吝(?:点赞|点點).*",
    r"(?:请|欢迎|记得)?(?:点赞|订阅|转发|打赏)[、,， ]*(?:点赞|订阅|转发|打赏|支持|关注).*",
    r"(?:明镜|点点).{0,4}栏目",
    r"(?:中文)?(?:字幕|翻译|校对|时间轴|后期|监制|听译)[:： ]?(?:由|组|志愿者|提供|制作|by|[A-Za-z]{2,9}$).*",
    r"(?:中文)?(?:字幕|翻译|校对|时间轴|后期|监制|听译)[:： ][A-Za-z\u4e00-\u9fff]{2,6}",
    r".{0,6}字幕(?:组|志愿者|提供|制作|由).*",
    r".{0,4}(?:Amara|amara)\.?org.*",
    r"(?:谢谢|感谢)(?:大家|您|你们)?的?(?:观看|收看|收听|聆听|观赏)[^，。,.]{0,6}",
    r"(?:我们)?下(?:期|集|个视频|次节目)(?:再见|见|再会)",
    r"(?:本(?:节目|视频|集)|以上)(?:由|言论|内容).{0,12}(?:赞助|播出|立场|提供)",
    r"(?:优优|优独)?(?:独播剧场|YoYo Television Series Exclusive).*",
    r"(?:词|曲|作词|作曲|编曲|演唱)[:： ]{1,2}\S{1,8}",
    r"以下是普通话的句子.{0,10}|使用简体中文",
    r"[(（\[【](?:音乐|笑|掌声|字幕|静音|无声|铃声|电话铃声|背景音乐)[^)）\]】]{0,6}[)）\]】]|♪+.*",
)
_BOILERPLATE = re.compile("|".join(f"(?:{phrase})" for phrase in _PHRASES))
_CLAUSE = re.compile(r"(?:[^，。！？；,.!?;\n]|\.(?=\w))+[，。！？；,.!?;\n]*")


def boilerplate_spans(text: str) -> list[tuple[int, int]]:
    """Ranges of characters to strike. A clause goes only where all of it is boilerplate; ``text`` is simplified."""
    spans = []
    for clause in _CLAUSE.finditer(text):
        words = clause.group().rstrip("，。！？；,.!?;\n").strip()
        if words and _BOILERPLATE.fullmatch(words):
            spans.append(clause.span())
    return spans
