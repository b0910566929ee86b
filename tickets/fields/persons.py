"""Persons under 18, of 60 or more, or disabled, where they are harmed, at risk or asking (FORMATS.md, flags)."""

import re
from collections.abc import Iterator

from tickets.conversation import Clause, Conversation
from tickets.evidence import Evidence, cite
from tickets.fields.negation import is_denied
from tickets.language.numerals import read_count

_N = "[0-9零一二两三四五六七八九十百]"
OLD, OLDEST, OF_AGE = 60, 120, 18
_ELDERLY = re.compile(
    r"老(?:人(?!机|民)|太太|太|头儿?|爷子|奶奶|两口|大爷|婆婆|伯|阿婆|倌)|大爷|大娘|阿婆|阿公|婆婆(?!家|妈)|爷爷|奶奶|外公|外婆|姥姥|姥爷"
    r"|阿伯(?!说|讲)|娭毑|老岁仔|老婆儿|老爹|老娘|老妈妈|阿嬷|阿嫲|嫲嫲|爷叔|老头老太|高龄|空巢|太婆|太公|老汉(?!儿)|老[\u4e00-\u9fff]头(?!子)|老人家|老年人"
)
_ADDRESS_ELDERLY = re.compile(r"大爷|阿婆|老人家|老爷子|奶奶|老先生|婆婆|大娘|阿公|老太太")
# An operator who speaks of the old person of the story; whether old people live there is a question to every caller
_SPOKEN_OF = re.compile(
    r"(?<!有)(?<!位)(?<!些)(?<!的)(?<!多少)(?<!几个)(?<!独居)(?<!请)(?<!给)老(?:人家?|先生|太太|爷子)(?!机|卡|证|孩|们|小孩|[、和或跟]|优|免|年|家属|有没有|或)"
)
_NOT_OLD = re.compile(r"不是(?:什么)?(?:大爷|阿婆|老|奶奶|婆婆|大娘)|别叫|才[四五]十")
_AGE = re.compile(
    rf"(?P<age>{_N}{{1,4}})(?:多)?(?:岁|周岁|来岁)|(?P<age1>{_N}{{2,4}})(?:多)?(?:了|嘞|的人)"
    rf"|(?:今年|都|快|年纪|[爸妈爹娘公婆爷奶叔伯姨姥舅嬷]|顶大|最大|他|她|老[\u4e00-\u9fff])(?:额|的|有|得)?(?P<age2>{_N}{{2,4}})(?:多)?(?=[，。了、]|$)"
)
# Sixty and more said without 岁: 我公公，八十一；额妈八十一咧；我娘老子七十九哒；我自家也六十五了
_TENS = r"(?:[六七八九]十[一二三四五六七八九]?|一百(?:零[一二三四五六七八九])?)(?:多|几|大几|出头)?"
_SAID = r"(?:岁|了|嘞|咧|哒|哉|啦|咯|矣|喇|哩|噻)*(?:嘛|呢|啊|呀|噢|的人)?(?=[，。！？、,]|$)"
_KIN = "[爸妈爹娘公婆爷奶叔伯姨姥舅嬷母父姑窦毑嫲]|老(?:人家?|太|头|汉|倌|伴|[\u4e00-\u9fff])|岳[父母]|[他她佢伊]"
_OLD_AGE = re.compile(
    rf"(?<![收给赔退要扣罚找])(?:{_KIN})[^，。！？,0-9零一二两三四五六七八九十百考试分元块]{{0,3}}(?P<age>{_TENS}){_SAID}"
    rf"|(?:我|俺|额|阮|涯)(?:(?:自家|自己|今年|也|都|快|已经|最小|最大)+(?P<age1>{_TENS}){_SAID}|{_TENS}(?:岁|了|嘞|咧|哒|哉)(?=[，。]|$))"
)
_BARE_AGE = re.compile(rf"(?:^|(?<=[，。！？、,]))(?:今年|都|快|已经|也|怕有|大概|有)*(?P<age>{_TENS}){_SAID}")
_PERSON_BEFORE = re.compile(rf"{_KIN}|大爷|大娘|老|病人|先生|女士|我")
_COUNTS_OTHERWISE = re.compile(r"多少|几(?:个|户|块|度|点|号)|度|钱|户|平|费")
_ABOUT_AGE = re.compile(r"岁|年纪|人|老|[妈爸爹娘公婆爷奶伯叔姥舅嬷]|今年|快|都")
_ASKS_AGE = re.compile(r"多大(?:年纪|岁数|了|年龄)?|几岁|多少岁|高寿|年龄|贵庚")
_AGE_REPLY = re.compile(rf"^[嗯啊哎哦，,]*(?:今年|快|都|有)?(?P<age>{_N}{{1,4}})(?:多)?(?:岁|了)?(?=[，。]|$)")
_NO_PERSONS_AGE = re.compile(r"工龄|房龄|车龄|狗|猫|树龄")
_MONTHS_OLD = re.compile(
    rf"刚满月(?=[，。了]|$)|(?:娃娃?|孩子|宝宝|囡囡?|BB|奶娃儿?)[^，。]{{0,2}}才{_N}{{1,3}}天|(?:才|刚|先得)?(?:仨|{_N}{{1,2}}个?)月大|刚?满月的(?:孩子|娃|宝宝|小)|(?:孩子|孙子|孙女|宝宝|娃|囡囡?|BB|女|仔)[^，。]{{0,2}}(?:才|刚|先)?(?:仨|{_N}{{1,2}}个)月(?=[了，。]|$)|(?:女儿|儿子|孩子|宝宝|娃|囡囡?|孙子|孙女)[，的]?(?:才|刚|满|现在|今年|有)*{_N}{{1,3}}个多?月(?=[大了，。]|$)"
)
_CHILD = re.compile(
    r"孩子|小孩|娃儿?|囡|宝宝|婴儿|幼儿(?!园)|儿童|小学生|[初高]中[男女]?生|中学生|未成年|细路|细伢子|伢子|小朋友|新生儿|孙(?:子|女)|外孙"
    r"|[一二三四五六七八九]年级|初[一二三](?!要|放|那天|早|晚|到|初)|高[一二三]|小[囡]|细路|细人子|细伢|小人(?!物|得)|碎娃|囡仔|女仔|(?:上|读|念)(?:小学|初中|高中)|刚生的?(?:儿子|女儿|娃)|闺女|学生|丫头|小妮儿?|BB|学童|班里|我们班"
)
_CHILD_HARMED = re.compile(
    r"坏肚子|挂(?:了)?水|冲走|水里|水头|喊(?:救命|到|都)|血|断气|皮带|(?:返|上|放)学|天天走|针头|哭|落唔到户|落户|摔|砸|撞|烫|咬|夹|伤(?:了|到|着)|吓(?:哭|醒|到|得|着)|围殴|欺负|霸凌|(?:让人|叫人|被人?|遭人?)[^，。]{0,4}打|打(?:了|伤)|疫苗|打针"
    r"|蔫|发烧|咳|漏种|没学上|上不了学|入(?:不了)?学|中毒|拉肚子|险|差点|走丢|骗|走(?:在|到)?马路|校车|困在|关在|猥亵|体罚|流鼻血|过敏|抢|拽|薅|扇|耳光|肚子疼|吐|铲|趴(?:在|到)|蹲|拿(?:菜)?刀|欺负|不想上学|高空|往下(?:扔|砸)|往里跑|睡唔|瞓|吵(?:醒|得)|坐(?:在)?地|没人管"
)
_HARMED = re.compile(
    r"血|歪|不睁眼|救|存了|集资|脚软|腿(?:都)?软|摔|砸|撞|烫|吓|打(?:了|伤|针|人)|咬|夹|伤|哭|病|发烧|咳|困|睡不|没打|骗|哄|欺负|上不了|不让|退费|差点|险些|危险|中毒|吃坏|拉肚子|磕|淋"
    r"|冻|走丢|独居|卧床|没人管|没人照|照顾|瘫|行动不便|腿脚|爬不|下不|蔫|闷|晕|要换|证|补贴|看病|买药|忽悠|买了|高血压|心脏"
    r"|跌|躺|晕|昏|憋|滑倒|差点滑|翻(?:到|下|进)|唔应|叫不应|喘|嘴唇|走机动车道|栽|撑|轮椅|透析|化疗|睏|瞓|受不|怎么活|挨饿|赤脚|光着?脚|桥洞|裹|吃药|上当|拉(?:个|了|着)?老|抬|担架|救护|急救|血栓|耳朵|眼睛|支架"
)
_BYSTANDER = re.compile(
    r"保安|看大门|看门|值班|门卫|扫地|老板|算命|他说|占座|晒|下棋|跳舞|放(?:个|一个)茶杯|拎着|出来说"
)
_DISABLED = re.compile(
    r"轮椅|残疾|残障|盲(?:人|杖|道上?摔)|全盲|视障|失明|看不见(?:的人|东西)|瞎子|眼睛(?:看不|瞎)|聋(?:哑|人)|哑(?:巴|人)|听障|智障"
    r"|智力(?:残|[一二三四]级)|[一二三四]级(?:残|智|肢|精神)|残(?:联|证)|截肢|(?:偏|截|高位)瘫(?:痪)?|瘫痪|拄(?:着)?双?拐|小儿麻痹|脑瘫|自闭症|肢体"
)


def old_persons(conversation: Conversation) -> Iterator[Evidence]:
    """The words that tell of someone old: the age, or what he is called, by the operator too."""
    for turn in range(len(conversation.call.turns)):
        text = conversation.text(turn)
        if conversation.role(turn) == "operator":
            addressed = _ADDRESS_ELDERLY.search(text)
            taken = conversation.denied(turn) or _NOT_OLD.search(conversation.reply(turn))
            if addressed and _addressed(text, addressed) and not taken:
                yield cite(conversation.call, turn, addressed.start(), addressed.end())
            spoken_of = _SPOKEN_OF.search(text)
            if spoken_of and not conversation.denied(turn):
                yield cite(conversation.call, turn, spoken_of.start(), spoken_of.end())
            continue
        for start, end, age, surely in _ages(conversation, turn):
            around = text[max(0, start - 12) : end + 4]
            if OLD <= age <= OLDEST and (surely or _ABOUT_AGE.search(around)):
                yield cite(conversation.call, turn, start, end)
        for start, end in _old_ages(conversation, turn):
            yield cite(conversation.call, turn, start, end)
        for clause in conversation.clauses(turn):
            named = _ELDERLY.search(clause.text)
            around = text[max(0, clause.start - 20) : clause.end + 24]
            if named and _HARMED.search(around) and not _BYSTANDER.search(around):
                yield _cited(conversation, clause, named)


def minors(conversation: Conversation) -> Iterator[Evidence]:
    """The words that tell of someone under 18 who calls, is harmed or at risk."""
    for turn in conversation.citizen:
        text = conversation.text(turn)
        for start, end, age, surely in _ages(conversation, turn):
            own = re.search(r"我(?:今年|才|刚)?$", text[:start])
            if (
                0 < age < OF_AGE
                and (surely or "岁" in text[start:end] or own)
                and not _NO_PERSONS_AGE.search(text[max(0, start - 6) : start])
            ):
                yield cite(conversation.call, turn, start, end)
        months = _MONTHS_OLD.search(text)
        if months:
            yield cite(conversation.call, turn, months.start(), months.end())
        clauses = conversation.clauses(turn)
        for index, clause in enumerate(clauses):
            child = _CHILD.search(clause.text)
            following = clauses[index + 1].text if index + 1 < len(clauses) else ""
            before = clauses[index - 1].text if index else ""
            harmed = _CHILD_HARMED.search(f"{before}，{clause.text}，{following}")
            if child and harmed and not is_denied(clause.text, child.start()):
                yield _cited(conversation, clause, child)


def disabled_persons(conversation: Conversation) -> Iterator[Evidence]:
    """The words that tell of a disabled person, not of an illness, nor of what somebody is frightened with."""
    for clause in conversation.citizen_clauses():
        match = _DISABLED.search(clause.text)
        if match and not is_denied(clause.text, match.start()):
            yield _cited(conversation, clause, match)


def _ages(conversation: Conversation, turn: int) -> Iterator[tuple[int, int, int, bool]]:
    """Ages in a turn: characters, years, and whether the operator asked for the age."""
    text = conversation.text(turn)
    reply = _AGE_REPLY.match(text) if _ASKS_AGE.search(conversation.question(turn)) else None
    found = [(reply, reply["age"], True)] if reply else []
    found += [(match, match["age"] or match["age1"] or match["age2"], False) for match in _AGE.finditer(text)]
    for match, said, asked in found:
        age = read_count(said or "")
        if age is not None and age.is_integer():
            yield match.start(), match.end(), int(age), asked


def _old_ages(conversation: Conversation, turn: int) -> Iterator[tuple[int, int]]:
    """Where a turn says sixty or more of somebody without the word 岁; alone only right after a person is named."""
    text = conversation.text(turn)
    yield from (match.span() for match in _OLD_AGE.finditer(text))
    for match in _BARE_AGE.finditer(text):
        question, sentence = (
            conversation.question(turn),
            re.split("[。！？]", text[: match.start()])[-1].rstrip("，、,"),
        )
        of_person = _PERSON_BEFORE.search(sentence) or _PERSON_BEFORE.search(question)
        counted = _COUNTS_OTHERWISE.search(re.split("[，,]", sentence)[-1] or question)
        if _ASKS_AGE.search(question) or (of_person and not counted):
            yield match.span()


def _addressed(text: str, match: re.Match[str]) -> bool:
    before, after = text[: match.start()], text[match.end() : match.end() + 1]
    return (not before or before[-1] in "，。！？好的嗯、" or len(before) == 1 or before[-2:-1] in "，。！？") and (
        not after or after in "，。！？您你"
    )


def _cited(conversation: Conversation, clause: Clause, match: re.Match[str]) -> Evidence:
    return cite(conversation.call, clause.turn, clause.start + match.start(), clause.start + match.end())
