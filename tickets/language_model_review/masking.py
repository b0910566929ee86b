"""What a language model may read of a call: who calls and at which number is taken out, and put back in what it quotes.

Taken out are names (姓郝, 郝女士, 我叫…, 弓长张), numbers in figures or spoken digits, also in groups with pauses and
over several turns, read-backs, and short answers to the questions for name and number as a whole. Too much goes rather
than too little: a name or number settles no duty. Sums and counts with a unit (三千五百块, 200 元) stay.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from tickets.classification.matter import CONTACT_QUESTION
from tickets.conversation import Conversation
from tickets.evidence import Evidence
from tickets.fields.contact import asks_name
from tickets.language.lexicon import words

NUMBER, NAME, CONTACT = "号码", "姓名", "联系方式"
SHORT_ANSWER = 40
FEWEST_DIGITS = 3
_DIGIT = "0-9０-９零〇○Oo一二两三四五六七八九壹贰叁肆伍陆柒捌玖幺拐洞勾"
_PAUSE = r"[\s，,、。.．·\-—－…~～呃嗯啊哦额唔那个然后是再杠转就]"
_RUN = re.compile(rf"[{_DIGIT}](?:{_PAUSE}{{0,5}}[{_DIGIT}])*")
_COUNTED = re.compile(
    r"(?:多|来|几)?(?:元|块|万|千|百|十|亿|人|户|个|名|年|月|日|天|周|点|时|分|秒|度|吨|米|平|斤|公里|%|％|号线|路|届|级|层|楼|栋|幢)"
)
_PUBLIC = re.compile(r"(?:12345|123\d\d|122?|11[0-9]|120|114|10086|10010|10000|95598|12)")
_FIGURES = str.maketrans(
    "０１２３４５６７８９零〇○Oo一二两三四五六七八九壹贰叁肆伍陆柒捌玖幺拐洞勾",
    "01234567890000012234567891234567891709",
)
_TITLE = (
    "先生|女士|小姐|太太|师傅|师父|同志|老师|同学|阿姨|大爷|大叔|大哥|大姐|大妈|大娘|叔叔|伯伯|阿伯|大伯|奶奶|爷爷|婆婆|阿婆|嬢嬢|孃孃|姐姐|妹妹"
    "|小伙子|姑娘|老板|经理|主任|医生|大夫|教授|会计|护士|老伯|爷叔|老太太|老先生|大嫂|美女|小弟|小妹|阿叔|某某?|哥|姐|叔|嫂|工"
)
# Whatever stands before these is a name, also one that no list knows
_ADDRESSED = re.compile(
    r"(?P<name>[\u4e00-\u9fff])(?:先生|女士|小姐)"
    rf"|(?:^|[，。；！？,;!?\s])(?P<first>[\u4e00-\u9fff]{{1,2}})(?:{_TITLE})(?=[，。；！？,;!?\s您]|$)"
)
_SAID_NAME = re.compile(
    r"(?:我|俺|名字|姓名|本人|全名|大名)(?:的名字|的姓名)?(?:就)?(?:叫做?|叫作|是叫|喊作?|唤作?|系|係|：|:)(?P<name>[\u4e00-\u9fff·]{2,5}?)(?=[^\u4e00-\u9fff·]|[啊呀嘛的呢吧哈噢]|$)"
)
_AFTER_XING = re.compile(r"(?<!百家)(?<!老百)姓(?P<name>[\u4e00-\u9fff]{1,4})")
_NO_NAME = frozenset("名氏什啥么甚也都不的就了是和跟多")
_OF = "(?:的|嘅|嘞|额|格|个|滴|哩|那个|这个)(?:那个|那)?"
_SPELT = re.compile(rf"(?P<name>[\u4e00-\u9fff]{{1,4}}{_OF}[\u4e00-\u9fff])(?![\u4e00-\u9fff])")
# 方圆的方 explains a character wherever it is said
_EXPLAINED = re.compile(
    rf"(?P<name>[\u4e00-\u9fff]{{0,3}}(?P<character>[\u4e00-\u9fff])[\u4e00-\u9fff]{{0,3}}{_OF}(?P=character))"
    r"(?![\u4e00-\u9fff])"
)
_ASKED_CHARACTER = re.compile(r"(?:是|哪个|哪一个|什么)(?P<name>[\u4e00-\u9fff])(?=[？?])")
_CALL_ME = re.compile(r"(?:叫我|喊我|称呼我|找)(?P<name>[\u4e00-\u9fff]{2,4}?)(?=就(?:行|好|可以|中|得)|吧)")
_CHARACTER = re.compile(
    r"名字?里(?:头|面)?(?:有|带)(?:个|一个)?(?P<first>[\u4e00-\u9fff])字|(?:写|登记)(?P<name>[\u4e00-\u9fff])(?=[，。,])"
)
_NICK = re.compile(
    r"(?:叫|喊|称呼|写|登记)(?:我|俺|侬|个|成)?(?P<name>[小老大阿][\u4e00-\u9fff]{1,2}?|[\u4e00-\u9fff]{2,4}?)(?=就|吧|[，。,！]|$)"
)
_TELLS_CONTACT = re.compile(r"姓|名字|姓名|叫我|电话|手机|号码|微信|身份证|联系")
_CLAUSE = re.compile(r"[^，。；！？,;!?\n]+")


@dataclass(frozen=True)
class Masked:
    """``texts`` of all turns with placeholders such as 〔号码1〕; ``originals`` by placeholder."""

    texts: tuple[str, ...]
    originals: Mapping[str, str]

    def restored(self, text: str) -> str:
        """A quotation with the caller's own words back in it."""
        for placeholder, original in self.originals.items():
            text = text.replace(placeholder, original)
        return text


def mask(conversation: Conversation, contact: Iterable[Evidence], surname: str | None) -> Masked:
    """Take out who calls.

    Args:
        conversation: the call.
        contact: the words that name and number were read from.
        surname: the caller's, as far as it is known.
    """
    told = [item.words for item in contact if _names_somebody(item.words, surname)]
    names = _names(conversation)
    originals: dict[str, str] = {}
    known: dict[str, str] = {}
    texts = []
    own = _own(surname) if surname else None
    for turn in range(len(conversation.call.turns)):
        text = conversation.text(turn)
        of_surname = [(m.start("name"), m.end("name"), NAME) for m in own.finditer(text)] if own else []
        spans = _merged([*_spans(conversation, turn), *_everywhere(text, [*names, *told]), *of_surname])
        parts, at = [], 0
        for start, end, kind in spans:
            original = text[start:end]
            if original not in known:
                known[original] = f"〔{kind}{len(known) + 1}〕"
                originals[known[original]] = original
            parts += [text[at:start], known[original]]
            at = end
        texts.append("".join([*parts, text[at:]]))
    return Masked(tuple(texts), originals)


def _names_somebody(said: str, surname: str | None) -> bool:
    return len(_digits(said)) >= FEWEST_DIGITS or (surname is not None and surname in said and len(said) >= 2)


def _spans(conversation: Conversation, turn: int) -> Iterator[tuple[int, int, str]]:
    text, question = conversation.text(turn), conversation.question(turn)
    asked = bool(CONTACT_QUESTION.search(question)) or asks_name(question)
    if asked and len(text) <= SHORT_ANSWER:
        yield 0, len(text), CONTACT
        return
    dictated = _is_dictation(text)
    for match in _RUN.finditer(text):
        digits = _digits(match[0])
        if dictated or (asked and len(digits) >= 2) or (len(digits) >= FEWEST_DIGITS and not _may_stay(text, match)):
            yield match.start(), match.end(), NUMBER
    yield from _named(text, asked)
    if asked:
        for clause in _CLAUSE.finditer(text):
            if _TELLS_CONTACT.search(clause[0]):
                yield clause.start(), clause.end(), CONTACT


def _is_dictation(text: str) -> bool:
    """Whether a turn is mostly digits: a part of a number that is given over several turns."""
    said = re.sub(rf"{_PAUSE}|[！？!?：:对好嗯]", "", text)
    return 0 < len(said) <= 1.3 * len(_digits(text))


def _may_stay(text: str, run: re.Match[str]) -> bool:
    """A year, a sum or a count with its unit, and the numbers of public services."""
    digits = _digits(run[0])
    if len(digits) <= 6 and len(digits) == len(run[0]) and _COUNTED.match(text, run.end()):
        return True
    return bool(_PUBLIC.fullmatch(digits)) and not _DIGIT_NEAR.search(text[max(0, run.start() - 8) : run.start()])


_DIGIT_NEAR = re.compile(rf"[{_DIGIT}]")


def _named(text: str, asked: bool) -> Iterator[tuple[int, int, str]]:
    for explanation in _explanations():
        at = text.find(explanation)
        while at >= 0:
            yield at, at + len(explanation), NAME
            at = text.find(explanation, at + 1)
    for match in _titled().finditer(text):
        yield match.start("name"), match.end("name"), NAME
    for match in _ADDRESSED.finditer(text):
        group = "name" if match["name"] else "first"
        yield match.start(group), match.end(group), NAME
    for match in _CHARACTER.finditer(text):
        group = "name" if match["name"] else "first"
        yield match.start(group), match.end(group), NAME
    for match in _AFTER_XING.finditer(text):
        name = match["name"]
        if name[0] not in _NO_NAME:
            yield match.start("name"), match.start("name") + (2 if name[:2] in _double_surnames() else 1), NAME
    anywhere = (_SAID_NAME, _EXPLAINED, _CALL_ME, _ASKED_CHARACTER, _nickname())
    for pattern in (*anywhere, *((_SPELT, _NICK) if asked or "姓" in text else ())):
        for match in pattern.finditer(text):
            yield match.start("name"), match.end("name"), NAME


def _names(conversation: Conversation) -> list[str]:
    """Whole names that somebody says of himself: they are taken out wherever they stand."""
    return [
        match["name"]
        for turn in range(len(conversation.call.turns))
        for match in _SAID_NAME.finditer(conversation.text(turn))
        if match["name"][0] in _single_surnames() or match["name"][:2] in _double_surnames()
    ]


def _everywhere(text: str, said: Iterable[str]) -> Iterator[tuple[int, int, str]]:
    for each in said:
        at = text.find(each)
        while at >= 0:
            yield at, at + len(each), NAME
            at = text.find(each, at + len(each))


def _merged(spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    merged: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(spans):
        if start == end:
            continue
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]), merged[-1][2])
        else:
            merged.append((start, end, kind))
    return merged


def _digits(text: str) -> str:
    """The digits of a text as figures, all else left out."""
    return re.sub(r"[^0-9]", "", text.translate(_FIGURES))


@cache
def _single_surnames() -> frozenset[str]:
    return frozenset(name for name in words("surnames") if len(name) == 1)


@cache
def _double_surnames() -> frozenset[str]:
    return frozenset(name for name in words("surnames") if len(name) == 2)


@cache
def _titled() -> re.Pattern[str]:
    """A surname, also with 小, 老 or a given name, before a form of address."""
    names = "|".join([*sorted(_double_surnames()), f"[{''.join(sorted(_single_surnames()))}]"])
    return re.compile(rf"(?P<name>(?:[小老阿])?(?:{names})[\u4e00-\u9fff]{{0,2}}?)(?:{_TITLE})")


@cache
def _nickname() -> re.Pattern[str]:
    """小占, 老丁, 大周 in a place of their own."""
    surnames = "".join(sorted(_single_surnames()))
    return re.compile(rf"(?P<name>[小老大阿][{surnames}])(?=就|吧|[，。,！？!?]|$)")


@cache
def _own(surname: str) -> re.Pattern[str]:
    """The caller's surname before a form of address, after 小 or 老, or as the beginning of a clause that is a name."""
    name = re.escape(surname)
    return re.compile(
        rf"(?P<name>{name}(?=(?:{_TITLE}|姨|队长|书记|所长|站长|班长|总))|(?<=[小老大阿]){name}"
        rf"|(?<![^，。,！？!?\s找是叫]){name}[\u4e00-\u9fff]{{0,2}}(?=[，。,！？!?\s就]|$))"
    )


@cache
def _explanations() -> tuple[str, ...]:
    return tuple(line.partition("=")[0] for line in words("surname_explanations"))
