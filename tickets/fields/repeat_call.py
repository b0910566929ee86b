"""Did the caller call 12345 about the same matter before?"""

import re

from tickets.conversation import Conversation
from tickets.evidence import Found, cite

_BEFORE = re.compile(
    r"(?:给|跟|向)?(?:你们|恁|你哋|侬搿搭|12345|幺二三四五|一二三四五|热线|这个(?:电话|号码?)|市长热线|政务热线)[^，。！？]{0,6}(?:打过|打了|反映过|投诉过|报过|说过|登记过|来过)|(?:打|投诉|反映|报)过?(?:了)?(?:你们|恁)?(?:这个)?(?:12345|幺二三四五|一二三四五|热线|你们)?(?:这个电话)?(?:[好几两三四五六七八九十]+|一)(?:次|回|遍|趟)(?!都没)|(?:第[二三四五六七八九十]+|又一)(?:次|回|趟)(?:打|反映|投诉|来电)|(?:上次|上回|上趟|前(?:天|几天|阵子)|之前|以前|上个?(?:月|周|礼拜|星期)[一二三四五六日]?|[一二三四五六七八九十]+月份?|昨天)[^，。]{0,8}(?:就|也|我)?(?:打过|打了|反映过|投诉过|给你们打|跟你们|打你们|打这个)|又(?:给你们)?打(?:来|过来)?了|再次(?:反映|来电|投诉)|你们[^，。]{0,4}(?:上次|上回|那回|当时)?[^，。]{0,4}(?:说登记|回复(?:说|我|是)|答复(?:说|我)|回我|说转)|打过一[次回]"
)
_OTHERS = re.compile(
    r"(?:打(?:过|了)?(?:给)?|找|问|跟|给)(?:物业|社区|街道|派出所|城管|居委会?|村|镇|电视台|公司|110|幺幺零|开发商|12315|幺二三幺五|客服|平台|银行|信访|学校|教育局|供电|水务|交警|消防|[^，。]{0,4}局)"
)
_ASKS = re.compile(
    r"(?:以前|之前|先前|原来)?[^。]{0,6}(?:打过|反映过|投诉过|来过电话|登记过|向我们)[^。]{0,8}(?:吗|没有|没|过吗|是吗|\?|？)|第一次(?:打|反映|来电)|头一(?:次|回)"
)
_YES = re.compile(
    r"^[嗯啊哎哦，,]*(?:打过|打了|反映过|有|是|对|投诉过|报过|来过|不止|好几|[两二三四五六七八九十]+(?:次|回)|上(?:个?月|周|次|回|礼拜)|[一二三四五六七八九十]+月)"
)
_NO = re.compile(
    r"没打过|没有打过|没(?:有)?反映过|没(?:有)?投诉过|第一次|头一(?:次|回|趟)|冇打过|没得|未打过|从来没|(?:群里|邻居|别人|人家|其他人|亲戚)[^，。]{0,4}打"
)


def read_repeat_call(conversation: Conversation) -> Found[bool]:
    """True where the caller says so, or answers the operator's question so."""
    for turn in conversation.citizen:
        text = conversation.text(turn)
        asked = bool(_ASKS.search(conversation.question(turn)))
        if _NO.search(text):
            if asked:
                return Found(False, (cite(conversation.call, turn, *_span(_NO, text)),))
            continue
        if asked and _YES.match(text) and not _OTHERS.search(text[:20]):
            return Found(True, (cite(conversation.call, turn, *_span(_YES, text)),))
        for clause in conversation.clauses(turn):
            match = _BEFORE.search(clause.text)
            if match and not _OTHERS.search(clause.text):
                start = clause.start + match.start()
                return Found(True, (cite(conversation.call, turn, start, clause.start + match.end()),))
    for turn in conversation.operator:
        match = re.search(
            r"(?:按|登记)?(?:再次|重复)(?:反映|来电)|您(?:上次|之前|前天|昨天)(?:反映|打|来电)(?:过)?",
            conversation.text(turn),
        )
        if (
            match
            and not conversation.denied(turn)
            and not re.search(r"[吗？]", conversation.text(turn)[match.end() : match.end() + 12])
        ):
            return Found(True, (cite(conversation.call, turn, match.start(), match.end()),), 0.7)
    return Found(False)


def _span(pattern: re.Pattern[str], text: str) -> tuple[int, int]:
    match = pattern.search(text)
    return (match.start(), match.end()) if match else (0, 0)
