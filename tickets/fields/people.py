"""How many persons the matter affects, as the caller counts them (FORMATS.md, ``people_affected``)."""

import re

from tickets.conversation import Clause, Conversation
from tickets.evidence import Found, cite
from tickets.language.numerals import NUMERAL, read_count

_COUNT = re.compile(
    rf"(?P<n>{NUMERAL.pattern})(?P<more>多|来|几|余)?(?P<unit>个|名|位|口|号)?(?P<who>人|业主|工人|工友|学生|同学|老人|家长|居民|住户|村民|员工|同事|孩子|娃|师傅|司机|商户|会员|乘客|游客|老师|病人|顾客|弟兄|兄弟|老乡|农民工|木工|受害人|债主|股东|老板)"
)
_BARE = re.compile(rf"(?P<n>{NUMERAL.pattern})(?P<more>多|来|几|余)?(?P<unit>个|位|名)(?=[，。！？,]|$)")
_ASKS = re.compile(
    r"多少(?:人|位|个人|名|业主|户)|几个人|几位|几名|有几个|一共有多少|大概多少|涉及多少|影响(?:多少|多大)"
)
_COLLECTIVE = re.compile(
    r"我们|咱们|俺们|阿拉|我哋|阮|一共|总共|拢共|统共|全(?:村|楼|小区|厂|班|校|部)|整(?:个|栋)|影响|都没|都在|都是|像我这样|跟我一样|一起|群里|加起来|涉及|受害|被困|被骗|欠|没发|大约|总计|有(?:的|将近|差不多)|数了|连(?:带)?旁边|叫不醒|中毒|都(?:吃|拉|吐|病)"
)
_OFFENDERS = re.compile(
    r"来了|打(?:人|我|他)|动手|围着?(?:我|他)|把他|把我|那边|他们(?:那边)?|对方|一(?:个|辆)车|坐|保安|城管|桌|一间|一屋|每(?:车|次|天)|限|核载|招|以上|以下|口之家|家(?:里|中)?(?:有)?$|家人|一家|我们家|就我一个|只有我|光棍"
)
FEWEST, MOST = 2, 1_000_000
SHORT_CLAUSE = 9


def read_people(conversation: Conversation) -> Found[int | None]:
    """The number of persons as said (四十多个 is 40), or None."""
    best: tuple[float, int, Found[int | None]] | None = None
    for turn in range(len(conversation.call.turns)):
        operator = conversation.role(turn) == "operator"
        if operator and (conversation.denied(turn) or not conversation.is_recap(turn)):
            continue
        asked = bool(_ASKS.search(conversation.question(turn))) and not operator
        clauses = conversation.clauses(turn)
        for index, clause in enumerate(clauses):
            beside = _beside(clauses, index)
            matches = [*_COUNT.finditer(clause.text), *(_BARE.finditer(clause.text) if asked else ())]
            for match in matches:
                value = read_count(match["n"])
                if value is None or not FEWEST <= value <= MOST or not value.is_integer():
                    continue
                weight = 2.5 if asked else 0.0
                weight += 1.5 if _COLLECTIVE.search(beside[0] + clause.text) else 0.0
                weight -= 1.5 if _OFFENDERS.search(beside[0] + clause.text + beside[1]) else 0.0
                if value <= 3 and not asked and "都" not in clause.text:
                    weight -= 1.0
                if weight >= 1.0 and (best is None or (weight, value) > best[:2]):
                    start, end = clause.start + match.start(), clause.start + match.end()
                    best = (weight, int(value), Found(int(value), (cite(conversation.call, turn, start, end),), 0.7))
    return best[2] if best else Found(None)


def _beside(clauses: tuple[Clause, ...], index: int) -> tuple[str, str]:
    """The clause before a short one that only counts (我们木工班的，二十七个人), and the clause after it."""
    short = len(clauses[index].text) <= SHORT_CLAUSE
    before = clauses[index - 1].text if index and short else ""
    return before, clauses[index + 1].text if index + 1 < len(clauses) else ""
