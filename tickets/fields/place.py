"""Where the matter is: names heard in the call, weighed by the part they play, settled by what else is said.

The place of the matter, not where the caller lives, comes from or was sent to; the answer to "where?" and the place
read back count most; a name that stands in two districts is settled by district, street or community said anywhere.
The rules' weights are but signals of a choice that is learned (``place_choice.py``).
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tickets.city.gazetteer import FULL, SHORT, STEM, Gazetteer, NameMatch
from tickets.city.model import Place
from tickets.conversation import Conversation
from tickets.evidence import Evidence, cite, distinct
from tickets.fields.logit import Ranker
from tickets.fields.place_choice import Named, Naming, describe, packaged_choice

SPECIFICITY = {
    "estate": 3.2,
    "venue": 3.0,
    "village": 2.8,
    "road": 2.5,
    "community": 1.8,
    "street": 0.9,
    "town": 1.0,
    "district": 0.0,
}
ASKS_WHERE = re.compile(
    r"哪里|哪儿|哪个(?:小区|地方|位置|社区|村|镇|街道|区|路|市场|学校|医院|县|楼盘|工地|站)|什么(?:位置|地方|地址|路|小区|村|镇|街)|地址|位置|在哪|哪一[段片带]|哪条|住哪|啥地方|门牌|哪个区|哪个镇|哪一个|哪一家|哪边|具体是|附近有|地点|哪一个县|哪一站|边度|佗位"
)
_COMES_FROM = re.compile(
    r"(?:从|打从|由|路过|经过|先?过(?:了|一个|个)?|途经|去往|开往|往|前往|赶往|去|回|老家(?:在|是)?|娘家(?:在|是)?|原来(?:在|是|住)?|以前(?:在|是|住)?|之前(?:在|住)?|上班(?:在)?|单位(?:在)?|像|比如|例如|学|人家|不像|换到|搬到|搬去|调到|转到|送(?:到|去|往)?|跑(?:到|去)?|问(?:过|了)?|找(?:过|了)?|打(?:到|给)?|报(?:到|给)?|发(?:回|到|给)?|转给|推给|不是|勿是|唔系|别是|隔壁|离|跟|和|挨着|靠近|对着|比|连|到)(?:我们?|俺们?|咱们?)?(?:那个?|这个?)?$"
)
_SOFT_FROM = re.compile(r"(?:到|跟|和|离|挨着|靠近|对着|隔壁|去|往|从|找了?|问了?)$")
_NEGATED = re.compile(r"(?:不是|勿是|唔系|唔係|毋是|弗是|别(?:跟|和|同)|不在|没在|可不是)(?:在|那个|这个|什么)?$")
_TAKEN_BACK = re.compile(
    r"^(?:那边|里)?(?:没有|冇|没这)"
    r"|^(?:那边|那儿)?[，,。 ]*(?:哦|噢|呃|啊|哎)?[，,]?"
    r"(?:不对|不是(?=[，,。、！啊呀哦]|$)|说错|讲错|错了|记错|搞错|勿对|唔对|唔系)"
)
_LIVES = re.compile(
    r"(?:我|俺|阿拉|阮|我们|我家|家|伊|[他她])(?:讲|说)?(?:家|屋头|屋里)?(?:就|是)?(?:住|屋企|住在|家在|家住|厝|搁|家是)(?:在|喺|到|佇|辣)?$|(?:我|我家|自己|我们屋头|我屋头|家里)是$"
)
_LIVES_BEHIND = re.compile(r"^(?:小区)?(?:这?边|里)?住(?:[，。,的着]|$)")
# A road is the place, and what it passes only tells where on it: 长江路，嘉林里往东一点
_ROAD_BEFORE = re.compile(r"^(?:上|这边|那边)?(?:的|在|靠近|从|由)?[，, ]?(?:就)?(?:在|靠近|从|由|过了|挨着)?$")
_PASSED = re.compile(
    r"^[^，。]{0,4}?(?:往[^，。]{1,4}|过去|过了|再过|以[东南西北]|[东南西北](?:边|侧|面|头)|方向|路?口[往以])"
)
_ON_SITE = re.compile(
    r"^(?:的|嘞|嘅|额|个|滴|这边|那边|里头?|里面|内|内底|[东南西北正后侧前大]+门|门口|对面|对过|旁边?|附近|边上|楼下|楼顶|[0-9零一二两三四五六七八九十幺]+(?:号|栋|幢|期|单元|座|区|楼|组|社|队|弄)|路口|交叉|十字|院|大厅|工地|站|上)"
)
_DEPARTMENT_OF = re.compile(
    r"^(?:街道办|办事处|居委|村委|派出所|社区(?:的人|说|让|打|那边|书记)|政府|法院|说|让|叫|的人说|那边说|书记|城管|物业说)"
)
_OTHER_END = re.compile(r"^(?:方向|那(?:个)?方向|开|过来|出来)")
# What may stand right before and after a whole name: the sentence's edge, a function word, a part of the address
_NAME_BEGINS = re.compile(
    r"(?:^|[^\u4e00-\u9fff]|[在是住叫到的那这个们咱俺家就喺系佇从离跟和于去来过回区市县镇乡街路村边里头嗯啊哦呃对像给向往由找问])$"
)
_NAME_ENDS = re.compile(
    r"$|[^\u4e00-\u9fff]|小区|[这那的里嘞嘅额有没不也都是就跟和呢啊吧哦嘛呀哈附旁对门楼院物外边上下后前]"
    r"|[东西南北正侧](?:门|区|边|面|院)|[零一二两三四五六七八九十百幺]|[甲乙丙丁]座|业主|居委|社区|村"
)
# Where it comes from is the place, not where it is suffered; where somebody was bound for is not
_SOURCE = re.compile(
    r"(?:找到|找着|寻到|是从|来自|源头(?:就)?(?:在|是)|出在|(?:飘|传|排|流)(?:过|出)?来?的?(?:是|地方是))(?:了)?(?:那个?)?$"
)
_ASKS_SOURCE = re.compile(
    r"从哪[儿里][^。？]{0,4}(?:来|飘|传|出)|哪[儿里](?:飘|传|流|排)|源头|公司在哪|店在哪|哪家(?:厂|公司|店)"
)
_ASKS_TARGET = re.compile(r"目的地|(?:去|到|开往|送到|要去)(?:的)?(?:是)?哪|去什么地方")
ENUMERATION = 2
DISTINCT_STEM = 4
LEAST_WEIGHT = 0.05
SAME_SCORE, UNSETTLED = 0.05, 0.3


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a turn with the places that it may mean and the weight of its part (negative: not the place)."""

    turn: int
    match: NameMatch
    weight: float


@dataclass(frozen=True, slots=True)
class MatterPlace:
    """Where the matter is. ``place`` is the most specific entry; district and street are None where unsettled.

    ``certainty`` 0…1; ``crossing`` is a second road named with the first.
    """

    place: Place | None
    district: str | None
    street: str | None
    certainty: float
    mentions: tuple[Mention, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    crossing: Place | None = None
    others: tuple[Mention, ...] = ()
    """Names heard of other places."""


NOWHERE = MatterPlace(None, None, None, 0.0)


def mentions(conversation: Conversation, gazetteer: Gazetteer) -> tuple[Mention, ...]:
    """Every name of a place in the call with its weight."""
    found: list[Mention] = []
    for turn in range(len(conversation.call.turns)):
        text = conversation.text(turn)
        matches = gazetteer.find(text)
        question = conversation.question(turn) if conversation.role(turn) != "operator" else ""
        asked = bool(ASKS_WHERE.search(question)) or bool(question and _enumerates(gazetteer.find(question), question))
        listed = conversation.role(turn) == "operator" and _enumerates(matches, text)
        for match in matches:
            if match.exactness <= STEM and not _stem_fits(match, text, asked, matches):
                continue
            if match.exactness < FULL and _inside_another_name(match, text, matches):
                continue
            found.append(Mention(turn, match, _weight(conversation, turn, match, matches, asked=asked, listed=listed)))
    return tuple(found)


def _enumerates(matches: Iterable[NameMatch], text: str) -> bool:
    """Whether an operator offers several places to choose from: none of them is said to be the place."""
    districts = {option.place.name for match in matches for option in match.options if option.place.kind == "district"}
    return len(districts) >= ENUMERATION or bool(re.search(r"还是|都有|哪一个|有两个|有几个", text))


def _stem_fits(match: NameMatch, text: str, asked: bool, matches: tuple[NameMatch, ...]) -> bool:
    """A bare stem (铁西, 刘营) is a name only in the answer to "where?" or next to another name."""
    kinds = {option.place.kind for option in match.options}
    after = text[match.end : match.end + 3]
    if kinds & {"street", "town", "district"}:
        return asked or (bool(re.match(r"(?:这边|那边|这|那|的|街|区|镇|上)?[，。！]?", after)) and len(matches) > 1)
    near = any(other is not match and abs(other.start - match.end) < 12 for other in matches)
    distinct_name = len(match.options) == 1 and match.end - match.start >= DISTINCT_STEM
    return asked or near or distinct_name or bool(re.match(r"(?:小区|的|[0-9一二三四五六七八九十]+[号栋期幢])", after))


def _names_housing(match: NameMatch) -> bool:
    return {option.place.kind for option in match.options} <= {"estate", "village"}


def _inside_another_name(match: NameMatch, text: str, matches: tuple[NameMatch, ...]) -> bool:
    """Whether the short name of an estate is but a part of a longer name (锦绣 of 锦绣江南) that no list holds."""
    if not _names_housing(match):
        return False
    area_before = any(other.end == match.start and not _names_housing(other) for other in matches)
    if not area_before and not _NAME_BEGINS.search(text[: match.start]):
        return True
    return match.exactness <= STEM and not _NAME_ENDS.match(text[match.end :])


def _weight(  # noqa: PLR0912 - one branch a clue
    conversation: Conversation,
    turn: int,
    match: NameMatch,
    matches: tuple[NameMatch, ...],
    *,
    asked: bool,
    listed: bool,
) -> float:
    text = conversation.text(turn)
    before, after = text[max(0, match.start - 14) : match.start], text[match.end : match.end + 14]
    clause_before = re.split(r"[，,。！？；]", before)[-1]
    operator = conversation.role(turn) == "operator"
    weight = 1.0
    if operator:
        weight = 0.4
        if listed:
            return -0.1
        if conversation.is_recap(turn) and not conversation.denied(turn):
            weight = 2.6
        elif conversation.confirmed(turn):
            weight = 1.4
        if conversation.denied(turn):
            weight = -1.5
    elif asked:
        weight = 2.4
    if not operator and _ASKS_TARGET.search(conversation.question(turn)):
        weight -= 3.0
    if _SOURCE.search(clause_before) or (not operator and _ASKS_SOURCE.search(conversation.question(turn))):
        weight += 1.5
    if turn <= 4 and not operator:
        weight += 0.4
    if _NEGATED.search(clause_before) or _TAKEN_BACK.match(after):
        return -3.0
    if _namesake_elsewhere(text, match, matches):
        return LEAST_WEIGHT
    if _DEPARTMENT_OF.match(after):
        weight -= 1.6
    lives = bool(_LIVES.search(clause_before))
    if lives:
        weight -= 0.9
    elif _SOFT_FROM.search(clause_before) and not _SOURCE.search(clause_before):
        weight -= 1.0
    elif _COMES_FROM.search(clause_before) and not _SOURCE.search(clause_before):
        weight -= 1.6
    if _OTHER_END.match(after):
        weight -= 1.6
    if _LIVES_BEHIND.match(after):
        weight -= 0.9
    if _on_the_way(text, match, matches):
        weight -= 2.0
    if _ON_SITE.match(after) and not lives:
        weight += 0.8
    return max(weight, LEAST_WEIGHT) * match.exactness


def _namesake_elsewhere(text: str, match: NameMatch, matches: tuple[NameMatch, ...]) -> bool:
    """Whether a name tells a place of the same name apart: 不是沙河镇那个马店."""
    areas = [other for other in matches if other.end <= match.start]
    return (
        bool(areas)
        and text[areas[-1].end : match.start] in {"那个", "的", "那边的", "那边那个", "个", "嘅", "嗰个"}
        and bool(_NEGATED.search(text[: areas[-1].start]))
    )


def _on_the_way(text: str, match: NameMatch, matches: tuple[NameMatch, ...]) -> bool:
    """Whether a name only tells where on the road named right before it: 长江路，嘉林里往东一点."""
    if not _PASSED.match(text[match.end : match.end + 12]):
        return False
    roads = [
        other
        for other in matches
        if other.end <= match.start and all(option.place.kind == "road" for option in other.options)
    ]
    return bool(roads) and bool(_ROAD_BEFORE.match(text[roads[-1].end : match.start]))


@dataclass(frozen=True, slots=True)
class Weighed:
    """The places that a call names, best by the rules first, and how much is spoken of each area."""

    candidates: tuple[Named, ...]
    areas: dict[tuple[str, str], float]


def weigh(found: tuple[Mention, ...]) -> Weighed:
    """Score every place that the names heard may mean."""
    areas = _areas(found)
    scores: dict[Place, float] = defaultdict(float)
    named: dict[Place, list[Naming]] = defaultdict(list)
    for mention in found:
        for place, share in _settled(mention, areas):
            gained = mention.weight * share
            scores[place] += gained if gained < 0 else gained / (1.0 + 0.35 * _times(found, mention))
            match = mention.match
            named[place].append(Naming(mention.turn, match.start, match.end, mention.weight, match.exactness))

    def rank(place: Place) -> tuple[float, int, int]:
        total = scores[place] + SPECIFICITY[place.kind] * 0.8 + areas_bonus(place, areas)
        return -total, named[place][0].turn, named[place][0].start

    ranked = sorted(scores, key=rank)
    return Weighed(tuple(Named(p, scores[p], areas_bonus(p, areas), tuple(named[p])) for p in ranked), areas)


def locate(conversation: Conversation, found: tuple[Mention, ...], choice: Ranker | None = None) -> MatterPlace:
    """Settle where the matter is from all names heard in the call.

    Args:
        conversation: the call.
        found: the names.
        choice: what was learned of choosing; the packaged one when None.
    """
    if not found:
        return NOWHERE
    weighed = weigh(found)
    candidates = weighed.candidates
    shares = (choice or packaged_choice()).shares(describe(conversation, candidates, ASKS_WHERE))
    chosen = int(shares.argmax())
    if chosen == len(candidates):
        return replace(NOWHERE, others=found)
    best, certainty = candidates[chosen].place, float(shares[chosen])
    scores = {item.place: item.score for item in candidates}
    same = [place for place in scores if place.name == best.name and abs(scores[place] - scores[best]) < SAME_SCORE]
    district = best.district if len({place.district for place in same}) == 1 else None
    street = (best.street or None) if district and len({place.street for place in same}) == 1 else None
    if len(same) > 1:
        certainty = min(certainty, UNSETTLED)
    own = tuple(
        mention
        for mention in found
        if mention.weight > 0 and any(option.place.name == best.name for option in mention.match.options)
    )
    if own and all(mention.match.exactness <= STEM for mention in own):
        certainty = min(certainty, STEM)
    evidence = distinct(
        cite(conversation.call, mention.turn, mention.match.start, mention.match.end) for mention in own
    )
    others = tuple(mention for mention in found if mention not in own)
    crossing = _crossing(conversation, best, found)
    return MatterPlace(best, district, street, certainty, own, evidence, crossing, others)


def _times(found: tuple[Mention, ...], mention: Mention) -> int:
    """How often the same name stood before: the fourth time adds little."""
    names = {option.place.name for option in mention.match.options}
    return sum(
        other.weight > 0
        and (other.turn, other.match.start) < (mention.turn, mention.match.start)
        and bool(names & {option.place.name for option in other.match.options})
        for other in found[:60]
    )


def _areas(found: tuple[Mention, ...]) -> dict[tuple[str, str], float]:
    """How much the call speaks of each district, street and community: ``(kind, name)`` to weight."""
    areas: dict[tuple[str, str], float] = defaultdict(float)
    for mention in found:
        if mention.weight <= 0:
            continue
        places = {option.place for option in mention.match.options}
        kinds = {place.kind for place in places}
        if len(places) == 1:
            place = next(iter(places))
            areas[("district", place.district)] += mention.weight
            if place.street:
                areas[("street", place.district + place.street)] += mention.weight
            if place.community:
                areas[("community", place.district + place.street + place.community)] += mention.weight
        elif kinds <= {"street", "town", "district", "road", "village"}:
            for place in places:
                areas[("district", place.district)] += mention.weight / len(places)
                if place.street:
                    areas[("street", place.district + place.street)] += mention.weight / len(places)
        if "community" in kinds:
            for place in places:
                areas[("name", place.name)] += mention.weight
    return areas


def areas_bonus(place: Place, areas: dict[tuple[str, str], float]) -> float:
    """What the rest of the call adds to a place: its district and street are spoken of."""
    return 0.1 * min(3.0, areas.get(("district", place.district), 0.0)) + 0.1 * min(
        3.0, areas.get(("street", place.district + place.street), 0.0)
    )


def _settled(mention: Mention, areas: dict[tuple[str, str], float]) -> list[tuple[Place, float]]:
    """The places that a mention means, with shares that add up to one (or fewer where no context supports a stem)."""
    options = mention.match.options
    if len(options) == 1:
        return [(options[0].place, 1.0)]
    best = max(option.exactness for option in options)
    options = tuple(option for option in options if option.exactness >= min(best, SHORT) - 0.01) or options
    support = []
    for option in options:
        place = option.place
        value = areas.get(("district", place.district), 0.0)
        value += 2.0 * areas.get(("street", place.district + place.street), 0.0) if place.street else 0.0
        value += (
            2.0 * areas.get(("community", place.district + place.street + place.community), 0.0)
            if place.community
            else 0.0
        )
        value += 1.0 * areas.get(("name", place.community), 0.0) if place.community else 0.0
        support.append((value + SPECIFICITY[place.kind] * 0.01, place))
    top = max(value for value, _ in support)
    if top < 0.3:
        return [(place, 1.0 / len(support)) for _, place in support]
    winners = [place for value, place in support if value > top - 0.3]
    return [(place, 1.0 / len(winners)) for place in winners]


def _crossing(conversation: Conversation, best: Place, found: tuple[Mention, ...]) -> Place | None:
    """The second road of a crossing: 光明路和人民路交叉的路口."""
    if best.kind != "road":
        return None
    for mention in found:
        places = [option.place for option in mention.match.options if option.place.kind == "road"]
        if not places or places[0].name == best.name:
            continue
        text = conversation.text(mention.turn)
        around = text[max(0, mention.match.start - 8) : mention.match.end + 10]
        if (
            best.name in text
            and re.search(r"交叉|路口|口|交汇|十字", around)
            and re.search(r"跟|和|与|同|路口|交", around)
        ):
            return places[0]
    return None
