"""The number to call back: said or confirmed, with corrections; 就打这个 is the number that he calls from."""

import re
from dataclasses import dataclass
from itertools import takewhile

from tickets.conversation import Clause, Conversation
from tickets.evidence import Evidence, Found, cite, distinct
from tickets.language.numerals import DIGIT_RUN, DIGITS

_COMPLETE = re.compile(r"1[3-9]\d{9}|0\d{2,3}\d{7,8}|[2-9]\d{6,7}")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_GAP = re.compile(r"^[\s，,、。.\-－—…·呃嗯啊那个然后再就是]*$")
_CORRECTION = re.compile(r"不对|不是|说错|讲错|错了|搞错|记错|哦不|勿对|唔对|唔係|毋是|应该是|改成")
_THIS_NUMBER = re.compile(
    r"(?:就|还是|是|打|用|留|回|喺|系|係|咑|拨|写|登|就是)?(?:打|留|用|回|写)?(?:我)?(?:现在|目前|手头|正在打|打进来|来电)?(?:的|嘅|额)?(?:这个|这|呢个|迭个|箇个|即个|这边|咯个|这部|这只|这台|这支|搿只|[格葛]只|[格葛]个|呢部|即支|个只)(?:来电|手机|座机|固话|打来)?(?:的|嘅)?(?:号码?|电话|手机|座机)"
)
_THIS_SHORT = re.compile(
    r"(?:电话|号码|联系)(?:就|还|也)?(?:是|用|打|留)(?:我)?(?:打进来的?)?(?:这个|这支|呢个|迭个|即个|这)|(?:就|打)(?:打|是)?我(?:打进来)?(?:的)?这个|跟来电(?:的)?一样|就?(?:打|留|用|回|拨)(?:我)?(?:这个|呢个|这|迭个|即个|咯个)(?:就|吧|就行|就中|就好|得|可以|啦|嘛|咯|，|。|$)|就(?:这个|呢个|迭个|[格葛]个)(?:得|就|都)?(?:[，。吧嘛啦咯喇]|$)|来电(?:号码|显示)?(?:这个|就行|就可以|就好)|本机|你那(?:里|边|儿)(?:不是)?有?显示"
)
_THIS = r"(?:[这呢迭格葛搿箇即咯个嗰哩呢]|今)(?:一)?(?:[个只支部台]|边)?"
_PHONE = "(?:号码?|电话|手机|座机|固话)"
# 打俺这个, 手机现在这个, 打这支就好: a clause that says nothing but which telephone
_ONLY_THIS = re.compile(
    rf"(?:[嗯啊哎哦那你您恁]|就)*(?:{_PHONE}|联系)?(?:就|还|也)?(?:[是系係用打拨回留咑拍敲])?(?:就|还)?(?:我|俺|涯|阮|侬|我伲)?(?:现在|目前|手头|打来)?的?"
    rf"{_THIS}(?:嘅|的|格)?{_PHONE}?(?:嘅|的|格)?(?:就|都|也|即)?(?:[好行中得成是]|可以|要得|会使)?(?:了|啦|吧|嘛|咯|哈|啊|噻)?"
)
_MINE = re.compile(
    rf"(?:就)?[打拨咑拍敲](?:我|俺|涯|阮|厓|𠊎)(?:的|嘅|个|格)?{_PHONE}?(?:就)?[好行中得成]?(?:了|啦|吧|嘛)?"
)
# What he calls from, told by the way: 号码照来电, 找我就打来电的号码, 就我现在用的这部, 我这手机揣兜里，打它
_COMES_FROM = r"(?:来电|打(?:过来|进来|来|嚟)(?=[的嘅这那呢就])|(?:我)?现在(?:用|打)(?:的|着)|我打的这)"
_INCOMING = re.compile(
    rf"{_COMES_FROM}[的嘅]?(?:那|这|呢)?(?:个|支|部)?(?:{_PHONE}|就行|就可以)|{_COMES_FROM}[的嘅]?(?:那|这|呢)(?:个|支|部)|(?:来电|现在打)的?$|(?:{_PHONE}|回电|联系|找我|照)[^，。]{{0,6}}{_COMES_FROM}"
    rf"|用来电|{_PHONE}[^，。]{{0,4}}(?:是)?我(?:自己|本人)的|我这{_PHONE}没错|这个号码没(?:错|问题)|有我(?:的)?号(?:码|嘛|$)|就是?[咯这]个号$|[写记]这个(?:吧|$)|打这个(?:能联系|找得到)"
    rf"|(?:我)?本人的手机|(?:就)?打它$|就是[这咯]个$|打来的号就是我|你那[儿里边]?不是有我(?:的)?号"
)
_SAYS_PHONE = re.compile(rf"[打拨咑拍敲回留用]|联系|{_PHONE}")
_ASKS_NUMBER = re.compile(r"电话|号码|联系(?!人)|回访|打哪|手机|座机|来电|回复您|回您|怎么找您")
_ASKS_THIS = re.compile(
    r"(?:现在|目前|打进来|来电|打来|这)(?:用|打)?的?(?:这)?(?:个|支|部|只)?(?:来电)?(?:的)?(?:号码?|电话|座机|手机)|(?:电话|号码?)(?:用|打|留)(?:您)?这(?:支|个|部)|(?:号码?|电话|联系方式|回访)[^。？]{0,10}(?:就是|还是|是|就|用|留|打)(?:您)?(?:现在|目前|来电|打进来|这|座机)|留?来电|尾号|(?:电话|手机|号码?)(?:就|还|是|用|打|留)*(?:这个|这支|这只|这部)[？?吗吧]"
)
_REFUSES = re.compile(
    r"(?:不用|不要|不必|别|千万别|莫|勿要|唔好|唔使|甭|免|不需要|无需|毋免)(?:再)?(?:给我|给俺|跟我|同我|打)?(?:回(?:电|访|复|话)?|打(?:电话|这个|过来|给我|我)|留(?:电话|号)|联系|(?:往|在)(?:单子|工单|表)上(?:写|记|留)|通知)|号码(?:也)?(?:就)?(?:别|不|莫)(?:要)?(?:往|写|留|登|记)|不留(?:电话|号|联系)|电话(?:也|就)?(?:不留|不给|不用留|别留|莫留|唔留)|(?:没|冇|无)(?:有)?(?:电话|手机)(?:留|可)|不需要(?:回|答)|没必要(?:回|打)|(?:电话|号码)(?:你|您)?(?:也|就)?(?:别|莫|不要?)(?:留|记|写)"
)
# 我儿子不晓得我打这个电话, 只有我这个手机还有电: the telephone is spoken of, not given
_SPEAKS_OF = re.compile(r"(?:晓得|知道|知)[^，。]{0,3}我?打|打过这个|[你您恁]们?这个号|手机(?:还有|快|只有|没)")
_ASKS_TO_LEAVE = re.compile(r"(?:电话|号码|联系方式)[^，。？]{0,4}(?:留|要)")
_LEAVES_NONE = re.compile(r"^[嗯啊哎哦，,]*(?:不用|不要|不留|免|莫|算了)(?:留|写)?(?:了|啦|嘞)?(?:[，,。]|$)")
_YES = re.compile(
    r"^[嗯啊哎哦欸诶，,]*(?:对|是|嗯|行|好|可以|中|要得|系|係|没错|就|得|打|这|有|能|着|随时|哎|诶|成|冇错|是额|没问题|正确|完全)"
)
_NUMBER_FINE = re.compile(r"(?:电话|号码?)(?:就|也)?(?:对|是的|没错|可以|会使|行|得|冇错)")
_NOT_THIS = re.compile(r"^[嗯啊哎哦欸诶，,]*(?:不是|勿是|唔系|唔係|不要|别|换|这是|不|弗|伓|毋|勿)")
_OTHERS = re.compile(
    r"(?:12345|12388|12348|12393|12315|12318|12333|12329|12366|12328|12369|110|119|120|122|114|10086|10010|10000)$"
)
_BAD_CONTEXT = re.compile(
    r"(?:单号|工单|编号|工号|车牌|身份证|卡号|账号|证号|订单|对方|他的?|她的?|骗子|那边|客服|店里|老板|公司)的?(?:号码?|电话)?(?:是|为|打|：)?$"
)
_TO_RING = re.compile(r"(?:^|[，。！？,])(?:就|你|您)*[打拨回][^，。打]{0,6}[，,]?$")
_ASKS_OTHERS_NUMBER = re.compile(
    r"机主|(?:对方|他|她|店家|商家|公司|老板|骗子)的?(?:手机)?(?:号码?|电话)|工单号|单号|车牌"
)
_MOST_RUNS = 400


@dataclass(frozen=True, slots=True)
class _Digits:
    turn: int
    start: int
    end: int
    digits: str


def read_callback(conversation: Conversation) -> Found[str | None]:
    """The callback number (digits), or None where the caller gives and confirms none.

    A number read back by the operator and not denied wins over the caller's own reading; the last one said wins.
    """
    caller = conversation.call.caller_number
    best: tuple[float, int, str, list[Evidence]] | None = None
    for number in _numbers(conversation):
        digits, turn = number.digits, number.turn
        if not _COMPLETE.fullmatch(digits) or _OTHERS.match(digits):
            continue
        operator = conversation.role(turn) == "operator"
        if operator and (conversation.denied(turn) and not _COMPLETE.search(_digits_of(conversation.reply(turn)))):
            continue
        text = conversation.text(turn)
        asked = (
            _ASKS_NUMBER.search(conversation.question(turn))
            or _ASKS_NUMBER.search(text)
            or _TO_RING.search(text[: number.start])
        )
        weight = (2.0 if asked else 0.5) + (
            2.0 if operator and conversation.confirmed(turn) else 1.0 if operator else 0.0
        )
        weight += 1.0 if len(digits) >= 11 else 0.0
        others = _BAD_CONTEXT.search(conversation.text(turn)[: number.start])
        if others or _ASKS_OTHERS_NUMBER.search(conversation.question(turn)):
            weight -= 2.5
        evidence = [cite(conversation.call, turn, number.start, number.end)]
        if weight >= 1.0 and (best is None or (weight, turn) >= best[:2]):
            best = (weight, turn, digits, evidence)
    this = _this_number(conversation)
    refused = _refused(conversation)
    if this.evidence and (best is None or (this.certainty > 0.9 and this.evidence[-1].turn > best[1])):
        if refused.evidence and refused.evidence[-1].turn > this.evidence[-1].turn:
            return Found(None, refused.evidence)
        return Found(caller, this.evidence, this.certainty) if caller else Found(None, this.evidence)
    if best is not None:
        return Found(best[2], distinct(best[3]))
    return Found(None, refused.evidence)


def _digits_of(text: str) -> str:
    return "".join(str(DIGITS[character]) for character in text if character in DIGITS)


def _numbers(conversation: Conversation) -> list[_Digits]:
    """Digit strings, groups joined over short gaps, corrections applied; also joined over turns of one dictation."""
    found: list[_Digits] = []
    dictated = ""
    first: _Digits | None = None
    for turn in range(len(conversation.call.turns)):
        groups = _groups(conversation.text(turn), turn)
        found += groups
        if conversation.role(turn) != "citizen":
            continue
        parts = [group for group in groups if len(group.digits) >= 3]
        if not parts or _COMPLETE.fullmatch(parts[0].digits):
            dictated, first = "", None
            continue
        part = parts[0]
        if first is not None and turn - first.turn <= 8:
            dictated += part.digits
            if _MOBILE.fullmatch(dictated):
                found.append(_Digits(turn, part.start, part.end, dictated))
        else:
            first, dictated = part, part.digits
        if len(dictated) > 12:
            dictated, first = part.digits, part
    return found


def _groups(text: str, turn: int) -> list[_Digits]:
    runs = [match for match in DIGIT_RUN.finditer(text) if len(match[0]) >= 2 or match[0] in DIGITS][:_MOST_RUNS]
    joined: list[_Digits] = []
    parts: list[str] = []
    start = end = 0

    def close() -> None:
        digits = "".join(parts)
        if len(digits) >= 3:
            joined.append(_Digits(turn, start, end, digits))
        parts.clear()

    for run in runs:
        digits = _digits_of(run[0])
        gap = text[end : run.start()] if parts else ""
        if parts and _GAP.match(gap) and not _MOBILE.fullmatch(digits):
            parts.append(digits)
        elif parts and len(gap) <= 14 and _CORRECTION.search(gap):
            _correct(parts, digits)
        else:
            close()
            start = run.start()
            parts.append(digits)
        end = run.end()
    close()
    return joined


def _correct(parts: list[str], digits: str) -> None:
    """八三一五，不对，八三五一: the corrected group takes the place of the last one, or of the whole number."""
    if len("".join(parts)) == len(digits) or len(digits) >= 11:
        parts[:] = [digits]
    elif len(parts[-1]) == len(digits):
        parts[-1] = digits
    elif len(parts[-1]) > len(digits):
        parts[-1] = parts[-1][: -len(digits)] + digits
    else:
        parts.append(digits)


_NOT_MEANT = re.compile(r"(?:不是|别|不要|莫|勿|唔好|千万|没接过|没打过|当没)[^，。]{0,6}$")
_NEVER_THIS = re.compile(
    r"(?:别|不要|不能|莫|勿要|唔好|甭)(?:再)?(?:给我)?(?:打|用|留|回)(?:我)?(?:现在|来电)?(?:的)?(?:这个|这只|呢个|迭个)"
)


def _this_number(conversation: Conversation) -> Found[bool]:
    for turn in reversed(conversation.citizen):
        text, question = conversation.text(turn), conversation.question(turn)
        if any(_COMPLETE.fullmatch(group.digits) for group in _groups(question, turn - 1)):
            continue
        # What follows a refusal says why not: 别打这个，这个号是公司的.
        for clause in takewhile(lambda each: not _NEVER_THIS.search(each.text), conversation.clauses(turn)):
            said = (
                _THIS_NUMBER.search(clause.text) or _THIS_SHORT.search(clause.text) or _only_this(conversation, clause)
            )
            incoming = _told_by_the_way(conversation, clause)
            said = said or incoming
            if said is None or _NOT_MEANT.search(clause.text[: said.start()]) or _SPEAKS_OF.search(clause.text):
                continue
            if re.search(r"^(?:打|别|不|千万)?.{0,3}(?:打|别打)(?:这个|这)电话", clause.text) and _REFUSES.search(
                clause.text
            ):
                continue
            if re.search(r"[？?]|吧|吗", text[clause.end : clause.end + 10]) and not _ASKS_NUMBER.search(question):
                continue
            about = _ASKS_NUMBER.search(question)
            direct = incoming or re.search(r"就|打|留|用|回", clause.text) or _only_this(conversation, clause)
            if about or (direct and turn >= len(conversation.call.turns) // 2):
                if not direct and re.search(
                    r"这(?:个|是|只|部)?[^，。]{0,6}(?:我)?(?:老公|老婆|妹|姐|哥|弟|朋友|同事|邻居|孩子|儿子|女儿|别人|借)",
                    text,
                ):
                    continue
                start = clause.start + said.start()
                return Found(True, (cite(conversation.call, turn, start, clause.start + said.end()),), 0.95)
        fine = _NUMBER_FINE.search(text) if _ASKS_THIS.search(question) else None
        if fine:
            return Found(True, (cite(conversation.call, turn, fine.start(), fine.end()),), 0.95)
        if _ASKS_THIS.search(question) and _YES.match(text) and not _NOT_THIS.match(text) and not _REFUSES.search(text):
            end = _YES.match(text)
            return Found(True, (cite(conversation.call, turn, 0, end.end() if end else 1),), 0.85)
    for turn in reversed(conversation.operator):
        match = re.search(
            r"(?:电话|回访|联系|号码)[^。？]{0,6}(?:就|还)?(?:留|打|用|是)(?:您)?(?:这个|来电|现在)",
            conversation.text(turn),
        )
        if match and not conversation.denied(turn) and not _NOT_THIS.match(conversation.reply(turn)):
            return Found(True, (cite(conversation.call, turn, match.start(), match.end()),), 0.92)
    return Found(False)


def _told_by_the_way(conversation: Conversation, clause: Clause) -> re.Match[str] | None:
    """A clause of the call's second half that tells by the way that he may be called where he calls from."""
    late = clause.turn >= len(conversation.call.turns) // 2
    return _INCOMING.search(clause.text) if late and not re.search("[你您恁]们", clause.text) else None


def _only_this(conversation: Conversation, clause: Clause) -> re.Match[str] | None:
    """A clause that says nothing but "this telephone", or "mine" where the call comes from a mobile one."""
    words = clause.text.strip()
    said = _ONLY_THIS.fullmatch(words)
    if said and (_SAYS_PHONE.search(words) or _ASKS_NUMBER.search(conversation.question(clause.turn))):
        return said
    mobile = _MOBILE.fullmatch(conversation.call.caller_number or "")
    return _MINE.fullmatch(words) if mobile else None


def _refused(conversation: Conversation) -> Found[bool]:
    for turn in reversed(conversation.citizen):
        text = conversation.text(turn)
        asked = _ASKS_TO_LEAVE.search(conversation.question(turn))
        match = _REFUSES.search(text) or (_LEAVES_NONE.match(text) if asked else None)
        if match:
            return Found(True, (cite(conversation.call, turn, match.start(), match.end()),))
    return Found(False)
