"""Did the caller call 12345 about the same matter before?"""

import re

from tickets.conversation import Conversation
from tickets.evidence import Found, cite

_HOTLINE = r"(?:你们|恁|你哋|侬(?:搿搭|这里)?|12345|幺二三四五|一二三四五|(?:市长|政务|市民|咱们?)?热线)"
_WHEN = (
    r"(?:上(?:个)?(?:月|周|礼拜|星期)[一二三四五六日]?|上(?:次|回|趟)|前(?:天|日|几天|阵子|段时间)|昨(?:天|日|儿)|琴日|寻日|之前|以前|早先"
    r"|[一二三四五六七八九十]+(?:月份?|号)|(?:第)?[一二两三四五六七八九十]+(?:天|个?月|个?星期|个?礼拜)前)"
)
_TOLD = r"(?:打过(?![去来])|打了|打嚟|反映过|反映了|投诉过|报过|说过|登记过|来过电话|打(?:过)?电话)"
_BEFORE = re.compile(
    rf"{_HOTLINE}(?:这个|这边)?(?:电话)?[^，。！？]{{0,6}}{_TOLD}|{_TOLD}[^，。！？]{{0,2}}{_HOTLINE}[^，。]{{0,4}}[一两三四五六七八九十好几]+(?:次|回|遍|趟)"
    rf"|{_WHEN}[^，。]{{0,8}}(?:打(?:过|了)?{_HOTLINE}|打过)|第[二三四五六七八九十]+(?:次|回|趟)(?:给你们)?(?:打|反映|投诉|来电)"
    rf"|^(?:我)?(?:都|已经)?(?:打|反映|投诉)(?:过|了)?(?:[好几两三四五六七八九十]+)(?:次|回|遍|趟)了?$|又(?:给你们)?打(?:来|过来)?了|又是我$|再次(?:反映|来电|投诉)"
    rf"|你们[^，。]{{0,4}}(?:上次|上回|那回|当时)?[^，。]{{0,4}}(?:说登记|回复(?:说|我|是)|答复(?:说|我)|回我|说转)|(?:之前|上次|那个)[^，。]{{0,4}}(?:工单|单子)[^，。]{{0,8}}(?:办结|没解决|结了|转到)"
)
_OTHERS = re.compile(
    r"物业|社区|街道|派出所|城管|居委|村(?:里|委|主任)|镇(?:上|里)|乡(?:上|里)|电视台|公司|幺幺零|1[12][0-9]\b|110|开发商|12315|幺二三幺五|客服|平台|银行|信访|学校|供电|水务|交警|消防|县里|老板|商家|店家|局"
    r"|群里|邻居|别人|人家|警|打(?:不)?通|才通|占线|问过|挂号"
)
_ASKS = re.compile(
    r"(?:以前|之前|先前|原来)?[^。]{0,8}(?:打过|反映过|投诉过|来过电话|登记过|向我们|来电过)[^。]{0,8}(?:吗|没有|没|过吗|是吗|\?|？)|第一次(?:打|反映|来电)|头一(?:次|回)|热线呢"
)
_ASKS_OTHERS = re.compile(r"报(?:过|了)?警|物业|社区|客服|公安|派出所|哪里反映|哪儿反映|找过|商家|他们|报修")
_YES = re.compile(
    r"^[嗯啊哎哦，,]*(?:打过|打了|反映过|有|是|对|投诉过|报过|来过|不止|好几|[两二三四五六七八九十]+(?:次|回)|上(?:个?月|周|次|回|礼拜)|[一二三四五六七八九十]+月)"
)
_NO = re.compile(
    r"没(?:有)?(?:打|反映|投诉)过|(?<!不是)第一次打|(?:是|就|才)第一次|^第一次|头一(?:次|回|趟)(?!打过)|冇打过|^(?:没得|没有|冇|没)(?=[，。]|$)|未打过|从来没"
)
_NEVER = re.compile(rf"没(?:有)?(?:给)?(?:打|反映|投诉)过{_HOTLINE}|没(?:有)?给{_HOTLINE}打过")


def read_repeat_call(conversation: Conversation) -> Found[bool]:
    """True where the caller says so, or answers the operator's question so; a denial about the hotline wins."""
    denied = _denial(conversation)
    if denied is not None:
        return denied
    for turn in conversation.citizen:
        text, question = conversation.text(turn), conversation.question(turn)
        yes = _YES.match(text) if _ASKS.search(question) and not _ASKS_OTHERS.search(question) else None
        if yes and not _OTHERS.search(text[:20]):
            return Found(True, (cite(conversation.call, turn, yes.start(), yes.end()),))
        for clause in conversation.clauses(turn):
            match = _BEFORE.search(clause.text)
            if match and not _OTHERS.search(clause.text) and not _ASKS_OTHERS.search(question):
                return _true(conversation, turn, clause.start + match.start(), clause.start + match.end())
            explicit = re.search(rf"打(?:过|了)?{_HOTLINE}|给{_HOTLINE}打(?:过|了)", clause.text)
            if match and explicit and not re.search(r"(?:不)?通|挂号|占线", text):
                return _true(conversation, turn, clause.start + match.start(), clause.start + match.end())
    return _of_operator(conversation)


def _true(conversation: Conversation, turn: int, start: int, end: int) -> Found[bool]:
    return Found(True, (cite(conversation.call, turn, start, end),))


def _denial(conversation: Conversation) -> Found[bool] | None:
    for turn in conversation.citizen:
        no = _NO.search(conversation.text(turn))
        question = conversation.question(turn)
        asked = _ASKS.search(question) and not _ASKS_OTHERS.search(question)
        if no and (asked or _NEVER.search(conversation.text(turn))):
            return Found(False, (cite(conversation.call, turn, no.start(), no.end()),))
    return None


def _of_operator(conversation: Conversation) -> Found[bool]:
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
