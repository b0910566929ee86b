"""Which speaker is the operator, decided from what is said; the channel is only a hint unless the recorder knows.

A small log-odds model whose terms can be read: each cue that a speaker's words hold adds its weight, operators' cues
up, citizens' cues down; habits of the whole call (who speaks first, asks, says 您, tells at length) add theirs. The
difference between two speakers is the log-odds that the first is the operator. Cues are many and short, so that a
recogniser's errors, which spoil some, leave the sum standing.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asr.transcript import Role


@dataclass(frozen=True, slots=True)
class SaidTurn:
    """What one speaker said in one turn; ``start`` in seconds from the start of the recording."""

    speaker: str
    text: str
    start: float


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """Who is who.

    ``roles`` by speaker. ``prompts`` are the indices of turns that a machine speaks (announcements before and after the
    conversation): their role is ``other`` whoever they were attributed to. ``confidence``, 0…1, is the chance that
    operator and citizen are told apart the right way round. ``reasons`` name the strongest cues, none of them a
    citizen's own words.
    """

    roles: Mapping[str, Role]
    confidence: float
    prompts: frozenset[int] = frozenset()
    reasons: tuple[str, ...] = ()

    def role_of(self, index: int, speaker: str) -> Role:
        """Role of a turn by its index and speaker."""
        return "other" if index in self.prompts else self.roles.get(speaker, "other")


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that one side of a call uses. ``weight`` in nats, positive for the operator, counted twice at most."""

    name: str
    weight: float
    pattern: re.Pattern[str]


def _cue(name: str, weight: float, pattern: str) -> Cue:
    return Cue(name, weight, re.compile(pattern))


CUES = (
    # What an operator is trained to say: opening, questions, recording, closing.
    _cue("opening formula", 2.5, r"[您你]好.{0,12}(?:热线|政务|便民|市民|服务|工号|请讲|请问|值守)"),
    _cue("hotline's name", 1.2, r"(?:热线|[一幺1]2?二?三四五|12345)[^我]{0,4}(?:$|请|您|你|为|工|，|。)"),
    _cue("staff number", 1.5, r"工号|[为帮][您你]服务|号话务员|号接线员"),
    _cue("offers help", 1.5, r"有什么.{0,4}(?:帮|需要|反映|事)|可以帮[您你到]|帮到[您你]"),
    _cue("invites to speak", 1.2, r"请讲|[您你]请说|请说|[您你]说|慢慢说"),
    _cue("asks the name", 1.5, r"贵姓|怎么称呼|[您你]姓什么|[您你]的?姓|留个姓|称呼[您你]"),
    _cue(
        "addresses by title",
        1.2,
        r"(?:先生|女士|小姐|阿姨|大爷|大姐|叔叔|同学)[，, ]?(?:[您你请]|电话|不急|别急)|好的?[，, ]?.?(?:先生|女士)",
    ),
    _cue(
        "asks to be reached",
        1.2,
        r"联系(?:电话|方式|[您你])|(?:电话|号码)[^。]{0,8}(?:吗|对吧|对吗|[？?])|来电(?:号码|显示)|方便接",
    ),
    _cue(
        "records", 0.9, r"登记|记录|记下|记好|备注|注明|写上|核对|核实|工单|受理|派单|转(?:给|交|到)|提交|反馈给|督促"
    ),
    _cue("announces the answer", 1.0, r"(?:会有|会跟|会给|会联系|会回|会通知|回复[您你]|回访|短信|工作日)"),
    _cue("asks to please", 0.7, r"请(?:[您你]|问|稍|先|放心|保持|注意|耐心|提供|描述)"),
    _cue("confirms", 0.8, r"对[吗吧][？?，。]?$|是[吗吧][？?]?$|没错吧|听得[到见清]|能听[到清见]"),
    _cue(
        "asks what, where, when",
        0.7,
        r"(?:什么位置|什么地方|哪个(?:区|街道|小区|路|位置|单位)|具体|几号楼|什么时候|有没有[^。]{0,14}[？?吗])",
    ),
    _cue(
        "asks for the wish",
        1.2,
        r"(?:[您你](?:的|主要|想|希望|还有)|希望)[^。]{0,8}(?:诉求|怎么(?:处理|解决)|解决什么|得到|别的|其他)",
    ),
    _cue(
        "shows sympathy",
        0.8,
        r"理解[您你]|[您你](?:别|先别|不要)(?:着急|"
        r"急|担心|激动)|[您你]放心|辛苦[您你]了|抱歉",
    ),
    _cue(
        "closes",
        1.2,
        r"感谢[您你]?的?来电|祝[您你]|还有(?:别的|其他|"
        r"什么)[^。]{0,6}(?:吗|[？?])|再见[，。]?.{0,4}$",
    ),
    # What a citizen says: the matter is his own.
    _cue(
        "opens as a caller",
        -1.2,
        r"^(?:喂|欸|诶)|[您你]好[，, ]?[您你]?好?[，, ]?(?:那个)?[，, ]?我(?!(?:是|们)?(?:热线|这里))",
    ),
    _cue(
        "states the purpose",
        -1.8,
        r"我(?:就)?[想要来](?:投诉|举报|反映|反应|"
        r"咨询|问|建议|求助|表扬|打听|了解|申请)",
    ),
    _cue("gives the name", -1.5, r"我姓|免贵|我叫|[，。]?姓[^什啥名氏]{1}[，。、]"),
    _cue(
        "own home and people",
        -0.9,
        r"我们?(?:家|小区|村|楼|单元|单位|公司|孩子|小孩|老公|老婆|爱人|老伴|妈|爸|爷爷|奶奶|儿子|女儿|媳妇|邻居|宿舍|班)",
    ),
    _cue(
        "turns to the office",
        -0.9,
        r"你们(?:能不能|管|赶紧|到底|给|要|得|去|这|也|不|是不是|快)|给我(?:个|一个)?(?:说法|答复|解决|退|查)",
    ),
    _cue(
        "tells what happened", -0.5, r"人家|他们说|跟我说|我跟他|我说|我就|我又|我去|我打|我问|我看|让我|结果|后来|反正"
    ),
    _cue("spoken fillers", -0.4, r"那个|[啊呀嘛][，。]|哎|呃|就是说"),
    _cue("agrees", -0.3, r"^(?:嗯|对|是|行|哦|好嘞|对对)[，。]"),
)

_CAP = 2
_FIRST = 1.2  # the operator answers the phone: of reference calls, 19 in 20
_LEFT = 0.6  # recorders mostly put the agent on the left
_POLITE = 2.0  # share of 您 among 您 and 你
_ASKING = 2.0  # share of turns that ask
_LENGTH = 0.8  # for each doubling of the mean length of a turn
_TEMPER = 0.6  # cues of one speaker repeat one another: their sum claims more than they know

_QUESTION = re.compile(r"[？?]\s*$|(?:吗|呢|什么|哪里|哪儿|哪个|多少|几[点号个楼]?|对吧|是吧)[。，]?\s*$")

_PROMPT = re.compile(
    r"欢迎(?:致电|拨打|使用)|请按[一二三四五六七八九零幺井\d#*]|[按拨]\s*[\d一二三幺零]\s*键?|按(?:井|星)号键|请输入|"
    r"(?:正在|将)为[您你](?:转接|接通)|转(?:接)?人工|人工(?:服务|坐席|座席)|(?:坐席|座席|话务员|线路)(?:全|正|均|都)?忙|"
    r"请不要挂机|[通本]次?(?:通话|来电)[^。]{0,4}录音|您所拨打的|暂时无法接通|"
    r"(?:服务|通话)[^。]{0,6}评价|满意请|挂机后[^。]{0,6}短信|普通话服务|for english",
    re.IGNORECASE,
)

_PROMPT_SHARE = 0.4
_OWN = re.compile(r"我(?!们?(?:将|会))")
_HUMAN_OPENING = re.compile(r"工号|请讲|贵姓|有什么(?:可以|能)?帮")


def assign_roles(turns: Sequence[SaidTurn], known: Mapping[str, Role] | None = None) -> RoleAssignment:
    """Decide who is the operator among the speakers of a call.

    ``turns`` in order of time; speakers ``left`` and ``right`` are channels. ``known`` are roles by speaker that the
    recorder states: they stand, the rest is decided around them. A third speaker is an operator too where the words
    say so (a transfer), else ``other``.
    """
    prompts = frozenset(prompt_turns(turns))
    spoken: dict[str, list[str]] = {}
    for index, turn in enumerate(turns):
        if index not in prompts and turn.text.strip():
            spoken.setdefault(turn.speaker, []).append(turn.text)
    everyone = dict.fromkeys(turn.speaker for turn in turns)
    stated = {speaker: role for speaker, role in (known or {}).items() if speaker in everyone}
    first = next((t.speaker for i, t in enumerate(turns) if i not in prompts and t.text.strip()), None)
    # Who speaks first says nothing where nobody else speaks.
    first = first if len(spoken) > 1 else None
    scores = {speaker: _score(speaker, said, speaker == first) for speaker, said in spoken.items()}
    roles, confidence = _decide(scores, stated)
    roles |= {speaker: "other" for speaker in everyone if speaker not in roles}
    return RoleAssignment(roles, confidence, prompts, _reasons(spoken, roles))


def prompt_turns(turns: Sequence[SaidTurn]) -> list[int]:
    """Indices of turns spoken by a machine: at the head, before two speakers have talked to each other, or as the last
    words of the call."""
    found: list[int] = []
    speakers: set[str] = set()
    for index, turn in enumerate(turns):
        if _is_prompt(turn.text):
            found.append(index)
        elif turn.text.strip():
            speakers.add(turn.speaker)
        if len(speakers) > 1 or _HUMAN_OPENING.search(turn.text):
            break
    for index in range(len(turns) - 1, max(len(turns) - 3, (found or [-1])[-1]), -1):
        if _is_prompt(turns[index].text):
            found.append(index)
    return sorted(found)


def _is_prompt(text: str) -> bool:
    """A machine's phrases make up much of the turn, it says nothing of itself, and no operator opens in it: a citizen
    who tells of a switched-off phone or a busy line says more than that."""
    said = re.sub(r"[，。、！？\s]", "", text)
    phrases = sum(len(found.group()) for found in _PROMPT.finditer(text))
    return phrases >= _PROMPT_SHARE * max(1, len(said)) and not (_OWN.search(said) or _HUMAN_OPENING.search(text))


def _score(speaker: str, said: Sequence[str], first: bool) -> float:
    total = sum(cue.weight * min(_CAP, _count(cue, said)) for cue in CUES)
    text = "".join(said)
    polite, plain = text.count("您"), text.count("你")
    if polite + plain:
        # Half a count on either side: one 您 alone is little.
        total += _POLITE * ((polite + 0.5) / (polite + plain + 1) - 0.5)
    total += _ASKING * (sum(bool(_QUESTION.search(t)) for t in said) + 0.5) / (len(said) + 1)
    total -= _LENGTH * math.log2(max(4.0, len(text) / len(said)))
    return total + (_FIRST if first else 0.0) + (_LEFT if speaker == "left" else 0.0)


def _count(cue: Cue, said: Sequence[str]) -> int:
    return sum(bool(cue.pattern.search(text)) for text in said)


_LONE_SPEAKER = -0.8 * math.log2(16)
"""Score of somebody who says nothing that tells, in turns of 16 characters."""


def _decide(scores: Mapping[str, float], stated: Mapping[str, Role]) -> tuple[dict[str, Role], float]:
    roles: dict[str, Role] = dict(stated)
    if not scores and not roles:
        return roles, 0.5
    if {"operator", "citizen"} <= set(roles.values()) or all(speaker in roles for speaker in scores):
        decided = dict(roles)
        for speaker, score in scores.items():
            if speaker not in decided:
                decided[speaker] = "operator" if score > _LONE_SPEAKER + 1 else "other"
        return decided, 1.0
    open_speakers = sorted((s for s in scores if s not in roles), key=lambda s: -scores[s])
    if roles and len(open_speakers) == 1 and set(roles.values()) & {"operator", "citizen"}:
        other: Role = "citizen" if "operator" in roles.values() else "operator"
        return roles | {open_speakers[0]: other}, 1.0
    if len(open_speakers) == 1:
        odds = scores[open_speakers[0]] - _LONE_SPEAKER
        return roles | {open_speakers[0]: "operator" if odds > 0 else "citizen"}, _confidence(abs(odds))
    top, bottom = open_speakers[0], open_speakers[-1]
    roles[top], roles[bottom] = "operator", "citizen"
    middle = (scores[top] + scores[bottom]) / 2
    for speaker in open_speakers[1:-1]:
        roles[speaker] = "operator" if scores[speaker] > middle + 1 else "other"
    return roles, _confidence(scores[top] - scores[bottom])


def _confidence(odds: float) -> float:
    return round(1 / (1 + math.exp(-_TEMPER * odds)), 4)


def _reasons(spoken: Mapping[str, Sequence[str]], roles: Mapping[str, Role]) -> tuple[str, ...]:
    found: list[tuple[float, str]] = []
    for speaker, said in spoken.items():
        sign = {"operator": 1, "citizen": -1}.get(roles.get(speaker, "other"), 0)
        found += [
            (abs(cue.weight), f"{speaker} {cue.name}") for cue in CUES if cue.weight * sign > 0 and _count(cue, said)
        ]
    return tuple(reason for _, reason in sorted(found, key=lambda item: (-item[0], item[1]))[:4])
