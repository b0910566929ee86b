"""A call without a matter: silent, cut off, wrong number, a test, or the hotline's own call-back."""

import re
from collections.abc import Iterator

from tickets.conversation import Conversation
from tickets.evidence import Found, cite

_FILLER = re.compile(
    r"喂|您好|你好|唔该|侬好|哈喽|hello|嗯|啊|哦|呃|哎|诶|欸|唉|那个|这个|谢谢|不好意思|对不起|没事|再见|拜拜|好的?|行|是的?|对|在吗|听得?[到见]吗|听不[到见]|[^\u4e00-\u9fffA-Za-z0-9]",
    re.IGNORECASE,
)
_WRONG_NUMBER = re.compile(
    r"打错|拨错|按错|误(?:拨|打|触|按)|搞错(?:号|电话)|不小心(?:按|碰|打|拨)|(?:孩子|小孩|娃|手机)[^，。]{0,8}(?:乱按|自己(?:打|拨)|玩手机|按的|拨的|乱拨)|我(?:要)?(?:打|找)(?:的是)?(?:外卖|快递|银行|10086|移动|联通|电信)[^。]{0,6}(?:不是|错)|这(?:里)?不是[^，。？]{1,10}(?:吗|啊|么)[？，。]*(?:打错|哦|不好意思)"
)
_TEST = re.compile(
    r"(?:测试|试)(?:一下)?(?:电话|线路|通不通|通话|系统|录音|打不打得通)|看(?:看)?(?:能不能|打不打得)(?:打)?通|线路测试|试机|试音"
)
_CALL_BACK = re.compile(
    r"(?:我(?:们)?(?:这(?:边|里))?是|这(?:里|边)是)[^。]{0,14}(?:回访|回复您)|(?:对您|给您|向您|跟您)[^。]{0,14}做(?:个|一个|一次|一下)?回访|满意度回访|回访一下"
)
_PROMISES = re.compile(r"(?:会|将|再|之后|以后|稍后|尽快|办结后|处理后|到时)[^，。]{0,10}$")
_CUT_OFF = re.compile(
    r"(?:喂|您好)?[，,？]?(?:听得?[到见]吗|能听[到见]|您还在吗|还在线|没有声音|听不到您|请讲话|先生|女士)"
)
FEWEST_CHARACTERS = 10
SHORT_CALL = 40
FEWEST_OF_A_MATTER = 4


def read_no_matter(conversation: Conversation, tells_a_matter: bool = False) -> Found[str | None]:
    """Why the call holds no matter (simplified Chinese), or None if it holds one.

    Args:
        conversation: the call.
        tells_a_matter: whether the citizen's words alone make a classifier sure of a duty; then a call-back or a
            few words are more.
    """
    if not any(_words(conversation.text(turn)) for turn in range(len(conversation.call.turns))):
        return Found("录音中没有可辨认的通话内容（静音）")
    said = "".join(_words(conversation.text(turn)) for turn in conversation.citizen)
    greeted = [turn for turn in conversation.citizen if re.search(r"\w", conversation.text(turn))]
    if not said and greeted:
        heard = tuple(cite(conversation.call, turn, 0, len(conversation.text(turn))) for turn in greeted[:2])
        return Found("来电人只应答了一两个字，未说明事项", heard, 0.8)
    if not said:
        return Found("来电人全程没有说话（静音或无人应答）")
    for turn in conversation.citizen:
        text = conversation.text(turn)
        for pattern, why in ((_WRONG_NUMBER, "来电人表示打错电话或误拨"), (_TEST, "来电人表示测试电话，没有诉求")):
            match = pattern.search(text)
            if match and len(said) < 4 * SHORT_CALL and not _tells_more(said, match[0]):
                return Found(why, (cite(conversation.call, turn, match.start(), match.end()),))
    for turn in _opening(conversation):
        match = _CALL_BACK.search(conversation.text(turn))
        promised = match is not None and _PROMISES.search(conversation.text(turn)[: match.start()])
        if match and not promised and len(said) < 4 * SHORT_CALL and not (tells_a_matter and len(said) > SHORT_CALL):
            return Found(
                "热线对办结工单的回访通话，没有新的诉求",
                (cite(conversation.call, turn, match.start(), match.end()),),
                0.7,
            )
    if len(said) < FEWEST_CHARACTERS and not tells_a_matter:
        last = conversation.operator[-1] if conversation.operator else None
        cut = last is not None and _CUT_OFF.search(conversation.text(last))
        evidence = (
            cite(conversation.call, conversation.citizen[-1], 0, len(conversation.text(conversation.citizen[-1]))),
        )
        why = "通话中断，来电人未说明事项" if cut or len(said) >= 3 else "来电人只应答了一两个字，未说明事项"
        return Found(why, evidence, 0.8)
    return Found(None)


def _opening(conversation: Conversation) -> Iterator[int]:
    """The operator's turns before the citizen says more than a greeting."""
    for turn in range(len(conversation.call.turns)):
        if conversation.role(turn) == "operator":
            yield turn
        elif len(_words(conversation.text(turn))) >= FEWEST_OF_A_MATTER:
            return


def _words(text: str) -> str:
    return _FILLER.sub("", text)


def _tells_more(said: str, match: str) -> bool:
    """Whether, the slip aside, enough is said to hold a matter (我打错了部门，…)."""
    return len(said) - len(match) > SHORT_CALL
