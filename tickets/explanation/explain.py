"""The explanation of a ticket: its evidence, the three best duties with why and why not, and why auto or not."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickets.call import Call
from tickets.city.model import City, Duty
from tickets.classification import alarm, calibration
from tickets.classification.matter import Ranking, rule_factor, weighted_texts
from tickets.conversation import Conversation
from tickets.explanation.contributions import Contributions, contributions
from tickets.explanation.words import Words, strongest
from tickets.review import DEFAULT_PRECISION, wanted_precision
from tickets.structuring import Judgement, Prepared, judge, prepare
from tickets.ticket import Ticket

DUTIES = 3
LEAST_DANGER = 0.01
_WHY_REVIEW = "待人工复核："
SIGNAL_NAMES: Mapping[str, str] = {
    "constant": "基准",
    "share": "事项得分占比",
    "lead over the next": "领先次优主办的幅度",
    "place": "事发地的确定程度",
    "grassroots": "街道（乡镇）主办",
    "redirect": "不属受理范围",
    "answer": "热线直接答复",
    "emergency": "紧急警情得分",
    "danger": "其他危险迹象",
    "nothing": "无诉求的确定程度",
    "sent outside": "话务员已告知法定途径",
    "services complete": "转接对象齐全的把握",
    "words": "危险词句",
    "worst stretch": "最危险的一段话",
    "next turn's worst": "另一轮最危险的一段话",
    "all stretches": "各段话平均",
    "whole call": "全部来电人话语",
    "operator's worst": "话务员处置警情的话",
    "operator's next": "话务员处置警情的另一句话",
    "past": "说的是过去",
    "feared": "说的是担心",
    "figure of speech": "比喻说法",
    "now": "说的是此刻",
    "connected": "话务员已接通救援",
    "length": "通话长短",
}


@dataclass(frozen=True, slots=True)
class Signal:
    """One term of a logistic regression: ``contribution`` is ``value`` × ``weight``, in log-odds."""

    name: str
    value: float
    weight: float
    contribution: float


@dataclass(frozen=True, slots=True)
class DutyExplanation:
    """Why a duty, and why not.

    Attributes:
        code: the duty's, with its names, department and basis from the duty list.
        share: of the ranking, 0…1, after the rules.
        model_share: by the model alone; None for emergencies, which a model of their own tells.
        score: the model's decision value; None for emergencies.
        rule_factor: what the rules of law multiply the share by.
        spoke_for: words that add most to the score.
        spoke_against: words that take most from it.
        compared_with: the best duty; for the best one the next.
        spoke_for_other: words that speak more for that one than for this.
    """

    code: str
    level1: str
    level2: str
    department: str | None
    basis: str
    share: float
    model_share: float | None
    score: float | None
    rule_factor: float
    spoke_for: tuple[Words, ...]
    spoke_against: tuple[Words, ...]
    compared_with: str | None
    spoke_for_other: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class EvidenceTurn:
    """A turn that fields were read from: ``words`` by field."""

    turn: int
    role: str
    text: str
    words: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Explanation:
    """Why a ticket says what it says. ``danger_chance`` and its signals are None and empty without a danger model."""

    city_version: str
    category: str | None
    disposition: str
    mode: str
    turns: tuple[EvidenceTurn, ...]
    duties: tuple[DutyExplanation, ...]
    danger_chance: float | None
    danger_bar: float
    danger_signals: tuple[Signal, ...]
    confidence: float
    wanted_precision: float
    threshold: float
    confidence_signals: tuple[Signal, ...]
    why_review: tuple[str, ...]
    why_no_matter: str | None

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def explain(call: Call, city: City, ticket: Ticket, *, precision: float = DEFAULT_PRECISION) -> Explanation:
    """Explain the ticket of a call by the models that decided on it.

    Args:
        call: what the ticket was made of.
        city: by which it was made.
        ticket: the ticket.
        precision: as it was made with.
    """
    prepared = prepare(city)
    judgement = judge(call, city, precision=precision)
    assessment, conversation = judgement.assessment, judgement.conversation
    chance, danger_signals = _danger(conversation, city, prepared.models.danger)
    precision = wanted_precision(precision, grassroots=assessment.duty.level == "grassroots")
    return Explanation(
        city_version=city.version,
        category=ticket.category,
        disposition=ticket.disposition,
        mode=ticket.mode,
        turns=tuple(_turns(call, ticket)),
        duties=tuple(_duties(judgement, prepared)),
        danger_chance=chance,
        danger_bar=alarm.BAR,
        danger_signals=danger_signals,
        confidence=judgement.confidence,
        wanted_precision=precision,
        threshold=judgement.threshold,
        confidence_signals=_signals(
            calibration.SIGNALS, prepared.models.calibration.weights, calibration.signals_of(assessment)
        ),
        why_review=tuple(
            reason.removeprefix(_WHY_REVIEW).rstrip("。") for reason in ticket.reasons if reason.startswith(_WHY_REVIEW)
        ),
        why_no_matter=assessment.nothing.value,
    )


def _turns(call: Call, ticket: Ticket) -> Iterator[EvidenceTurn]:
    cited: dict[int, dict[str, list[str]]] = {}
    for field, items in ticket.evidence.items():
        for item in items:
            cited.setdefault(item.turn, {}).setdefault(field, []).append(item.words)
    for turn in sorted(cited):
        words = {field: tuple(said) for field, said in cited[turn].items()}
        yield EvidenceTurn(turn, call.turns[turn].role, call.turns[turn].text[:1000], words)


def _duties(judgement: Judgement, prepared: Prepared) -> Iterator[DutyExplanation]:
    model, conversation, assessment = prepared.models.matter, judgement.conversation, judgement.assessment
    texts = weighted_texts(conversation)
    shares = dict(zip(model.labels, map(float, model.probabilities(model.decide(texts))), strict=True))
    best = _best(assessment.ranking)
    known = [duty.code for duty, _ in best if duty.code in shares]
    parts = contributions(model, texts, known)
    for place, (duty, share) in enumerate(best):
        other = _other(best, place)
        yield DutyExplanation(
            code=duty.code,
            level1=duty.level1,
            level2=duty.level2,
            department=duty.lead,
            basis=duty.basis,
            share=share,
            model_share=round(shares[duty.code], 4) if duty.code in shares else None,
            score=round(float(parts.scores[known.index(duty.code)]), 4) if duty.code in shares else None,
            rule_factor=1.0 if duty.level == "emergency" else rule_factor(duty, conversation, assessment.flags),
            spoke_for=_spoke(conversation, parts, duty, 1.0) or _danger_words(judgement, duty),
            spoke_against=_spoke(conversation, parts, duty, -1.0),
            compared_with=other.code if other else None,
            spoke_for_other=_spoke_more(conversation, parts, other, duty) if other else (),
        )


def _best(ranking: Ranking) -> tuple[tuple[Duty, float], ...]:
    """The best duties; a danger that nothing speaks of takes no place of theirs."""
    kept = [item for item in ranking.shares if item[0].level != "emergency" or item[1] >= LEAST_DANGER]
    return tuple(kept[:DUTIES])


def _other(best: tuple[tuple[Duty, float], ...], place: int) -> Duty | None:
    """What a duty is compared with: the best one, and that with the next."""
    at = 1 if place == 0 else 0
    return best[at][0] if at < len(best) else None


def _column(parts: Contributions, duty: Duty) -> list[NDArray[np.float64]]:
    if duty.code not in parts.labels:
        return [np.zeros(len(turn)) for turn in parts.by_turn]
    at = parts.labels.index(duty.code)
    return [turn[:, at] for turn in parts.by_turn]


def _spoke(conversation: Conversation, parts: Contributions, duty: Duty, sign: float) -> tuple[Words, ...]:
    found = strongest(conversation, [sign * turn for turn in _column(parts, duty)])
    return tuple(Words(item.turn, item.words, round(sign * item.contribution, 4)) for item in found)


def _spoke_more(conversation: Conversation, parts: Contributions, one: Duty, other: Duty) -> tuple[Words, ...]:
    """Words that add more to ``one`` than to ``other``."""
    if one.code not in parts.labels or other.code not in parts.labels:
        return ()
    pairs = zip(_column(parts, one), _column(parts, other), strict=True)
    return tuple(strongest(conversation, [first - second for first, second in pairs]))


def _danger_words(judgement: Judgement, duty: Duty) -> tuple[Words, ...]:
    """Of an emergency the words of danger; what each adds is in the danger's signals."""
    if duty.level != "emergency":
        return ()
    return tuple(Words(item.turn, item.words, 0.0) for item in judgement.assessment.emergency.evidence[:DUTIES])


def _danger(
    conversation: Conversation, city: City, models: alarm.DangerModels | None
) -> tuple[float | None, tuple[Signal, ...]]:
    if models is None or not models.alarm.weights:
        return None, ()
    signals = alarm.listen(conversation, city, models).signals
    return round(models.alarm.chance(signals), 4), _signals(alarm.SIGNALS, models.alarm.weights, signals)


def _signals(names: tuple[str, ...], weights: tuple[float, ...], values: tuple[float, ...]) -> tuple[Signal, ...]:
    """The terms that add anything, strongest first."""
    found = [
        Signal(SIGNAL_NAMES.get(name, name), round(value, 4), weight, round(value * weight, 4))
        for name, weight, value in zip(names, weights, values, strict=bool(weights))
    ]
    return tuple(sorted((item for item in found if item.contribution), key=lambda item: -abs(item.contribution)))
