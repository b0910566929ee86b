"""What is told of each day and hour that a call names, for a learned choice: the occurrence, another event, none.

The rules' clues and their weight are among the marks; what is learned is which kind of words a later event outweighs.
"""

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import combinations
from pathlib import Path

from tickets.conversation import Conversation
from tickets.fields import logit
from tickets.fields.logit import Described, Ranker
from tickets.fields.occurrence_clues import ASKS_CALLS, ASKS_HABIT, ASKS_WHEN, Said, clause_of

PACKAGED = Path(__file__).with_name("occurrence_choice.npz")
FORMAT = 1
"""Raise it where what is told of a moment changes, so that a choice of before isn't read."""
BITS, PENALTY = 17, 10.0
MOST_SAYINGS = 4
LEAST_WEIGHT, CLOSE = 0.9, 1.0
"""What the rules ask of a moment, and how near the best one it must be, for them to take the latest."""
_DAYS_AGO, _SPREADS = (0, 1, 3, 7, 14, 31, 62, 183), (0, 1, 7, 30, 90)
_WEIGHTS, _GAPS = (-2.0, -1.0, 0.0, 0.5, 0.9, 1.5, 2.0, 3.0, 4.0), (0.0, 0.3, 0.6, 1.0, 1.5, 2.0)
_PLACES, _HOURS_AGO = (0.15, 0.3, 0.5, 0.75), (0.1, 0.3, 0.6, 1.0, 2.0, 4.0, 12.0, 24.0)
_BEFORE, _AFTER, _BESIDE, _FOLLOWING, _LATE = 12, 14, 12, 24, 0.6
_NUMBER = re.compile(r"[0-9零〇一二两三四五六七八九十廿]+")
_FULL_STOP = re.compile(r"[。！？?!]")
# Kinds of words beside a moment; dialect words among them
_SIGNS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(words)
    for name, words in {
        "visit": r"去(?:了|过)?[^，。]{0,6}(?:问|找|办|催|交|要)|跑了|问了|问过|找了|找过|再去|又去|去的|去嘞|揣过",
        "look": r"看(?:了|到|见)|去看|量的?|拍(?:了|的|照)|数了|录了|路过|发现|瞄|睇|截图|检查|拍片|复查",
        "refuse": r"不给|不让|不肯|拒|不办|不认|退回|不收|没办|不行|办不了|盖不到|说不|不退|推|翻脸|不管|没人|不予"
        r"|不同意|叫我|让我|要我|喊我|说要|说得",
        "says": r"[说讲话]",
        "own": r"[我俺涯𠊎阮]|阿拉|咱",
        "other party": r"[他她伊佢]|公司|老板|物业|司机|店|医院|学校|老师|单位|村|窗口|人家|对方|邻居|楼上|楼下"
        r"|工地|开发商|中介|法院|社区|街道|局",
        "agreed": r"合同|说好|约定|应该|该|到期|承诺|答应|写的|写着|牌子|标的|规定|公示|通知|公告|预约|截止"
        r"|之前|期限|写明",
        "usual": r"下班|上班|上课|下课|放学|打铃|营业|关门|开门|末班|首班|开会|睡|起床|吃饭|高峰|收声|开腔|收摊|出摊"
        r"|平时|一般|每|天天|都是|经常|总是|一到|从来",
        "telephone": r"电话|打给|打我|联系|接|短信|号码|回访|手机|方便|有空|得闲|打来|打过来",
        "paid": r"[交付转充买订借汇缴]|下单|定金|首付|花了",
        "begins": r"开始|起|从|就没|就|一直|以来|到现在|至今",
        "harm": r"断|坏|停|撞|摔|砸|掉|炸|塌|打|偷|漏|爆|倒|咬|伤|死|病|吐|拉肚|疼|痛|冒|烧|淹|堵|骂|锁|拆|挖|砍|吵|响"
        r"|骗|抢|扣|罚|跌|裂|困|晕|闹|扔|泼|臭|熏",
        "told": r"通知|短信|微信|收到|告诉|贴|公布|告知|下了|出来",
        "medical": r"住院|出院|手术|医院|拍片|看病|打针|缝|急诊|检查",
        "now": r"现在|刚|还在|正|这会|而家|今|马上",
        "again": r"又|再|还是|第[二三四五]|上次|头一回|前一|后来|然后|结果|最后",
        "applied": r"申请|提交|递|报上|交(?:的|了)?材料|办的|审|登记|录入|立案|判|裁|开庭|执行",
        "mended": r"修|来人|来了|好了|恢复|清|换|处理|拖走|接走|送",
        "wishes": r"要是|如果|万一|等|打算|准备|想|能不能|希望|最好|必须|赶在",
    }.items()
}
_JOINED = frozenset(
    {"visit", "look", "refuse", "own", "other party", "agreed", "harm", "told", "medical", "paid", "applied"}
)
_KINDS = (
    ("weekday", re.compile(r"周|礼拜|星期|拜")),
    ("ago", re.compile(r"[天日周期拜时头钟]以?之?前")),
    ("feast", re.compile(r"腊|正月|初|除夕|节|农历|清明|中秋|端午|元旦")),
    ("date", re.compile(r"月")),
    ("day of the month", re.compile(r"号")),
    ("today", re.compile(r"今")),
    ("days before", re.compile(r"昨|前|琴|寻|夜[来儿个]")),
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A day or moment (``YYYY-MM-DD`` or ``YYYY-MM-DDTHH:MM``) with its sayings and what the rules find for each."""

    iso: str
    sayings: Sequence[tuple[Said, Sequence[str], float]]
    """What is said, the clues that hold for it, their weight; heaviest first."""

    @property
    def weight(self) -> float:
        """The weight of its heaviest saying."""
        return self.sayings[0][2]

    @property
    def day(self) -> str:
        """The day alone."""
        return self.iso[:10]

    @property
    def has_clock(self) -> bool:
        """Whether a time of day is said."""
        return "T" in self.iso


@lru_cache(maxsize=1)
def packaged_choice() -> Ranker:
    """The choice that comes with the package.

    Raises:
        OSError: the file is missing.
        ValueError: the file is not what was packaged, or was made by other code.
    """
    return logit.load(PACKAGED, format=FORMAT)


def save(choice: Ranker, file: Path, calls: int) -> None:
    """Write a choice that was learned from so many calls.

    Raises:
        OSError: the file can't be written.
    """
    logit.save(choice, file, {"format": FORMAT, "calls": calls})


def describe(conversation: Conversation, called_at: datetime, candidates: Sequence[Dated]) -> list[Described]:
    """What is told of each candidate, in their order (earliest first), then of none of them.

    Args:
        conversation: the call.
        called_at: when it began, local time.
        candidates: at least one.
    """
    return _Description(conversation, called_at, candidates).all()


class _Description:
    def __init__(self, conversation: Conversation, called_at: datetime, candidates: Sequence[Dated]) -> None:
        self._conversation, self._called_at, self._candidates = conversation, called_at, candidates
        self._top = max(item.weight for item in candidates)
        self._of_citizen = [item for item in candidates if "C" in self._roles(item)]
        self._strong = [item for item in candidates if item.weight >= LEAST_WEIGHT]
        self._first_turn = min(said.turn for item in candidates for said, _, _ in item.sayings)
        close = [item for item in self._strong if item.weight >= self._top - CLOSE]
        self._of_rules = max(close, key=lambda item: (item.day, item.has_clock, item.weight), default=None)
        self._least_ago = min(map(self._ago, candidates))

    def all(self) -> list[Described]:
        return [*map(self._of, self._candidates), (self._of_none(), [])]

    def _of_none(self) -> list[str]:
        return [
            "none", f"none-count{min(6, len(self._candidates))}", _step("none-weight", self._top, _WEIGHTS),
            f"none-citizen{bool(self._of_citizen)}", f"none-strong{min(3, len(self._strong))}",
            f"none-clock{any(item.has_clock for item in self._candidates)}",
        ]  # fmt: skip

    def _of(self, item: Dated) -> Described:
        marks = [*self._among_others(item), *(self._among_hours(item) if item.has_clock else ())]
        for saying in item.sayings[:MOST_SAYINGS]:
            marks += self._in_turn(item, *saying)
        return list(dict.fromkeys(marks)), [item.weight / 3, (self._top - item.weight) / 2]

    def _among_others(self, item: Dated) -> list[str]:
        clock, ago = item.has_clock, _step("ago", self._ago(item), _DAYS_AGO)
        days = {other.day for other in self._candidates}
        later, earlier = sum(day > item.day for day in days), sum(day < item.day for day in days)
        strong_later = len({other.day for other in self._strong if other.day > item.day})
        turn = min(said.turn for said, _, _ in item.sayings)
        last = bool(self._of_citizen) and self._of_citizen[-1] is item
        first = bool(self._of_citizen) and self._of_citizen[0] is item
        bare = not clock and any(other.has_clock and other.day == item.day for other in self._candidates)
        return [
            "candidate", f"clock{clock}", ago, f"{ago}{clock}", f"roles{self._roles(item)}",
            f"sayings{min(4, len(item.sayings))}", f"later{min(3, later)}", f"earlier{min(3, earlier)}",
            f"between{min(2, later)}{min(2, earlier)}", f"strong-later{min(3, strong_later)}",
            f"strong-later{min(3, strong_later)}{ago}", f"last{last}", f"first{first}",
            f"alone{len(self._candidates) == 1}", f"bare{bare}", f"count{min(6, len(self._candidates))}",
            _step("place", turn / len(self._conversation.call.turns), _PLACES),
            f"first-named{turn == self._first_turn}", _step("weight", item.weight, _WEIGHTS),
            _step("gap", self._top - item.weight, _GAPS), f"strong{item in self._strong}{min(2, strong_later)}",
            _step("spread", self._ago(item) - self._least_ago, _SPREADS) + ago, f"rules{item is self._of_rules}",
        ]  # fmt: skip

    def _among_hours(self, item: Dated) -> list[str]:
        hours = [other for other in self._candidates if other.has_clock and other.day == item.day]
        ago = (self._called_at - item.sayings[0][0].moment.order()).total_seconds() / 3600
        same = any(other is not item and other.iso[:13] == item.iso[:13] for other in hours)
        return [
            f"last-hour{hours[-1] is item}", f"first-hour{hours[0] is item}", f"hours{min(4, len(hours))}",
            f"same-hour{same}", _step("hours-ago", ago, _HOURS_AGO),
        ]  # fmt: skip

    def _in_turn(self, item: Dated, said: Said, clues: Sequence[str], _weight: float) -> list[str]:
        conversation, moment, turn = self._conversation, said.moment, said.turn
        text, question = conversation.text(turn), conversation.question(turn)
        operator, clause = conversation.role(turn) == "operator", clause_of(conversation, turn, moment)
        start, end = min(clause.start, moment.start), max(clause.end, moment.end)
        role, kind, clock = "O" if operator else "C", _kind(text[moment.start : moment.end]), item.has_clock
        part = role + "r" * conversation.is_recap(turn)
        sentences = _FULL_STOP.split(text[moment.end :])
        rest, beyond = sentences[0][end - moment.end :][:_FOLLOWING], "".join(sentences[1:2])[:_FOLLOWING]
        before = _FULL_STOP.split(text[: moment.start])[-1]
        near, beside = text[start:end], _signs(text[start:end] + rest)
        last = bool(self._of_citizen) and self._of_citizen[-1].day == item.day
        marks = [
            f"part{part}", f"kind{kind}", f"kind{kind}{part}", f"kind{kind}{clock}", f"named{moment.named_day}{part}",
            f"named{moment.named_day}{kind}", f"asked{bool(ASKS_WHEN.search(question))}{role}",
            f"asked-usual{bool(ASKS_HABIT.search(question))}", f"asked-calls{bool(ASKS_CALLS.search(question))}",
            f"late{turn > _LATE * len(conversation.call.turns)}{'telephone' in _signs(text)}",
            *(f"clue {clue}{role}" for clue in clues),
            *([f"confirmed{conversation.confirmed(turn)}"] if operator else _grams("Q", question[-_AFTER:], (2,))),
        ]  # fmt: skip
        for name, words in ((f"in{role}", near), (f"rest{role}", rest), (f"before{role}", before[-20:])):
            marks += [f"{name} {sign}" for sign in _signs(words)]
        marks += [f"question{role} {sign}" for sign in _signs(question)]
        marks += [f"beyond{role} {sign}" for sign in _signs(beyond)]
        for sign in _signs(near):
            marks += [f"in {sign}{clock}", f"in {sign} named{moment.named_day}"]
        marks += [f"last{last} {sign}" for sign in beside]
        marks += [f"{one}+{other}" for one, other in combinations([sign for sign in beside if sign in _JOINED], 2)]
        for size in (1, 2, 3):
            left, right = text[max(0, moment.start - size) : moment.start], text[moment.end : moment.end + size]
            marks += [f"left{role}{left}", f"right{role}{_masked(right)}"]
        marks += _grams(f"B{role}", text[start : moment.start][-_BEFORE:], (1, 2))
        marks += _grams(f"A{role}", text[moment.end : end][:_AFTER], (1, 2, 3))
        marks += _grams(f"N{role}", rest[:_AFTER], (2,))
        marks += _grams(f"P{role}", _FULL_STOP.split(text[: max(0, start - 1)])[-1][-_BESIDE:], (2,))
        return marks

    def _ago(self, item: Dated) -> int:
        return (self._called_at.date() - item.sayings[0][0].moment.day).days

    def _roles(self, item: Dated) -> str:
        roles = {"O" if self._conversation.role(said.turn) == "operator" else "C" for said, _, _ in item.sayings}
        return "".join(sorted(roles))


def _signs(words: str) -> list[str]:
    return [name for name, found in _SIGNS.items() if found.search(words)]


def _kind(words: str) -> str:
    return next((name for name, found in _KINDS if found.search(words)), "clock")


def _masked(words: str) -> str:
    return _NUMBER.sub("0", words)


def _grams(name: str, words: str, sizes: Sequence[int]) -> list[str]:
    said = _masked(words)
    return [f"{name}{said[at : at + size]}" for size in sizes for at in range(len(said) - size + 1)]


def _step(name: str, value: float, edges: Sequence[float]) -> str:
    return f"{name}{bisect_left(edges, value)}"
