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
    r"之前|以前|截止|到期|马上|要(?:考试|开学|交|用|去|走)|高考|中考|期限|最晚|最迟|预约|约好|准备|打算|计划|明天|后天|下(?:周|个?月|礼拜|星期)"
)
_BACKGROUND = re.compile(
    r"合同|签的?|买的房|结婚|出生|生日|毕业|退休|搬来|搬进|入住|装修完|办的卡|办了?卡|入职|上班到|上班|下班|营业|开门|关门|每天|天天|平时|一般|经常|每到|每逢|规定|公示|通知说|标的|写的|牌子上|以后再?打|以后有空|再打|打过来|联系我|来查|来看|过来|接(?:电话)?|方便|有课|睡觉|回家|到家|之后(?:打|来)|以后(?:打|来|都)|别打|最好"
)
_HABIT = re.compile(
    r"每天|天天|每晚|夜夜|平时|一般|经常|通常|每到|每逢|总是|成天|晚晚|日日|逢|最多|到.{0,6}点(?:都|还|才|不)"
)
_ASKS_WHEN = re.compile(r"什么时候|几点|哪天|哪一天|多久|多长时间|啥时候|几号|几时|何时|时间|当时")
_ASKS_CALLS = re.compile(r"反映过|打过|投诉过|报过|登记过|联系过|找过")
_FRESH = re.compile(r"又|刚|发生|出了|突然|断|坏|停|撞|摔|砸|掉|炸|塌|打人|打我|偷")
_LOOKING = re.compile(r"去看|看了一眼|看了看|(?:又|再)(?:入|进)?去|去睇|量了|数了|拍了|录了|查了")
_TELLS = re.compile(r"反映|打(?:过|了|的)|投诉|报过|报的|登记|联系|找(?:过|了)|说过")
_DAY = re.compile(r"[天日昨今前号周月]|礼拜|星期|琴|寻|儿")
MOST_TURNS = 400
FEWEST_BESIDE = 3


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
    if moment.order() > called_at + timedelta(minutes=1):
        return 0.0
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
    if pattern("office_contacts").search(text) or _answers_about_calls(conversation, turn, moment, text):
        weight -= 1.6
    if _HABIT.search(text) or _every_night(conversation.text(turn), moment):
        weight -= 1.8
    if _BACKGROUND.search(text):
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
        weight -= 1.2 if not _FRESH.search(text) else 0.6
    if _LOOKING.search(text):
        weight -= 1.4
    if moment.clock is not None and re.search(r"(?:到|至|撑到|等到|以前|下午到)$", said[: moment.start]):
        weight -= 1.0
    if moment.clock is not None and re.match(r"(?:以后|之后|以前|之前|到(?!的|家|站|了))", said[moment.end :]):
        weight -= 0.8
    if turn > 0.75 * len(conversation.call.turns) and not operator:
        weight -= 0.5
    return weight if weight >= 0.9 else 0.0


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
