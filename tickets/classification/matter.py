"""Which duty the call is about: the classifier's shares, moved by what the law makes decisive.

A danger told as happening makes it an emergency whatever else is said; a matter that the operator declares outside the
remit, naming the body that is competent, is a redirect; praise and suggestions are named as such by the caller.
"""

import math
import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from tickets.city.model import NO_MATTER, City, Duty
from tickets.classification.model import LinearModel
from tickets.conversation import Conversation
from tickets.fields.emergency import THRESHOLD, Emergency

CITIZEN_WEIGHT, OPERATOR_WEIGHT, RECAP_WEIGHT = 1.0, 0.25, 0.6
CONTACT_QUESTION = re.compile(r"贵姓|怎么称呼|电话(?:是|还|就)|联系(?:电话|您|方式)|回访|号码|留个姓")
_OUTSIDE = re.compile(
    r"(?:不(?:能|予|归|属于|在|是)|没法|无法|没有权|办不了)[^。]{0,14}(?:受理|管|职责|范围|干预|派|处理|改变|登记)|不受理|办不了|受理范围|只能(?:由|走|向|去|找)|建议您(?:向|到|去|拨打|打|找|走)|您可以(?:向|到|去|拨打|打|找)|(?:由|归)[^，。]{0,10}(?:法院|仲裁|纪检|监察|信访|复议)[^，。]{0,8}(?:管|受理|处理|来)?"
)
_SENDS = re.compile(r"(?:是|属于?)[^，。]{0,12}(?:范围|职责|管的)|您(?:直接)?(?:打|拨|找|得走|去找)")
_NOT_SENT = r"(?:还没到|没到|够不上|不属于?|不归|不用|不必|不算|没有?去)[^，。]{0,6}"
_REFUSES = re.compile(
    r"(?:热线|我们)[^，。]{0,6}(?:不能|无法|没法|没有?权|管不了|不受理|不予)|(?:不在|超出|不属于)[^，。]{0,10}(?:受理|范围)"
)
_KEEPS_SECRET = re.compile(
    r"隐私|涉密|机密|秘密|不能(?:透露|告诉您?|提供给?)[^，。]{0,8}(?:信息|住址|电话|姓名|名字|是谁)?"
)
_PRAISES = re.compile(r"表扬|呵咾|夸(?:一?个|一下|夸)|锦旗|感谢信|拾金不昧|奖励(?:伊|他|她)")
_SUGGESTS = re.compile(r"(?:我)?(?:有|提)(?:个|一个|几个|一条|几条|点)?(?:小)?(?:建议|想法|主意)|我想?建议|提个意见")
_ASKS_POLICY = re.compile(r"(?:想|就|来)?(?:咨询|问一下|问问|打听|了解)(?!题)|请问")
_GRIEVANCE = re.compile(r"投诉|举报|退(?:钱|款|费)|赔|欠|不(?:给|退|管|修|理)|扰民|太(?:吵|臭|过分)|坑|骗|没人管")
EMERGENCY_SLOPE = 1.6
OTHER_SERVICES = 0.2


@dataclass(frozen=True, slots=True)
class Ranking:
    """Duties with shares that add up to one, best first; ``emergency`` whether the best one is one."""

    shares: tuple[tuple[Duty, float], ...]
    emergency: bool
    no_matter: float
    """The share of "no matter at all", 0…1, apart from the duties' shares."""
    sent_outside: bool = False
    """Whether the operator sends the caller to the channel of the best one, or refuses where there is none."""

    @property
    def best(self) -> Duty:
        """The duty that ranks first."""
        return self.shares[0][0]

    def led_by(self, code: str) -> "Ranking":
        """The ranking with the duty ``code``, which somebody else chose, first; the shares stay what they are.

        Raises:
            ValueError: the duty isn't ranked.
        """
        first = [item for item in self.shares if item[0].code == code]
        if not first:
            raise ValueError(f"{code} isn't ranked")
        rest = [item for item in self.shares if item[0].code != code]
        return replace(self, shares=(*first, *rest), emergency=first[0][0].level == "emergency", sent_outside=False)


def weighted_texts(conversation: Conversation) -> list[tuple[str, float]]:
    """The turns with their weights: the citizen counts more than the operator, talk about name and number little."""
    texts = []
    for turn in range(len(conversation.call.turns)):
        if conversation.role(turn) == "operator":
            weight = RECAP_WEIGHT if conversation.is_recap(turn) and not conversation.denied(turn) else OPERATOR_WEIGHT
        elif CONTACT_QUESTION.search(conversation.question(turn)) and turn > len(conversation.call.turns) // 2:
            weight = 0.3
        else:
            weight = CITIZEN_WEIGHT
        texts.append((conversation.text(turn), weight))
    return texts


def rank(
    conversation: Conversation, city: City, model: LinearModel, emergency: Emergency, flags: Collection[str]
) -> Ranking:
    """Rank all duties of the city for a call; of a danger now the emergencies come first, whatever else is said."""
    shares = model.probabilities(model.decide(weighted_texts(conversation)))
    by_label = dict(zip(model.labels, map(float, shares), strict=True))
    no_matter = by_label.pop(NO_MATTER, 0.0)
    scores = {
        duty: (by_label.get(duty.code, 0.0) + 1e-6) * rule_factor(duty, conversation, flags)
        for duty in city.duties
        if duty.level != "emergency"
    }
    in_danger = _in_danger(city, emergency)
    rest = 1.0 - sum(in_danger.values())
    total = sum(scores.values())
    scores = {duty: rest * score / total for duty, score in scores.items()} | in_danger
    ranked = sorted(scores.items(), key=lambda item: (-item[1], item[0].code))
    best = ranked[0][0]
    return Ranking(
        tuple((duty, round(score, 4)) for duty, score in ranked),
        best.level == "emergency",
        no_matter,
        best.level == "redirect" and _sent_outside(best, _statements(conversation)),
    )


def _sent_outside(duty: Duty, statements: Collection[str]) -> bool:
    if not duty.lead:
        return any(_REFUSES.search(said) or _KEEPS_SECRET.search(said) for said in statements)
    return any(_sends_to(channel_names(duty.lead), said) for said in statements)


def _statements(conversation: Conversation) -> list[str]:
    """The operator's sentences that aren't questions."""
    return [
        sentence
        for turn in conversation.operator
        for sentence in re.findall(r"[^。！？!?]+[。！？!?]?", conversation.text(turn))
        if not sentence.endswith(("？", "?"))
    ]


def _in_danger(city: City, emergency: Emergency) -> dict[Duty, float]:
    """The emergencies' shares: by how far the danger's score stands from the bar, the first service most of it."""
    duties = [duty for duty in city.duties if duty.level == "emergency"]
    shares = dict.fromkeys(duties, 0.0)
    first = next((duty for service in emergency.services for duty in duties if duty.lead == service), None)
    if first is None and emergency.now:
        first = next(iter(duties), None)
    if first is None:
        return shares
    chance = 1.0 / (1.0 + math.exp(-EMERGENCY_SLOPE * (emergency.score - THRESHOLD)))
    shares[first] = max(chance, 0.5) if emergency.now else min(chance, 0.5 - 1e-4) / 2
    others = [duty for duty in duties if duty is not first and duty.lead in emergency.services]
    for duty in others:
        shares[duty] = OTHER_SERVICES * min(shares[first], 1.0 - shares[first]) / len(others)
    return shares


def rule_factor(duty: Duty, conversation: Conversation, flags: Collection[str]) -> float:
    """By how much what the law makes decisive moves a duty's share: above one for it, below one against it."""
    if duty.level == "redirect":
        return _redirect_factor(duty, conversation, flags)
    if duty.level == "answer":
        return _answer_factor(duty, conversation)
    return 1.0


def _redirect_factor(duty: Duty, conversation: Conversation, flags: Collection[str]) -> float:
    sentences = _statements(conversation)
    if not duty.lead:
        return _refused_factor(duty, sentences, flags)
    names = channel_names(duty.lead)
    told = sum(_sends_to(names, sentence) for sentence in sentences)
    refused = any(_REFUSES.search(sentence) for sentence in sentences)
    factor = 6.0 * min(2, told) or (1.0 if refused else 0.5)
    if "legal_process" in flags and any(name in "法院仲裁复议" for name in names):
        factor *= 2.0
    return factor


def _sends_to(names: Collection[str], sentence: str) -> bool:
    """Whether the operator sends the caller to a channel, and doesn't say that it isn't for that channel."""
    named = [name for name in names if name in sentence]
    denied = any(re.search(_NOT_SENT + re.escape(name), sentence) for name in named)
    return bool(named) and not denied and bool(_OUTSIDE.search(sentence) or _SENDS.search(sentence))


def _refused_factor(duty: Duty, sentences: Collection[str], flags: Collection[str]) -> float:
    """For what no other body is competent for either: the impossible, malice, secrets."""
    if re.search(r"无理|不合理|公序良俗|恶意", duty.level2):
        return 8.0 if {"unreasonable", "malicious"} & set(flags) else 0.6
    if re.search(r"隐私|秘密", duty.level2) and any(_KEEPS_SECRET.search(sentence) for sentence in sentences):
        return 4.0
    return 0.6


def channel_names(lead: str) -> tuple[str, ...]:
    """How an external body is called in speech: 纪检监察12388 is 纪检, 监察 or 幺二三八八."""
    names: list[str] = []
    for part in re.split(r"[/、;]", lead):
        plain = re.sub(r"[0-9]+|部门|机关|委员会", "", part)
        names += [plain[i : i + 2] for i in range(0, len(plain) - 1, 2)]
        for number in re.findall(r"[0-9]+", part):
            names += [number, number.translate(str.maketrans("0123456789", "零幺二三四五六七八九"))]
    return tuple(name for name in names if len(name) >= 2)


def _answer_factor(duty: Duty, conversation: Conversation) -> float:
    opening = "。".join(conversation.text(turn) for turn in conversation.citizen[:3])
    text = conversation.citizen_text()
    if "表扬" in duty.level2:
        return 12.0 if _PRAISES.search(opening) else 0.5
    if "建议" in duty.level2:
        return 6.0 if _SUGGESTS.search(opening) else 0.7
    if "咨询" in duty.level2:
        return 3.0 if _ASKS_POLICY.search(opening) and not _GRIEVANCE.search(text) else 0.6
    return 1.0
