"""How soon somebody must act: critical, urgent or normal (FORMATS.md, ``urgency``)."""

import re
from collections.abc import Collection, Iterator

from tickets.conversation import Clause, Conversation
from tickets.evidence import Evidence, Found, cite, distinct
from tickets.fields.negation import is_denied, is_past

# What a duty's name says: such matters are open hazards or basic supply out until they are over, or never are
_URGENT_DUTY = re.compile(r"停水|停电|供暖不热|内涝|井盖|道路破损|倒伏|流浪乞讨")
_SUPPLY_DUTY = re.compile(r"[水电气暖]|^$")
_NO_HAZARD_DUTY = re.compile(
    r"劳动|信访|承包|宅基地|传销|殡葬|补贴|诉讼|娱乐|商品|购物|食品|快递|保健品|旅游|抛物|收费|垃圾|公厕|禁放"
)
_NO_SUPPLY_DUTY = re.compile(r"公厕|电动|轨道|公交|畜禽|信访|土地")
_SETTLED = re.compile(
    r"(?:现在|后来|已经|今天|当天|都|又)(?:就|也)?(?:好了|通了|来(?:水|电|气|暖)了|恢复|修好|补好|填上|填平|盖上|换好|热了|清走|拖走|接走)|电费单|明细"
)
_ONLY_MONEY = re.compile(r"赔")
# A broken road stays a hazard while its driver claims his tyre
_STAYS_OPEN = re.compile(r"道路破损")
_SIGNALS_OUT = re.compile(r"灭了|都灭|同时(?:是)?绿|(?:都|全)是绿|(?:都|全|一个也|统统)不亮|(?:全|都)黑")
_OUT_OF_SUPPLY = re.compile(
    r"停(?:了)?(?:水|电(?!梯|话|脑|瓶)|气|暖|供)|断(?:了)?(?:水|电(?!话)|气|暖)|没(?:有|得)?(?:水|电|气|暖气?)(?:了|用|吃|做饭|好几|都|，|$)|冇(?:水|电|得水|得电)|(?<!手机)(?:水|(?<!机没)电|气|暖气)(?:就|都|又|也)?(?:停|断|没)(?:了|咗|啦)|一滴(?:水)?(?:都|也)?(?:没|不)|拧开?(?:一)?(?:滴|没)|水泵[^，。]{0,4}(?:烧|坏)|暖气[^，。]{0,8}(?:不热|冰凉|没热|不暖|凉)|屋里?(?:才|只有)?[^，。]{0,4}(?:十[一二三四]?|[一二三四五六七八九])度|停电(?!梯)"
)
_SUPPLY_BESIDES = re.compile(r"无水|[打背挑]水|(?:全|都|一片)黑|拉闸|合闸|跳闸|灶[^，。]{0,4}(?:打不|点不)")
_FLOOD = re.compile(
    r"(?:水|污水|粪水?)[^，。]{0,8}(?:倒灌|漫(?:进|到|上|过)|淹|涌|往(?:上|外)冒|灌(?:进|到))|内涝|积水[^，。]{0,8}(?:膝|腰|深|过不去|没过)|淹(?:了|到|水|进)|漫出来|涨水|爆管|水管(?:爆|炸)"
)
_HAZARD = re.compile(
    r"井盖?[^，。]{0,6}(?:没(?:有)?了|丢|缺|不见|破|碎|塌|松|翘|盖子没)|盖子(?:没了|不见|丢)|没(?:有)?(?:井盖|盖(?:子|儿))(?:子|儿)?(?=[，。了]|$)|(?:井|沟|坑|洞)[^，。]{0,8}没(?:有)?盖|(?:大|深)?(?:坑|洞)[^，。]{0,8}(?:没(?:有)?(?:围|拦|警示|灯|标)|掉(?:进|下))|裸露|漏电|(?:电线|电缆|线)[^，。]{0,6}(?:耷拉|掉(?:下来|了|在)|断(?:了|在)|垂|拖)|(?:树|枝|(?<!门)(?<!工号)(?<!号)牌(?!子?挂着)(?!翻)|墙|瓷砖|玻璃|砖|外墙|灯杆|广告牌|空调)[^，。]{0,8}(?:要掉|快掉|要倒|快倒|挂(?:在|着)|悬|摇|晃|掉下来|倒(?:了|在|下来)|脱落|半折|松)|塌(?:方|陷|了)|路面(?:塌|陷)|护栏[^，。]{0,6}(?:断|没|倒|坏)|(?:往|从)[^，。]{0,8}(?:扔|抛|掉)[^，。]{0,8}(?:瓶|砖|刀|砸|花盆|酒瓶)|砸(?:下来|到|着|中)|冒火(?:花|星)|半折|(?:路|桥|半边|坡|墙|房)[^，。]{0,6}垮|垮(?:了|哒|咗|脱)(?:一半|半边)|电梯[^，。]{0,8}(?:往下(?:滑|掉|坠)|坠|门关不)|掉(?:砖|瓷砖|墙皮)|(?:砖|瓷砖|玻璃|墙皮|石头)[^，。]{0,4}往下掉|钢筋(?:露|伸)"
)
_VULNERABLE = re.compile(
    r"(?<!有)(?:没|冇|无)(?:有|得)?人(?:照顾|照看|伺候|端饭)|[二两三四五六七八九几]天[^，。]{0,3}(?:没|冇|无)(?:有|得)?(?:吃|食)|独居[^，。]{0,8}(?:没|不|摔|病)|桥洞|睡(?:在)?(?:街|桥|路|地(?:上|下|铺))|赤脚|打赤脚|冻(?:死|坏|得|着)|没(?:得|有)?(?:东西吃|饭吃|奶粉)|断(?:药|奶|粮)|卧床|瘫[^，。]{0,6}(?:床|没)|氧气(?:机|瓶)|呼吸机|透析[^，。]{0,6}(?:停|断|没)|婴儿[^，。]{0,6}(?:没|断|冻)|流浪[^，。]{0,6}(?:老人|孩子)"
)
_NOBODY_CARES = re.compile(r"(?<!有)(?:没|冇|无)(?:有|得)?人(?:就)?(?:管(?!得)|看|给)")
_SOMEBODY_WEAK = re.compile(r"老(?:人|头|太|爷|奶|婆|汉|倌)|孩子|娃|婴|瘫|瞎|眼睛看不|残疾|精神病|流浪|饭|床")
_LIFT_FALLS = re.compile(r"坠|蹾|往下(?:掉|沉|滑|坐)|下沉|一沉|夹(?:人|到|了)|门[^，。]{0,4}(?:没关|开着)就")
_GIVES_WAY = re.compile(r"烂|断|陷|塌|崩|翘|缺|掉(?:了|进)|裂|冰|滑倒|摔|绊")
_WHERE_ALL_WALK = re.compile(r"路|道|桥|台阶|楼梯|广场|门口|栈|单元")
_DEADLINE = re.compile(
    r"(?:今天|今晚|今日|今儿|明天|明早|明日|明儿|听日|后半夜|夜里)[^，。]{0,10}(?:截止|到期|最后一天|之前|就要|考|手术|开庭|开学|报到|过期|拆|发车|出国|出殡|下葬|来不及|要用|要交|上塔|堵)|(?:今天|今晚|明天|明早|听日|明朝)[^。]{0,14}(?:之前|就要|换锁|清场|断水|断电|赶(?:我|人)|扔出|出院|动手术|停药|截止|过了就)|(?:最后一天|只剩(?:下)?(?:半天|一天|几个(?:小时|钟头)))"
)


_SINCE = re.compile(r"灭了(?:好)?[一二两三四五六七八九十几]+天|从|起|到现在|到今|一直|还|就(?:没|停|断)|又|刚")
_MOMENTARY = re.compile(r"冒火|掉下来|砸|扔|抛")
_OWN_BATTERY = re.compile(r"手机|电瓶|电动车|遥控|笔记本|电脑|升降杆|道闸|停水泵")


def read_urgency(
    conversation: Conversation,
    flags: Collection[str],
    *,
    emergency: bool,
    evidence_of_emergency: tuple[Evidence, ...],
    duty: str = "",
) -> Found[str]:
    """``critical`` for a danger now, ``urgent`` by the list of FORMATS.md, else ``normal``.

    Args:
        conversation: the call.
        flags: the ticket's flags.
        emergency: whether it is an emergency.
        evidence_of_emergency: the words that tell so.
        duty: the duty's name, which says whether such matters are hazards or basic supply.
    """
    if emergency:
        return Found("critical", evidence_of_emergency)
    evidence = distinct(_signs(conversation, duty), 3)
    if evidence:
        return Found("urgent", evidence, 0.7)
    told = conversation.citizen_text()
    claims = _ONLY_MONEY.search(told) and not _STAYS_OPEN.search(duty)
    if _URGENT_DUTY.search(duty) and not _SETTLED.search(told) and not claims:
        return Found("urgent", (), 0.6)
    if "self_harm" in flags or {"group", "threat"} <= set(flags):
        return Found("urgent", (), 0.8)
    return Found("normal", (), 0.8)


def _signs(conversation: Conversation, duty: str) -> Iterator[Evidence]:
    """The citizen's words that tell of something urgent."""
    patterns = [_VULNERABLE, _DEADLINE] if _NO_SUPPLY_DUTY.search(duty) else [_OUT_OF_SUPPLY, _VULNERABLE, _DEADLINE]
    if not _NO_HAZARD_DUTY.search(duty):
        patterns += [_FLOOD, _HAZARD]
    if _SUPPLY_DUTY.search(duty):
        patterns.append(_SUPPLY_BESIDES)
    if "信号灯" in duty:
        patterns.append(_SIGNALS_OUT)
    if "电梯" in duty and "加装" not in duty:
        patterns.append(_LIFT_FALLS)
    for turn in conversation.citizen:
        for clause in conversation.clauses(turn):
            for pattern in patterns:
                match = pattern.search(clause.text)
                if match is None or is_denied(clause.text, match.start()):
                    continue
                if not _is_over(conversation.text(turn), clause, match[0]) and not _OWN_BATTERY.search(clause.text):
                    yield cite(conversation.call, turn, clause.start + match.start(), clause.start + match.end())
            nobody = _NOBODY_CARES.search(clause.text)
            around = conversation.text(turn)[max(0, clause.start - 24) : clause.end + 12]
            if nobody and _SOMEBODY_WEAK.search(around):
                yield cite(conversation.call, turn, clause.start + nobody.start(), clause.start + nobody.end())
            if ("公园" in duty or "物业服务" in duty) and _is_bad_underfoot(clause.text):
                yield cite(conversation.call, turn, clause.start, clause.end)


def _is_bad_underfoot(text: str) -> bool:
    """Whether a clause tells that a path breaks or is iced."""
    if _OWN_BATTERY.search(text):
        return False
    return bool(_GIVES_WAY.search(text) and _WHERE_ALL_WALK.search(text)) and not is_past(text)


def _is_over(said: str, clause: Clause, words: str) -> bool:
    """Whether a clause tells what is over; what fell or sparked once is over where its sentence is about the past."""
    if _SINCE.search(clause.text):
        return False
    sentence = max(said.rfind(mark, 0, clause.start) for mark in "。！？") + 1
    return is_past(said[sentence : clause.end] if _MOMENTARY.search(words) else clause.text)
