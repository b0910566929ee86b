"""When it happened: the latest concrete occurrence that the caller dates, else the dated start."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tickets.conversation import Clause, Conversation
from tickets.evidence import Evidence, Found, cite
from tickets.language.dates import Moment, moments, part_of_day
from tickets.language.lexicon import pattern

_SINCE = re.compile(r"从|打从|自从|开始|起|以来|到现在|至今|一直|就没|就开始|那天起|以后")
_DEADLINE = re.compile(
    r"之前|以前|前头|赶在|截止|到期|马上|要(?:考试|开学|交|用|去|走)|高考|中考|期限|最晚|最迟|预约|约好|准备|打算|计划|明天|后天|下(?:周|个?月|礼拜|星期)"
)
_BACKGROUND = re.compile(
    r"合同|签的?|买的房|结婚|出生|写得|末班|首班|生日|毕业|退休|搬来|搬进|入住|装修完|办的卡|办了?卡|入职|上班到|上班|下班|营业|开门|关门|每天|天天|平时|一般|经常|每到|每逢|规定|公示|通知说|标的|写的|牌子上|以后再?打|以后有空|再打|打过来|联系我|来查|来看|过来|接(?:电话)?|方便|有课|睡觉|回家|到家|之后(?:打|来)|以后(?:打|来|都)|别打|最好"
)
_HABIT = re.compile(
    r"每天|天天|每晚|夜夜|平时|一般|经常|通常|每到|每逢|总是|成天|晚晚|日日|逢|最多|到.{0,6}点(?:都|还|才|不)"
)
_ASKS_WHEN = re.compile(r"什么时候|几点|哪天|哪一天|多久|多长时间|啥时候|几号|几时|何时|时间|当时")
_ASKS_CALLS = re.compile(r"反映过|打过|投诉过|报过|登记过|联系过|找过")
_WEEKENDS = re.compile(r"(?:周六|礼拜六|星期六)(?:跟|和|、)?(?:周日|礼拜天|礼拜日|星期天|星期日)|逢")
_FRESH = re.compile(r"又|刚|来了|发生|出了|突然|断|坏|停|撞|摔|砸|掉|炸|塌|打人|打我|偷")
_LOOKING = re.compile(
    r"去看|看了一眼|看了看|再(?:入|进)?去|去睇|量了|数了|拍了|录了|查了|起来(?:一|想|看)|一拧|路过|看到(?:视频|照片)|给我看|听说"
)
_DUE = re.compile(r"交房|交付|交楼|到期|完工|竣工|到账|该(?:到|发|给|退)")
_EVENING_AHEAD = re.compile(r"今(?:天|儿|日|朝)?(?:晚|夜)")
_WAITS = re.compile(r"(?:等|撑|忙|熬|干|上班|营业|开)(?:到|至)$")
_SUPPOSES = re.compile(r"没(?:得|有)?人(?:打|来)|要是|如果|(?:再)?不(?:来|打)")
_ASKS_HABIT = re.compile(
    r"一般|平时|通常|每天|都是几点|(?:什么时候|什么时间|几点)[^。？]{0,4}(?:能|可以|方便|有空|有人|在家|合适)|要去看|方便|几点(?:放|开|闹|跳|响)?到|打给您|联系您"
)
_TAKEN_BACK = re.compile(r"[，,]?(?:哦|呃|啊|哎)?[，,]?(?:不对|说错|讲错|记错|不是|错了)")
_TELLS = re.compile(r"反映|打(?:过|了|的)|投诉|报过|报的|登记|联系|找(?:过|了)|说过")
_DAY = re.compile(r"[天日昨今前号周月]|礼拜|星期|琴|寻|儿")
MOST_TURNS = 400
FEWEST_BESIDE = 3
NEXT_CLAUSE = 8


@dataclass(frozen=True, slots=True)
class _Dated:
    moment: Moment
    weight: float
    evidence: Evidence


def read_occurrence(conversation: Conversation) -> Found[str | None]:
    """``YYYY-MM-DDTHH:MM`` or ``YYYY-MM-DD`` of the matter, None where the caller dates no occurrence."""
    called_at = conversation.call.started_at
    if called_at is None:
        return Found(None)
    called_at = called_at.replace(tzinfo=None)
    dated: list[_Dated] = []
    context: date | None = None
    part = ""
    for turn in range(min(len(conversation.call.turns), MOST_TURNS)):
        text = conversation.text(turn)
        found = moments(text, called_at, context, part)
        operator = conversation.role(turn) == "operator"
        for moment in found:
            weight = _weight(conversation, turn, moment, called_at, operator=operator)
            if weight > 0:
                dated.append(_Dated(moment, weight, cite(conversation.call, turn, moment.start, moment.end)))
        named = [moment for moment in found if moment.named_day and moment.day <= called_at.date()]
        if named and not operator:
            context = named[-1].day
        part = part_of_day(text) or part
    if not dated:
        return Found(None)
    best = _choose(dated)
    return Found(best.moment.iso(), (best.evidence,), min(0.9, best.weight / 4))


def _choose(dated: list[_Dated]) -> _Dated:
    top = max(item.weight for item in dated)
    close = [item for item in dated if item.weight >= top - 1.0]
    # Of equally good ones the latest; a time of day beats the bare day it belongs to
    return max(
        close, key=lambda item: (item.moment.day, item.moment.clock is not None, item.weight, -item.evidence.turn)
    )


def _weight(  # noqa: PLR0912 - one branch a clue
    conversation: Conversation, turn: int, moment: Moment, called_at: datetime, *, operator: bool
) -> float:
    clause = _clause(conversation, turn, moment)
    text = clause.text
    weight = 2.0
    if operator:
        if conversation.denied(turn):
            return 0.0
        weight = 1.8 if conversation.is_recap(turn) else 1.0
        if moment.clock is None and not conversation.is_recap(turn):
            weight = 0.6
    elif _ASKS_WHEN.search(conversation.question(turn)):
        weight = 3.0
    if not moment.named_day and moment.clock is not None:
        weight -= 0.6 if not _ASKS_WHEN.search(conversation.question(turn)) else 0.0
    if moment.order() > called_at + timedelta(minutes=1) or _spells_a_name(conversation.text(turn), moment):
        return 0.0
    if _TAKEN_BACK.match(conversation.text(turn)[moment.end :]):
        return 0.0
    if _ASKS_HABIT.search(conversation.question(turn)):
        weight -= 2.5 if not moment.named_day or _WEEKENDS.search(text) else 0.8
    if pattern("office_contacts").search(text) or _answers_about_calls(conversation, turn, moment, text):
        weight -= 1.6
    if _HABIT.search(text) or _WEEKENDS.search(text) or _every_night(conversation.text(turn), moment):
        weight -= 1.8
    if not moment.named_day and _HABIT.search(_sentence(conversation.text(turn), moment)):
        weight -= 1.8
    if _BACKGROUND.search(_before_bare(conversation, turn, clause, moment) + text) and not _DUE.search(text):
        weight -= 1.0
    if _DEADLINE.search(text):
        weight -= 1.2
    if _SINCE.search(text) and (called_at.date() - moment.day).days > 1:
        weight -= 0.5
    said = conversation.text(turn)
    if (
        moment.clock is None
        and moment.day == called_at.date()
        and not re.search("[早晚夜午晨]", said[moment.start : moment.end])
    ):
        around = _sentence(said, moment)[: len(text) + NEXT_CLAUSE]
        alone = len(text) - (moment.end - moment.start) <= FEWEST_BESIDE
        weight -= 0.6 if _FRESH.search(text) or (alone and _FRESH.search(around)) else 1.2 if alone else 2.2
    if moment.clock is None and _EVENING_AHEAD.search(said[moment.start : moment.end]) and not _FRESH.search(text):
        weight -= 1.2
    if (moment.clock is not None and _WAITS.search(said[: moment.start])) or _SUPPOSES.match(said[moment.end :]):
        weight -= 2.0
    if _LOOKING.search(text):
        weight -= 1.4
    if moment.clock is not None and re.search(r"(?:到|至|撑到|等到|以前|下午到)$", said[: moment.start]):
        weight -= 1.0
    if moment.clock is not None and re.match(r"(?:以后|之后|以前|之前|到(?!的|家|站|了))", said[moment.end :]):
        weight -= 0.8
    if turn > 0.75 * len(conversation.call.turns) and not operator:
        weight -= 0.5
    return weight if weight >= 0.9 else 0.0


def _spells_a_name(said: str, moment: Moment) -> bool:
    """元旦的元 spells out a surname."""
    of = re.match(r"[的嘅个额嘞](.)", said[moment.end :])
    return of is not None and of[1] in said[moment.start : moment.end]


def _sentence(said: str, moment: Moment) -> str:
    """The sentence that a moment stands in."""
    start = max(said.rfind(mark, 0, moment.start) for mark in "。！？") + 1
    return said[start:].split("。", 1)[0] if start <= moment.start else said


def _before_bare(conversation: Conversation, turn: int, clause: Clause, moment: Moment) -> str:
    """The clause before one that holds hardly more than the moment (牌子上写得清楚，二十二点四十)."""
    if clause.end - clause.start - (moment.end - moment.start) > 1:
        return ""
    return next((other.text for other in conversation.clauses(turn) if 0 < clause.start - other.end <= 1), "")


def _answers_about_calls(conversation: Conversation, turn: int, moment: Moment, clause: str) -> bool:
    """Whether a clause replies to "have you told us before?": it speaks of telling, or says the day and no more."""
    if not _ASKS_CALLS.search(conversation.question(turn)):
        return False
    return bool(_TELLS.search(clause)) or len(clause) - (moment.end - moment.start) <= FEWEST_BESIDE


def _every_night(said: str, moment: Moment) -> bool:
    """夜里十二点还打桩 without a day is what they do every night."""
    return not _DAY.search(said[moment.start : moment.end]) and bool(
        re.match(r"[多了]?(?:都|还|才)", said[moment.end :])
    )


def _clause(conversation: Conversation, turn: int, moment: Moment) -> Clause:
    """The clause that a moment stands in, with the next one when it holds little else (昨晚，…)."""
    clauses = conversation.clauses(turn)
    for index, clause in enumerate(clauses):
        if clause.start <= moment.start < clause.end:
            if clause.end - clause.start - (moment.end - moment.start) <= 1 and index + 1 < len(clauses):
                following = clauses[index + 1]
                return Clause(turn, clause.start, following.end, clause.text + following.text)
            return clause
    return Clause(turn, moment.start, moment.end, conversation.text(turn)[moment.start : moment.end])
