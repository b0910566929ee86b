"""What the caller wants of the hotline: 咨询, 求助, 投诉, 举报, 建议 or 表扬 (FORMATS.md, ``appeal_type``)."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tickets.city.model import Duty
from tickets.conversation import Conversation
from tickets.evidence import Found, cite
from tickets.fields.negation import is_denied

APPEALS = ("咨询", "求助", "投诉", "举报", "建议", "表扬")
_PRAISE = re.compile(
    r"表扬|呵咾|夸(?:一?个|一下|奖|夸)|锦旗|感谢信|点(?:个)?赞(?!的)|谢谢(?:那|他|她|这)|要(?:好好)?感谢|拾金不昧|奖励(?:伊|他|她)|道(?:个|声)谢"
)
_SUGGESTION = re.compile(
    r"(?:我)?(?:有|提)(?:个|一个|一条|几条|点|些)?(?:小)?(?:建议|想法|意见|主意|点子)|建议(?:你们|政府|一下|能不能|在|把|增|可以)|我不是投诉[^。]{0,12}(?:想法|建议)|合理化建议"
)
_REPORT = re.compile(
    r"举报|揭发|检举|反映(?:一个)?(?:违法|违规)|偷税|漏税|传销|无证(?:行医|经营|开)|非法(?:行医|集资|占|采|排)|黑(?:诊所|作坊|工厂|心|车|中介)|造假|假(?:药|货|证|发票)|受贿|索贿|收(?:钱|礼|黑钱|红包)|偷(?:排|倒|采|税)|私(?:设|刻|挖|采)|烧(?:秸秆|麦茬|垃圾)|占(?:了)?(?:基本)?(?:农田|耕地)|违(?:章|法)(?:建|占)|盖(?:仓库|房)[^，。]{0,8}(?:农田|耕地)|不开(?:发)?票|短接|拉人头|返利"
)
_COMPLAINT = re.compile(
    r"投诉|讨(?:个)?说法|要(?:个)?说法|太(?:过分|欺负)|欺负人|不合理|凭什么|凭啥|坑|骗|退(?:钱|款|费|我)|赔|不(?:退|赔|给|管|认|修|开)|没人(?:管|修|理)|推(?:来推去|诿|脱)|态度|扰民|吵|臭|欠|拖|堵|霸|糊弄|忽悠|不讲理|气|黑心|乱收"
)
_QUESTION = re.compile(
    r"咨询|问(?:一下|一句|一声|问|个|件)|请问|打听|了解一下|怎么(?:办理?|弄|申请|交|查|走)|需要(?:什么|哪些|带)|什么(?:条件|手续|材料|流程)|哪些(?:材料|手续)|能不能(?:办|报|领|享受|用|提)|可不可以(?:办|报|领)|符不符合|在哪(?:里|儿)?(?:办|交|领)|多少钱|几点(?:上|下|开)"
)
_HELP = re.compile(
    r"求助|帮帮|帮(?:我|忙|俺)|救(?!助)|求(?:求|你们)|想想办法|派(?:个|人|辆)[^，。]{0,4}(?:来|看)|(?:盼|希望|想)(?:着)?[^，。]{0,6}(?:能|有人)|走丢|轮椅|透析|(?<![报维装检])修"
)


# Words of duties' names: of unlawful conduct that people report, and of what they need from somebody
_REPORTED_DUTY = re.compile(r"焚烧|倾倒|城区违章|违法占地|非法|无照|传销|线索|举报|偷漏税|违纪|禁放")
_HELPING_DUTY = re.compile(
    r"停水|停电|电力设施|充电设施|缺失|破损|坑洼|不亮|信号灯|内涝|外溢|饮水|救助|低保|残疾|津贴|养老金|优抚|调解|修剪|倒伏|捕捉"
    r"|职业介绍|小修小补|无理要求|秘密|隐私"
)
# 我要表扬: said outright, unlike 我想咨询，也不算咨询
_OUTRIGHT = re.compile(
    r"(?:要|想|来|是来|特意|专门|打电话)(?:好好|真心|点名)?(?P<a>投诉|举报|表扬|建议)|(?:有|提)(?:个|一个|一条|几条|点|些)(?:小)?(?P<b>建议)"
)
_EITHER_DUTY = re.compile(r"投放点|维修资金|保障房申请|加装电梯|接种|户籍|公积金|证明|医保|婚姻|污水排放")
_ASKS_FOR_HELP = re.compile(
    r"帮(?:帮|我|忙|俺)|求(?:求|你们)|麻烦[^，。]{0,8}(?:修|来|扶|看|派)|派(?:个|人|辆)|(?<![十几百])来(?:个人|辆车|几个人|一下)|能不能[^，。]{0,4}(?:让我们|上门|帮|先)|想想办法|中间人|抓一下|修一下"
)
MOST_IN_PASSING = 2
CLEARLY_AGAINST, SAID_OUTRIGHT = 1.5, 1.2
OF_THE_DUTY, SUFFERED = 2.2, 1.2
"""What the duty's name adds: such matters are mostly reported, or asked help for; all others suffered."""
_NO_COMPLAINT = re.compile(r"(?:不是|没有|毋是|勿是|弗是|唔系|唔係)(?:要|来|欲|想)?投诉")
_UNANSWERED = re.compile(
    r"(?:没|无)(?:有)?(?:个|人)?(?:答复|回复|下文|消息|人管)|不修|不管|(?:又|还是)(?:冰凉|坏|不热|没)|一会儿说|推来推去|报修(?:了|过)|打了[^，。]{0,4}个电话|说了[^，。]{0,4}(?:道|次|遍|回)|问一次|没人(?:整|修|理)"
)
_OWN_CLAIM = re.compile(r"退(?:我|钱|款|给)|赔|我(?:家|屋|的)|欠我|孩子|睡不|收(?:了)?我")
_OTHERS_DO = re.compile(r"有(?:人|个|家|一?家)|他们|厂里|村里|辆")


_NO_REPORT = re.compile(r"(?:不|没)(?:是|想)?举报")
_WORDS_OF: dict[str, tuple[re.Pattern[str], float, int]] = {
    "咨询": (_QUESTION, 0.5, 3),
    "求助": (_HELP, 0.5, 3),
    "投诉": (_COMPLAINT, 0.5, 4),
    "举报": (_REPORT, 0.8, 3),
    "建议": (_SUGGESTION, 1.3, 2),
    "表扬": (_PRAISE, 0.6, 2),
}
"""Each type's words, what one of them weighs, and how many count at most."""


SIGNALS = (
    "constant",
    *APPEALS,
    "asks for help",
    "no complaint",
    "unanswered",
    "own claim",
    "others do",
    "says report",
    "says complain",
    "party",
    "urgent",
    "confidential",
    "group or threat",
    "reported duty",
    "helping duty",
    "either duty",
)
"""What a fitted model weighs, before the log shares of the duty's confirmed calls of each type."""


@dataclass(frozen=True, slots=True)
class AppealModel:
    """``weights``: a row for each of ``labels``, over :data:`SIGNALS` and the log share of each of ``labels``.

    ``shares`` are by duty code, else by the duty's group (level1), else under ``""``.
    """

    labels: tuple[str, ...]
    weights: tuple[tuple[float, ...], ...]
    shares: Mapping[str, tuple[float, ...]]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "AppealModel":
        """Read back from what was stored."""
        weights = tuple(tuple(map(float, row)) for row in stored["weights"])
        shares = {str(key): tuple(map(float, row)) for key, row in stored["shares"].items()}
        return cls(tuple(map(str, stored["labels"])), weights, shares)

    def choose(self, signals: tuple[float, ...], duty: Duty) -> str:
        """The likeliest type."""
        keys = (duty.code, duty.level1, "")
        shares = next(self.shares[key] for key in keys if key in self.shares)
        return self.labels[int(np.argmax(np.array(self.weights) @ np.array([*signals, *shares])))]


def read_appeal(
    conversation: Conversation,
    flags: Collection[str],
    *,
    emergency: bool,
    urgent: bool,
    party: bool,
    duty: Duty | None = None,
    model: AppealModel | None = None,
) -> Found[str]:
    """The appeal type.

    Args:
        conversation: the call.
        flags: the ticket's flags.
        emergency: whether it is an emergency, always a 求助.
        urgent: whether somebody must act soon.
        party: whether a party is named.
        duty: the duty chosen: its name says whether such matters are mostly reported, suffered or asked help for,
            and what the hotline answers itself (政策办事咨询, 表扬).
        model: what weighs all that; the rules when None.
    """
    if emergency:
        return Found("求助")
    name = duty.level2 if duty else ""
    answer_duty = name if duty and duty.level == "answer" else ""
    for appeal, words in (("表扬", "表扬"), ("建议", "建议"), ("咨询", "咨询")):
        if words in answer_duty and (appeal != "建议" or "表扬" not in answer_duty):
            return _cited(conversation, _WORDS_OF[appeal][0], appeal)
    text = conversation.citizen_text()
    if model is not None and duty is not None:
        chosen = model.choose(signals_of(conversation, flags, duty, urgent=urgent, party=party), duty)
        return _cited(conversation, _WORDS_OF[chosen][0], chosen)
    scores = _by_words(text)
    for appeal, weight in _by_duty(name):
        scores[appeal] += weight
    asks_for_help = bool(_ASKS_FOR_HELP.search(text))
    scores["投诉"] += 0.8 if party else 0.0
    scores["求助"] += (0.8 * urgent + 0.8 * asks_for_help) if not party else 0.0
    scores["举报"] += 0.8 if "confidential" in flags else 0.0
    asks_only = len(_QUESTION.findall(text)) >= MOST_IN_PASSING and not _COMPLAINT.search(text)
    scores["咨询"] += 1.4 if asks_only and not urgent and not asks_for_help else 0.0
    # Who only asks is answered by the hotline; a question about an own matter that a department has is its matter
    scores["咨询"] -= 2.0 if scores["投诉"] + scores["举报"] > CLEARLY_AGAINST else 1.0
    best = max(APPEALS, key=lambda appeal: scores[appeal])
    return _cited(conversation, _WORDS_OF[best][0], best)


def signals_of(
    conversation: Conversation, flags: Collection[str], duty: Duty, *, urgent: bool, party: bool
) -> tuple[float, ...]:
    """The :data:`SIGNALS` of a call under a duty."""
    text, name = conversation.citizen_text(), duty.level2
    scores = _by_words(text)
    told = (
        _ASKS_FOR_HELP.search(text),
        _NO_COMPLAINT.search(text),
        _UNANSWERED.search(text),
        _OWN_CLAIM.search(text),
        _OTHERS_DO.search(text),
        "举报" in text,
        "投诉" in text,
        party,
        urgent,
        "confidential" in flags,
        not {"group", "threat"}.isdisjoint(flags),
        _REPORTED_DUTY.search(name),
        _HELPING_DUTY.search(name),
        _EITHER_DUTY.search(name),
    )
    return (1.0, *(scores[appeal] for appeal in APPEALS), *(float(bool(sign)) for sign in told))


def _by_words(text: str) -> dict[str, float]:
    """What the citizen's words say for each type."""
    scores = {
        appeal: weight * min(most, len(pattern.findall(text))) for appeal, (pattern, weight, most) in _WORDS_OF.items()
    }
    no_complaint = bool(_NO_COMPLAINT.search(text))
    scores["投诉"] += 0.8 + 1.4 * bool(_UNANSWERED.search(text)) - 1.2 * no_complaint
    scores["投诉"] += 0.8 if "投诉" in text and not no_complaint else 0.0
    scores["举报"] += 0.6 if not _OWN_CLAIM.search(text) and _OTHERS_DO.search(text) else 0.0
    scores["举报"] += 1.2 if "举报" in text and not _NO_REPORT.search(text) else 0.0
    for outright in _OUTRIGHT.finditer(text):
        if not is_denied(text, outright.start()):
            scores[outright["a"] or outright["b"]] += SAID_OUTRIGHT
    return scores


def _by_duty(duty: str) -> Iterator[tuple[str, float]]:
    """What the duty's name says: such matters are mostly reported, asked help for, or suffered."""
    if _REPORTED_DUTY.search(duty):
        yield "举报", OF_THE_DUTY
    elif _HELPING_DUTY.search(duty):
        yield "求助", OF_THE_DUTY
    elif duty and not _EITHER_DUTY.search(duty):
        yield "投诉", SUFFERED


def _cited(conversation: Conversation, pattern: re.Pattern[str], appeal: str) -> Found[str]:
    for turn in conversation.citizen:
        match = pattern.search(conversation.text(turn))
        if match:
            return Found(appeal, (cite(conversation.call, turn, match.start(), match.end()),), 0.7)
    return Found(appeal, (), 0.5)
