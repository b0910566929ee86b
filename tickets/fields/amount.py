"""How much money is lost, owed or claimed: the whole sum, not a rate, not a later offer."""

import re

from tickets.conversation import Conversation
from tickets.evidence import Evidence, Found, cite
from tickets.language.numerals import NUMERAL, read_number

_MONEY = re.compile(
    rf"(?P<cue>(?:多(?:收|扣|付|交|算|要|出来)?的?|[退赔]我?|再加|欠我?|那)(?=[一二两三四五六七八九]{{0,1}}十|[0-9]))?"
    rf"(?P<n>{NUMERAL.pattern})(?P<more>多|来|余|几)?(?P<unit>万|千|百)?(?P<yuan>块钱?|元钱?|蚊|箍|圆|銀|刀|人民币|(?=[，。,；！？、\s]|$)|(?=的?(?:工钱|工资|押金|定金|首付|学费|房款|货款|钱|费|赔偿))|(?=(?:得|要|该|必须|应该)?(?:退|还|赔|补|吐)(?:给|回|我))|(?=给我))"
)
_TOTAL = re.compile(
    r"一共|总共|合计|加起来|拢共|总计|共计|统共|全部|总额|加在一起|一塌刮子|攏總|拢总|合起来|前后|里外|整整|凑|算下来|算起来|算出来|统统"
)
_LOSS = re.compile(
    r"忽悠|吃了|凑了|塞了|随了|送了|转账|下的?单|消费|应(?:发|得|付)|少(?:了|发)|补贴|打卡|交了|交的|付了|付的|花了|花掉|充了|充的|转了|转给|打了|打给|给了|掏(?:了|嘞|哒)|借(?:了|到)|要(?:他)?退|多收|投了|投进|存了|欠|拖欠|没发|不发|没给|不给|损失|亏了|骗了|被骗|坑了|退(?:我|给|款|费|钱)|赔|首付|押金|定金|订金|学费|工资|工钱|货款|租金|垫|扣了|扣我|扣的|收了|收我|要我|罚了|价值|买的|报的|报价|刷了|刷的|自费|自付|交脱|报销|俾咗|畀咗|补偿|费用|会费|卡里|余额|剩|贷款|补交|补缴|追缴|收费|开价|一口价|宰"
)
_RATE = re.compile(
    r"^(?:多)?(?:钱)?(?:一个月|每个?月|一天|每天|一年|一斤|每斤|一平|每平|一小时|每小时|一个人|每人|一位|一度|每度|一吨|一节|一瓶|一盒|一次|一趟|一公里|一方|一吨|一桶|起步|一晚|一口|[零一二两三四五六七八九十几0-9]+(?:斤|个|瓶|袋|张|公里|天|年|个?月)|一摊|一袋|一份)"
)
_RATE_BEFORE = re.compile(
    r"(?:每个?月|每人|每天|每年|一个月|一年|一天|每平|每度|每吨|每斤|一平方?|按月|月租|一个人|每户|一户|一口|每小时|一小时|单价|(?:一个月|每月)[^，。]{0,4}费|一度电?|一节课?|一次|每次|一趟|低保|津贴|补贴标准|退休金|工资|返|奖)(?:要|是|才|给|收|也就|就|按|得|交|付|还|大概|差不多)?(?:我)?$"
)
_OFFER = re.compile(
    r"只(?:肯|愿|能|给|赔|退|同意)|(?:他|她|他们|店家|老板|公司|对方|商家|那边)(?:说|讲|只|最多|愿意|答应){1,2}(?:给|赔|退)(?:我)?|意思意思|听说|有奖|奖励|最多给|给她|预算|成本|市场价|原价|工资(?:才|就|是)"
)
_DECIDED = re.compile(r"判|裁")
_LOST = re.compile(r"扣(?:了|我|掉)|骗|多(?:收|交|扣|算)|损失|亏|拖?欠|坑|自己垫|少(?:发|给)|没(?:发|给)|还剩|剩下")
_CLAIMED = re.compile(
    r"(?:退|赔|还|补)(?:给|回)?(?:我|剩)|全退|退费|补起|讨(?:回|转)|吐出来|退[^，。退]{1,8}就行|要求?(?:退|赔)|只要(?:这|我)|我要(?=[^，。]{0,3}$)"
)
_RETURNS = re.compile(r"(?:每|一)(?:天|日|个?月)[^，。]{0,4}返|返利|本金还")
_ASKS_SUM = re.compile(
    r"多少钱|(?:退|赔|交|付|花|欠|收|扣|损失|给|补|垫)(?:了|的|您|你们|过)?(?:金额|费用|钱)?(?:是|有|一共|大概)?多少(?!人|户|位|平|度)|金额|什么价"
)
_ASKS_PAID = re.compile(r"(?:费|钱|款)[^。？]{0,6}(?:交了|交清|有欠|欠着|交过)|有没有欠")
_COUNTED = re.compile(r"(?:个月|天|次|回|趟|年|节|期|人|户|晚)$")
_NOT_MONEY = re.compile(
    r"^(?:号|楼|栋|单元|层|点|分|年|月|日|天|个|人|户|位|名|岁|次|回|趟|米|公里|路|度|平|斤|瓦|瓶|条|台|张|家|间|套|亩|小时|期|室|区|街|里|步|只|头|辆|块(?:地|田|空地|牌|砖|板|石|玻璃))"
)
# 三十块钱的裤子，不要他赔；装那个得两万多: told, but nobody wants it
_NOT_CLAIMED = re.compile(
    r"不要(?:他|你|她|他们)?(?:们)?赔|不在乎|算了不说|先不扯|不跟他(?:争|计较)|的事(?:$|，医保)|装(?:那|这|个)[^，。]{0,5}得|要(?:我)?赔|就算|如果|要是"
)
LEAST_YUAN = 10
LEAST_WEIGHT, LEAST_WEIGHT_ALONE = 1.6, 1.0
"""What a sum must weigh; less where a short call names no other."""
SHORT_CALL = 250
"""Characters of the citizen: who tells little names no sum but that of the matter."""
SMALL_YUAN = 100
# 多收的九百, 退三千六给我, 九百得退给我, 退钱，六千: what is wanted back, less than what was paid
_EXCESS = re.compile(r"(?:多|多(?:收|扣|付|交|算|要|出来))了?的?(?:那)?$")
_BACK_BEFORE = re.compile(r"(?<!不)(?<!过)(?:退|赔|吐|还|补)(?:给我|还|回|钱|款)?[，,]?(?:剩下的?|那)?$")
_BACK_AFTER = re.compile(
    r"(?:块钱?|元)?(?:得|要|该|必须|应该|就)?(?:退|还|吐|赔|补)(?:给|回|出|了|我)|(?:块钱?|元)?给我(?:退|吐|补|还)"
)
_HYPOTHETICAL = re.compile(r"如果|要是|就算|万一|听说|听讲")
BOTH_SAY = 1.2
"""What a sum gains that the operator notes too."""
WANTED_BACK = 1.5
"""What a sum gains that the caller wants back."""


def read_amount(conversation: Conversation) -> Found[float | None]:
    """The sum in yuan, or None where the call names no sum lost, owed, paid or claimed.

    Each saying of a sum weighs by its cues; what is said again (by the operator above all) gains.
    """
    weights: dict[float, float] = {}
    speakers: dict[float, set[bool]] = {}
    evidence: dict[float, tuple[float, Evidence]] = {}
    for turn in range(len(conversation.call.turns)):
        operator = conversation.role(turn) == "operator"
        if operator and conversation.denied(turn):
            continue
        clauses = conversation.clauses(turn)
        for index, clause in enumerate(clauses):
            before = "，".join(other.text for other in clauses[max(0, index - 2) : index])
            for match in _MONEY.finditer(clause.text):
                question = "" if operator else conversation.question(turn)
                following = "，".join(other.text for other in clauses[index + 1 : index + 3])
                value, weight = _judge(clause.text, match, before, following, question, operator=operator)
                if weight <= 0:
                    continue
                speakers.setdefault(value, set()).add(operator)
                weights[value] = max(weight, weights.get(value, 0.0)) + (0.7 if value in weights else 0.0)
                start, end = clause.start + match.start(), clause.start + match.end()
                if value not in evidence or weight > evidence[value][0]:
                    evidence[value] = (weight, cite(conversation.call, turn, start, end))
    if not weights:
        return Found(None)
    for value, heard in speakers.items():
        weights[value] += BOTH_SAY if len(heard) > 1 else 0.0
    value = max(weights, key=lambda item: (weights[item], item))
    alone = len(weights) == 1 and len(conversation.citizen_text()) <= SHORT_CALL
    if weights[value] < (LEAST_WEIGHT_ALONE if alone else LEAST_WEIGHT):
        return Found(None)
    return Found(value, (evidence[value][1],), min(0.9, weights[value] / 4))


def _judge(
    text: str, match: re.Match[str], before: str, after_clause: str, question: str, *, operator: bool
) -> tuple[float, float]:
    value = read_number(match["n"]) or 0.0
    value *= {"万": 10_000, "千": 1000, "百": 100}.get(match["unit"] or "", 1)
    after = text[match.end() :]
    named = bool(match["yuan"])
    units = any(unit in match[0] for unit in "百千万亿")
    head = text[: match.start("n")]
    back = bool(_EXCESS.search(head) or _BACK_BEFORE.search(before[-4:] + "，" + head) or _BACK_AFTER.match(after))
    if match["cue"] and not units and back and not _NOT_MONEY.match(after):
        named = True
    if value < LEAST_YUAN or (not named and (not units or _NOT_MONEY.match(after))) or not (named or units):
        return value, 0.0
    if _RATE.match(after) or _RATE_BEFORE.search(text[: match.start()]):
        return value, 0.0
    told = before[-24:] + "，" + text
    loss, total = bool(_LOSS.search(told)), bool(_TOTAL.search(before[-8:] + "，" + text))
    alone = len(text) - (match.end() - match.start()) <= 3
    weight = 0.5 + 1.5 * total + 1.2 * loss + 0.6 * named + 0.6 * alone + (0.9 if operator and named else 0.0)
    weight += 0.8 * bool(_LOST.search(text)) + 0.9 * bool(_CLAIMED.search(text + after_clause[:8]))
    summed = _TOTAL.search(after + "，" + after_clause) or _HYPOTHETICAL.search(head)
    weight += WANTED_BACK * (back and not operator and not summed)
    weight += 1.2 * bool(_DECIDED.search(text) and loss)
    # 六个月，五百四: the count before it has turned the rate into a sum
    weight += 1.2 * bool(alone and _COUNTED.search(before))
    weight += 1.6 * bool(_ASKS_SUM.search(question)) - 2.0 * bool(_ASKS_PAID.search(question))
    weight -= 1.6 * bool(_RETURNS.search(text + after_clause))
    weight -= 1.6 * bool(_NOT_CLAIMED.search(text + "，" + after_clause[:10]))
    if _OFFER.search(text) and not _DECIDED.search(text):
        weight -= 1.6
    if value < SMALL_YUAN:
        weight -= 0.8
    return value, weight
