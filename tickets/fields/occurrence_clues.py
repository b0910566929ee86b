"""What speaks for and against a day or hour being that of the matter: clues of its clause, question and answer."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tickets.conversation import Clause, Conversation
from tickets.language.dates import Moment
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
ASKS_WHEN = re.compile(r"什么时候|几点|哪天|哪一天|多久|多长时间|啥时候|几号|几时|何时|时间|当时")
ASKS_CALLS = re.compile(r"反映过|打过|投诉过|报过|登记过|联系过|找过")
_WEEKENDS = re.compile(r"(?:周六|礼拜六|星期六)(?:跟|和|、)?(?:周日|礼拜天|礼拜日|星期天|星期日)|逢")
_FRESH = re.compile(r"又|刚|来了|发生|出了|突然|断|坏|停|撞|摔|砸|掉|炸|塌|打人|打我|偷")
_LOOKING = re.compile(
    r"去看|看了一眼|看了看|再(?:入|进)?去|去睇|量了|数了|拍了|录了|查了|起来(?:一|想|看)|一拧|路过|看到(?:视频|照片)|给我看|听说"
)
_DUE = re.compile(r"交房|交付|交楼|到期|完工|竣工|到账|该(?:到|发|给|退)")
_EVENING_AHEAD = re.compile(r"今(?:天|儿|日|朝)?(?:晚|夜)")
_WAITS = re.compile(r"(?:等|撑|忙|熬|干|上班|营业|开)(?:到|至)$")
_SUPPOSES = re.compile(r"没(?:得|有)?人(?:打|来)|要是|如果|(?:再)?不(?:来|打)")
ASKS_HABIT = re.compile(
    r"一般|平时|通常|每天|都是几点|(?:什么时候|什么时间|几点)[^。？]{0,4}(?:能|可以|方便|有空|有人|在家|合适)|要去看|方便|几点(?:放|开|闹|跳|响)?到|打给您|联系您"
)
_TAKEN_BACK = re.compile(
    r"(?:[，,][0-9一二三四五六七八九十号月日]{2,8})?[，,。]?(?:哦|呃|啊|哎|噢)?[，,]?"
    r"(?:不对|说错|讲错|记错|不是|错了|唔系|唔係|勿是|弗是|毋是|不，)"
)
_NAMED_AGAIN = re.compile(
    r"[，,](?:哦|噢|呃|不)[，,](?:是)?(?:大?[昨今前]|[上这周礼星]|[0-9一二三四五六七八九十]{1,3}[号月])"
)
_NOT_THAT_DAY = re.compile(r"(?:不是|唔系|唔係|勿是|弗是|毋是)$")
_SAID_WRONG = re.compile(r"我?(?:说|讲|记|搞|弄)错|不对|不是[，,。]")
_TELLS = re.compile(r"反映|打(?:过|了|的)|投诉|报过|报的|登记|联系|找(?:过|了)|说过")
_DAY = re.compile(r"[天日昨今前号周月]|礼拜|星期|琴|寻|儿")
_TOLD_BEFORE = re.compile(r"打过|反映过|投诉过|问过|报过")
_CALL_ME = re.compile(r"打给我|联系我|给我(?:打|回)电话|(?:以后|之后|后)再?打[给我过来吧。，]")
_HABITS = frozenset({"habit", "habit of the sentence", "usual hour"})
FEWEST_BESIDE = 3
NEXT_CLAUSE = 8
LATE = 0.75
_ECHOED_TURNS = 2

WEIGHTS: Mapping[str, float] = {
    "said": 2.0,
    "operator says": -1.0,
    "operator sums up": 0.8,
    "operator's bare day": -0.4,
    "asked when": 1.0,
    "hour without a day": -0.6,
    "asked what is usual": -0.8,
    "usual hour": -1.7,
    "about calls": -1.6,
    "habit": -1.8,
    "habit of the sentence": -1.8,
    "background": -1.0,
    "deadline": -1.2,
    "since": -0.5,
    "today, something new": -0.6,
    "today alone": -1.2,
    "today": -2.2,
    "this evening": -1.2,
    "waits until": -2.0,
    "looks": -1.4,
    "until": -1.0,
    "after": -0.8,
    "late in the call": -0.5,
    "echoed": 1.2,
    "made precise": -1.5,
}
"""What a clue adds; the sum is one measure of the learned choice (``occurrence_choice.py``)."""


@dataclass(frozen=True, slots=True)
class Said:
    """A moment in the turn that says it."""

    turn: int
    moment: Moment


def ruled_out(conversation: Conversation, said: Said, called_at: datetime) -> bool:
    """Whether a moment can't be meant: ahead, denied, taken back, or the spelling of a name."""
    text, moment = conversation.text(said.turn), said.moment
    return (
        moment.order() > called_at + timedelta(minutes=1)
        or _spells_a_name(text, moment)
        or _is_taken_back(conversation, said.turn, moment)
        or (conversation.role(said.turn) == "operator" and conversation.denied(said.turn))
    )


def no_event(conversation: Conversation, said: Said, clues: Sequence[str]) -> bool:
    """Whether a moment is surely of a habit, an earlier call (打过) or one wished for, whatever speaks for it."""
    if not _HABITS.isdisjoint(clues) or _CALL_ME.search(clause_of(conversation, said.turn, said.moment).text):
        return True
    if "about calls" not in clues:
        return False
    clause = clause_of(conversation, said.turn, said.moment)
    bare = len(clause.text) - (said.moment.end - said.moment.start) <= FEWEST_BESIDE
    asked = bool(ASKS_CALLS.search(conversation.question(said.turn)))
    return bool(_TOLD_BEFORE.search(clause.text)) or (bare and asked)


def about_calls(conversation: Conversation, said: Said) -> bool:
    """Whether a moment is that of a call to an office, not of the matter."""
    text = clause_of(conversation, said.turn, said.moment).text
    return bool(pattern("office_contacts").search(text)) or _answers_about_calls(
        conversation, said.turn, said.moment, text
    )


def clues_of(conversation: Conversation, said: Said, every: Sequence[Said], called_at: datetime) -> list[str]:
    """The clues that hold for a moment, names of :data:`WEIGHTS`.

    Args:
        conversation: the call.
        said: the moment.
        every: all moments of the call that aren't ruled out.
        called_at: when the call began.
    """
    turn, moment = said.turn, said.moment
    operator, recap = conversation.role(turn) == "operator", conversation.is_recap(turn)
    clause = clause_of(conversation, turn, moment)
    text, whole = clause.text, conversation.text(turn)
    question = conversation.question(turn)
    asked = bool(ASKS_WHEN.search(question))
    clock = moment.clock is not None
    ago = (called_at.date() - moment.day).days
    usual = bool(ASKS_HABIT.search(question))
    today = not clock and ago == 0 and not re.search("[早晚夜午晨]", whole[moment.start : moment.end])
    alone = len(text) - (moment.end - moment.start) <= FEWEST_BESIDE
    around = _sentence(whole, moment)[: len(text) + NEXT_CLAUSE]
    new = bool(_FRESH.search(text) or (alone and _FRESH.search(around)))
    echoes = [
        other
        for other in every
        if not operator
        and turn < other.turn <= turn + _ECHOED_TURNS
        and conversation.role(other.turn) == "operator"
        and other.moment.named_day
        and other.moment.day == moment.day
    ]
    holds = {
        "said": True,
        "operator says": operator,
        "operator sums up": operator and recap,
        "operator's bare day": operator and not clock and not recap,
        "asked when": not operator and asked,
        "hour without a day": not moment.named_day and clock and not asked,
        "asked what is usual": usual,
        "usual hour": usual and (not moment.named_day or bool(_WEEKENDS.search(text))),
        "about calls": about_calls(conversation, said),
        "habit": bool(_HABIT.search(text) or _WEEKENDS.search(text)) or _every_night(whole, moment),
        "habit of the sentence": not moment.named_day and bool(_HABIT.search(_sentence(whole, moment))),
        "background": bool(_BACKGROUND.search(_before_bare(conversation, turn, clause, moment) + text))
        and not _DUE.search(text),
        "deadline": bool(_DEADLINE.search(text)),
        "since": bool(_SINCE.search(text)) and ago > 1,
        "today, something new": today and new,
        "today alone": today and not new and alone,
        "today": today and not new and not alone,
        "this evening": not clock
        and bool(_EVENING_AHEAD.search(whole[moment.start : moment.end]))
        and not _FRESH.search(text),
        "waits until": (clock and bool(_WAITS.search(whole[: moment.start])))
        or bool(_SUPPOSES.match(whole[moment.end :])),
        "looks": bool(_LOOKING.search(text)),
        "until": clock and bool(re.search(r"(?:到|至|撑到|等到|以前|下午到)$", whole[: moment.start])),
        "after": clock and bool(re.match(r"(?:以后|之后|以前|之前|到(?!的|家|站|了))", whole[moment.end :])),
        "late in the call": turn > LATE * len(conversation.call.turns) and not operator,
        "echoed": bool(echoes) and not _DEADLINE.search(text),
        "made precise": clock and any(_makes_precise(other, said) for other in every),
    }
    return [clue for clue in WEIGHTS if holds[clue]]


def _makes_precise(later: Said, said: Said) -> bool:
    """六点多吧，六点十分: said right after, the same day, within the hour."""
    if later.turn != said.turn or later.moment.end <= said.moment.end or later.moment.clock is None:
        return False
    return timedelta(0) < later.moment.order() - said.moment.order() < timedelta(hours=1)


def _is_taken_back(conversation: Conversation, turn: int, moment: Moment) -> bool:
    """Whether a day is corrected: right after it, before it (不是前天), or when the operator reads it back."""
    text = conversation.text(turn)
    after = text[moment.end : moment.end + 12]
    if _TAKEN_BACK.match(after) or _NAMED_AGAIN.match(after) or _NOT_THAT_DAY.search(text[: moment.start]):
        return True
    # 前天去的。——前天，十七号？——我说错了，是昨天
    for other in range(turn + 1, min(turn + 3, len(conversation.call.turns))):
        if conversation.role(other) == "citizen" and text[moment.start : moment.end] in conversation.question(other):
            return bool(_SAID_WRONG.search(conversation.text(other)[:12]))
    return False


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
    if not ASKS_CALLS.search(conversation.question(turn)):
        return False
    return bool(_TELLS.search(clause)) or len(clause) - (moment.end - moment.start) <= FEWEST_BESIDE


def _every_night(said: str, moment: Moment) -> bool:
    """夜里十二点还打桩 without a day is what they do every night."""
    return not _DAY.search(said[moment.start : moment.end]) and bool(
        re.match(r"[多了]?(?:都|还|才)", said[moment.end :])
    )


def clause_of(conversation: Conversation, turn: int, moment: Moment) -> Clause:
    """The clause that a moment stands in, with the next one when it holds little else (昨晚，…)."""
    clauses = conversation.clauses(turn)
    for index, clause in enumerate(clauses):
        if clause.start <= moment.start < clause.end:
            if clause.end - clause.start - (moment.end - moment.start) <= 1 and index + 1 < len(clauses):
                following = clauses[index + 1]
                return Clause(turn, clause.start, following.end, clause.text + following.text)
            return clause
    return Clause(turn, moment.start, moment.end, conversation.text(turn)[moment.start : moment.end])
