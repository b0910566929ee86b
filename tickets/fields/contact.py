"""Who calls: surname (also spelt out), gender, whether the name is withheld. The number is in ``callback.py``."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from tickets.conversation import Conversation
from tickets.evidence import Evidence, Found, cite, distinct
from tickets.language.lexicon import words
from tickets.language.sounds import sounds_alike

Gender = str
_MALE_ADDRESS = "先生|大爷|大叔|大哥|叔叔|老爷子|小伙子|老伯|伯伯|阿伯|大伯|爷叔|男同学|小弟|阿叔|师父|老先生"
_FEMALE_ADDRESS = (
    "女士|阿姨|大姐|大妈|姐姐|小姐|太太|奶奶|阿婆|婆婆|大娘|嬢嬢|阿嬷|女同学|小妹|美女|孃孃"
    "|老太太|大嫂|姑娘|小姑娘|妹妹"
)
_NEUTRAL_ADDRESS = "老师|师傅|同学|同志|医生|大夫|老板|主任|经理|老乡|会计|老人家|教授|护士|队长"
_ADDRESS = f"{_MALE_ADDRESS}|{_FEMALE_ADDRESS}|{_NEUTRAL_ADDRESS}"
_ASKS_NAME = re.compile(
    r"贵姓|怎么称呼|咋称呼|如何称呼|怎么登记|姓什么|姓啥|您姓|你姓|名字|称呼您|哪位|留个姓|留您的姓|姓名|叫什么|什么姓|姓氏|么子称呼|点称呼"
)
_SELF = re.compile(
    r"(?:我|俺|咱|免贵|鄙人|敝|阮|伲|阿拉|本人|偶)[的是就额]?(?:叫做|叫作|免贵|家)?姓(?P<a>[\u4e00-\u9fff]{1,2})|(?:免贵姓?|单姓)(?P<b>[\u4e00-\u9fff]{1,2})"
)
_SURNAME_WORD = re.compile(r"(?<!贵)(?<!百家)(?<!老百)姓(?P<a>[\u4e00-\u9fff]{1,2})")
_OTHER_PERSON = re.compile(r"(?:他|她|老板|经理|主任|队长|书记|那个人|房东|师傅)(?:是|叫)?$")
_SOMEBODY = re.compile(
    r"[他她伊佢]|有[个位]|长|老板|经理|主任|书记|师傅|老师|医生|的人|司机|男的|女的|包工头|房东|邻居"
)
# 姓仉，单人旁一个几: a clause of its own about nobody else, whatever the character
_DECLARED = re.compile(r"(?:^|[，。！？,])(?:我|俺|涯|阮)?(?:就)?姓(?P<a>[\u4e00-\u9fff])(?=[，。,！]|$)")
_NICK = re.compile(
    r"(?:叫我|我叫|叫|写|登记|就写|喊我|称呼我|我系|我係|我是|填)(?:个|成)?(?P<kind>小|老|阿)?(?P<a>[\u4e00-\u9fff]{1,3})"
)
_OF = re.compile(
    r"(?P<word>[\u4e00-\u9fff]{2,4})(?:的|嘞|额|嘅|个|哩|滴)那?个?(?P<a>[\u4e00-\u9fff])(?![\u4e00-\u9fff])"
)
_ANONYMOUS = re.compile(
    r"(?<!不)匿名|不留名|不(?:说|报|讲)(?:我的)?(?:名字|姓名|姓)|(?:名字|姓名)(?:和|跟|、)?(?:电话|号码)都?不(?:留|说|给)|不留姓|名字(?:就)?不(?:留|说|写|要)|姓也不(?:说|留|提)|不(?:想|愿|方便|便|能)(?:意)?(?:透露|留|说|讲|报|告诉你?们?)(?:我的|自己的?|真实)?(?:姓|名)|(?:姓名|名字|姓)(?:能不能|可不可以|可以)?(?:就)?(?:不|别|莫|唔|勿)(?:留|说|讲|写|登|用|报|要)"
    r"|(?:不|别|莫|勿|唔|甭|不用|不必|莫要|勿要|唔好|唔使)(?:要)?(?:留|报|问|写|登记?)(?:我的?|我嘅|我个)?(?:名字?|姓名|姓)|无名氏|热心市民|姓名不(?:公开|登)|唔留名|唔想留名|勿留名"
)
_NO_SURNAME = frozenset("什啥么名也都不就我你您他她它这那哪的了是和跟氏的咩乜")
_ADDRESSED = re.compile(
    r"(?:^|[，。！？；]|[好行]的?[，]?|那|嗯)(?P<a>[\u4e00-\u9fff])(?:先生|女士|阿姨|大爷|师傅|老师|大姐|同学|小姐|大叔|阿婆)(?=[，。！？、]|您|$)"
)
_NOT_BEFORE_ADDRESS = frozenset("的位这那个有是您你好行嗯和对请老小各啊哦家本当他她给跟找问")
# An operator who names somebody speaks to the caller only with a pause around it; else it may be anybody
_BEFORE_ADDRESS = re.compile(r"(?:^|[，。,；！？、 ]|[好行]的?|嗯|那|谢谢|感谢|麻烦|不好意思|抱歉|对不起)$")
_AFTER_ADDRESS = re.compile(r"[，。,；！？、 ]|[您你]|$")
_ASKS_WHETHER = re.compile(r"(?:^|[，。！？])(?:您|请问)?(?:您)?(?:是|姓)$|(?:登记|称呼)的?(?:您)?(?:是|姓)$")
_ASKS_CHARACTER = re.compile(r"(?P<a>[\u4e00-\u9fff])是(?=[^，。？]{1,4}的(?P=a)(?:[？，。吗吧]|$))[\u4e00-\u9fff]+")
_DECLINES = re.compile(
    r"^(?:[嗯啊哎呃这个那]*[，,]?)*(?:不|别|算了|这个就不|就不|免|莫|勿|唔)(?:说了|留了?|用了?|讲|提|方便|必|要|想|便)"
)
_SELF_MALE = re.compile(
    r"(?:^|[，。])男的(?=[，。]|$)|(?:叫我|喊我|管我叫)[\u4e00-\u9fff]?(?:哥|叔|爷)(?=就|[，。]|$)|我(?:一个)?(?:大男人|大老爷们|老爷们|男的)|(?:我|俺)(?:老婆|媳妇|太太|女朋友|老婆子|婆娘|堂客|屋里头的|女婿家)|(?:我|俺)(?:是|系)(?:他|她|孩子|娃|个)的?(?:爸|爹|父亲|爷爷|儿子|外公|舅舅|叔叔|哥哥?|丈夫|老公)|(?:阮|我)(?:某|老婆)"
)
_SELF_FEMALE = re.compile(
    r"(?:^|[，。])女的(?=[，。]|$)|(?:叫我|喊我|管我叫)[\u4e00-\u9fff]?(?:姐|阿姨|嫂)|我(?:一个)?(?:女的|女人|单身女|孕妇|妇女)|(?:我|俺)(?:老公|丈夫|男朋友|婆婆|公公|男人|老头子)|(?:我|俺)(?:是|系)(?:他|她|孩子|娃|个)的?(?:妈|娘|母亲|奶奶|女儿|闺女|外婆|姥姥|姑|姨|姐|妹|妻子|老婆|媳妇)|我(?:怀孕|怀着|坐月子|生孩子|大着肚子)|我一个女"
)


_CORRECTS_GENDER = re.compile(
    r"(?P<not_male>(?:不是|唔系|唔係|勿是|毋是)先生)|(?:不是|唔系|唔係|勿是|毋是)(?:女士|小姐|阿姨)|(?P<female>^女士|我(?:是|系|係)女(?:的|人|士|嘅|嘞))|^先生，|我(?:是|系|係)男(?:的|人|嘅|嘞)"
)


@dataclass(frozen=True, slots=True)
class Caller:
    """The caller as the call tells; None where it doesn't."""

    surname: str | None
    gender: str | None
    anonymous: bool
    evidence: dict[str, tuple[Evidence, ...]]


def asks_name(question: str) -> bool:
    """Whether a question asks for the caller's name."""
    return bool(_ASKS_NAME.search(question))


def read_caller(conversation: Conversation) -> Caller:
    """Surname, gender (男, 女 or None) and whether the caller withholds the name, each with its evidence."""
    anonymous = _anonymous(conversation)
    surname = _surname(conversation)
    if anonymous.value and not _insists_on_surname(conversation, surname):
        surname = Found(None)
    elif surname.value is not None:
        anonymous = Found(False)
    gender = _gender(conversation, surname.value)
    return Caller(
        surname.value,
        gender.value,
        anonymous.value,
        {"surname": surname.evidence, "gender": gender.evidence, "anonymous": anonymous.evidence},
    )


@cache
def _surnames() -> frozenset[str]:
    return frozenset(words("surnames"))


@cache
def _explanations() -> dict[str, str]:
    pairs = (line.partition("=") for line in words("surname_explanations"))
    return {explained: surname for explained, _, surname in pairs if surname}


def _as_surname(text: str, *, declared: bool = False) -> str | None:
    """The surname that a text begins with; one that no list knows is taken where 姓 stands before it."""
    if text[:2] in _surnames():
        return text[:2]
    if text[:1] in _surnames() or (declared and text[:1] not in _NO_SURNAME):
        return text[:1]
    return None


def _insists_on_surname(conversation: Conversation, surname: Found[str | None]) -> bool:
    """Whether the caller, asked for anonymity, gave the surname after all, in a sentence of his own."""
    return surname.value is not None and any(
        _SELF.search(item.words) or "姓" in item.words
        for item in surname.evidence
        if conversation.role(item.turn) == "citizen"
    )


def _surname(conversation: Conversation) -> Found[str | None]:
    votes: Counter[str] = Counter()
    evidence: dict[str, list[Evidence]] = {}

    def vote(name: str, weight: float, turn: int, start: int, end: int) -> None:
        votes[name] += weight  # type: ignore[assignment]
        evidence.setdefault(name, []).append(cite(conversation.call, turn, start, end))

    for turn in conversation.citizen:
        text, asked = conversation.text(turn), bool(_ASKS_NAME.search(conversation.question(turn)))
        for name, weight, start, end in _said_surnames(text, asked):
            vote(name, weight, turn, start, end)
    for turn in conversation.operator:
        text = conversation.text(turn)
        for match in _ADDRESSED.finditer(text):
            if (
                match["a"] not in _NOT_BEFORE_ADDRESS
                and match["a"] not in _surnames()
                and not conversation.denied(turn)
            ):
                vote(match["a"], 1.6, turn, match.start("a"), match.end())
        for match in re.finditer(rf"(?P<a>[\u4e00-\u9fff]{{1,2}})(?P<title>{_ADDRESS})", text):
            name = match["a"] if match["a"] in _surnames() else match["a"][-1:]
            if name not in _surnames() or conversation.denied(turn):
                continue
            start = match.end() - len(match["title"]) - len(name)
            named = _ASKS_WHETHER.search(text[:start]) and conversation.confirmed(turn)
            if named or (_BEFORE_ADDRESS.search(text[:start]) and _AFTER_ADDRESS.match(text[match.end() :])):
                vote(name, 2.5, turn, start, match.end())
        spelt = _ASKS_CHARACTER.search(text)
        if spelt and spelt["a"] in _surnames() and conversation.confirmed(turn):
            vote(spelt["a"], 2.0, turn, spelt.start(), spelt.end())
    if not votes:
        return Found(None)
    name, weight = max(votes.items(), key=lambda item: (item[1], -len(item[0])))
    return Found(name, distinct(evidence[name]), min(1.0, weight / 4)) if weight >= 1.5 else Found(None)


def _said_surnames(text: str, asked: bool) -> list[tuple[str, float, int, int]]:
    found: list[tuple[str, float, int, int]] = []
    explained = _spelt_out(text, asked)
    if explained:
        found.append(explained)
    for match in _SELF.finditer(text):
        group = "a" if match["a"] else "b"
        name = _as_surname(match[group], declared="姓" in match[0])
        if name:
            found.append((name, 4.0, match.start(), match.start(group) + len(name)))
    found = found or _declared(text, asked)
    if found and not asked:
        return found
    if asked or re.match(r"^[嗯啊哎哦，,免贵]*姓", text):
        for match in _SURNAME_WORD.finditer(text):
            name = _as_surname(match["a"])
            if name and not _OTHER_PERSON.search(text[: match.start()]):
                found.append((name, 3.5, match.start(), match.start("a") + len(name)))
    named = re.search(r"(?:我|俺)(?:叫|系|係)(?P<a>[\u4e00-\u9fff]{2,3})(?=[，。,]|$)", text) if not found else None
    if named and (name := _as_surname(named["a"])):
        found.append((name, 1.6, named.start(), named.end()))
    if asked and not found:
        for match in _NICK.finditer(text):
            name = _as_surname(match["a"])
            if name:
                found.append((name, 2.0 if match["kind"] else 1.6, match.start(), match.start("a") + len(name)))
                break
        short = re.match(rf"^[嗯啊哎哦，,]*(?P<a>[\u4e00-\u9fff]{{1,3}}?)(?:{_ADDRESS})?(?:[，,。]|$)", text)
        name = _as_surname(short["a"]) if short else None
        if (
            short
            and name
            and not found
            and len(short["a"]) <= 3
            and not re.match(r"^[嗯啊哎哦]?(?:和|那|有|都|来|时|就|我|对|是|行|好|但|位|相|查|海)", text)
        ):
            found.append((name, 1.8, short.start("a"), short.end("a")))
    return found


def _declared(text: str, asked: bool) -> list[tuple[str, float, int, int]]:
    """姓仉 in a clause of its own; not asked for, only where the sentence speaks of nobody else."""
    return [
        (match["a"], 3.6, match.start("a") - 1, match.end())
        for match in _DECLARED.finditer(text)
        if match["a"] not in _NO_SURNAME
        and (asked or not _SOMEBODY.search(re.split("[。！？]", text[: match.start("a")])[-1]))
    ][:1]


def _spelt_out(text: str, asked: bool) -> tuple[str, float, int, int] | None:
    for words_said, name in _explanations().items():
        at = text.find(words_said)
        if at >= 0 and (asked or "姓" in text):
            return name, 5.0, at, at + len(words_said)
    if not (asked or "姓" in text):
        return None
    for match in _OF.finditer(text):
        name, word = match["a"], match["word"]
        if name not in _surnames():
            continue
        if name in word:
            return name, 4.0, match.start(), match.end()
        # 立即的季 misheard: the word decides when one of its characters is a surname that sounds like what was said
        for character in word:
            if character in _surnames() and sounds_alike(character, name):
                return character, 4.0, match.start(), match.end()
    return None


def _anonymous(conversation: Conversation) -> Found[bool]:
    evidence: list[Evidence] = []
    for turn in conversation.citizen:
        text = conversation.text(turn)
        match = _ANONYMOUS.search(text)
        if match is None and _ASKS_NAME.search(conversation.question(turn)):
            match = _DECLINES.search(text)
        if match:
            evidence.append(cite(conversation.call, turn, match.start(), match.end()))
    if evidence:
        return Found(True, distinct(evidence))
    for turn in conversation.operator:
        match = re.search(r"匿名(?:登记|处理|受理|反映|了|件)|(?:登记|记|写)(?:成|为)匿名", conversation.text(turn))
        if (
            match
            and not conversation.denied(turn)
            and not re.search(r"可以匿名|要不要|需要匿名|匿名吗|还是", conversation.text(turn))
        ):
            return Found(True, (cite(conversation.call, turn, match.start(), match.end()),), 0.8)
    return Found(False)


def _gender(  # noqa: PLR0912 - one branch a clue
    conversation: Conversation, surname: str | None
) -> Found[str | None]:
    votes: Counter[str] = Counter()
    evidence: dict[str, list[Evidence]] = {"男": [], "女": []}

    def vote(gender: str, weight: int, turn: int, start: int, end: int) -> None:
        votes[gender] += weight
        evidence[gender].append(cite(conversation.call, turn, start, end))

    last = ""
    for turn in conversation.operator:
        text = conversation.text(turn)
        for gender, forms in (("男", _MALE_ADDRESS), ("女", _FEMALE_ADDRESS)):
            for match in re.finditer(forms, text):
                before, after = text[: match.start()], text[match.end() : match.end() + 1]
                addressed = not before or before[-1] in "，。,；！？、 好的"
                named = surname is not None and before.endswith(surname)
                if re.search(
                    r"(?:您|你|他|她|那个|这个|那位|位|个|的|老|独居|和|跟|小)$", before
                ) and not before.endswith("好的"):
                    addressed = False
                told = re.search(r"(?:^|[，。])您是$", before) and conversation.confirmed(turn)
                addressed = addressed or bool(told)
                if named or (addressed and (not after or after in "，。,；！？、您你 别慢先请这我对怎贵")):
                    vote(gender, 4 if named else 3, turn, match.start(), match.end())
                    last = gender if named else last
    for turn in conversation.citizen:
        text = conversation.text(turn)
        if corrected := _CORRECTS_GENDER.search(text):
            gender = "女" if corrected["not_male"] or corrected["female"] else "男"
            vote(gender, 10, turn, corrected.start(), corrected.end())
        for gender, pattern in (("男", _SELF_MALE), ("女", _SELF_FEMALE)):
            for match in pattern.finditer(text):
                vote(gender, 2, turn, match.start(), match.end())
        if surname:
            for gender, forms in (("男", "先生|大爷|大叔|大哥"), ("女", "女士|阿姨|大姐|小姐|大妈|婆婆")):
                for match in re.finditer(rf"{surname}(?:{forms})", text):
                    vote(gender, 2, turn, match.start(), match.end())
    if last:
        votes[last] += 4
    if not votes or votes["男"] == votes["女"]:
        return Found(None)
    gender = "男" if votes["男"] > votes["女"] else "女"
    return Found(gender, distinct(evidence[gender]))
