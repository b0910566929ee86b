"""What the caller wants of the hotline: 咨询, 求助, 投诉, 举报, 建议 or 表扬 (FORMATS.md, ``appeal_type``)."""

import re
from collections.abc import Collection

from tickets.conversation import Conversation
from tickets.evidence import Found, cite

APPEALS = ("咨询", "求助", "投诉", "举报", "建议", "表扬")
_PRAISE = re.compile(
    r"表扬|呵咾|夸(?:一?个|一下|奖|夸)|锦旗|感谢信|点(?:个)?赞(?!的)|谢谢(?:那|他|她|这)|要(?:好好)?感谢|拾金不昧|奖励(?:伊|他|她)|道(?:个|声)谢"
)
_SUGGESTION = re.compile(
    r"(?:我)?(?:有|提)(?:个|一个|一条|几条|点|些)?(?:小)?(?:建议|想法|意见|主意|点子)|建议(?:你们|政府|一下|能不能|在|把|增|可以)|我不是投诉[^。]{0,12}(?:想法|建议)|合理化建议"
)
_REPORT = re.compile(
    r"举报|揭发|检举|反映(?:一个)?(?:违法|违规)|偷税|漏税|传销|无证(?:行医|经营|开)|非法(?:行医|集资|占|采|排)|黑(?:诊所|作坊|工厂|心|车|中介)|造假|假(?:药|货|证|发票)|受贿|索贿|收(?:钱|礼|黑钱|红包)|偷(?:排|倒|采|税)|私(?:设|刻|挖|采)|烧(?:秸秆|麦茬|垃圾)|占(?:了)?(?:基本)?(?:农田|耕地)|违(?:章|法)(?:建|占)|盖(?:仓库|房)[^，。]{0,8}(?:农田|耕地)|不开(?:发)?票|短接|拉人头|返利"
)
_COMPLAINT = re.compile(
    r"投诉|讨(?:个)?说法|要(?:个)?说法|太(?:过分|欺负)|欺负人|不合理|凭什么|凭啥|坑|骗|退(?:钱|款|费|我)|赔|不(?:退|赔|给|管|认|修|开)|没人(?:管|修|理)|推(?:来推去|诿|脱)|态度|扰民|吵|臭|欠|拖|堵|霸|糊弄|忽悠|不讲理|气|黑心|乱收"
)
_QUESTION = re.compile(
    r"咨询|问(?:一下|一句|一声|问|个|件)|请问|打听|了解一下|怎么(?:办理?|弄|申请|交|查|走)|需要(?:什么|哪些|带)|什么(?:条件|手续|材料|流程)|哪些(?:材料|手续)|能不能(?:办|报|领|享受|用|提)|可不可以(?:办|报|领)|符不符合|在哪(?:里|儿)?(?:办|交|领)|多少钱|几点(?:上|下|开)"
)
_HELP = re.compile(
    r"求助|帮帮|帮(?:我|忙|俺)|救|求(?:求|你们)|没(?:有)?(?:水|电|气|饭)|停(?:水|电|气)|井盖|坑|挂(?:在|着)|倒(?:了|在)|断(?:了|枝)|桥洞|流浪|走丢|不亮|坏(?:了|掉)|轮椅|透析|低保|申请|补办|证|补贴|困难|调解|协商|疫苗|修"
)


def read_appeal(
    conversation: Conversation, flags: Collection[str], *, emergency: bool, urgent: bool, party: bool, answer_duty: str
) -> Found[str]:
    """The appeal type. ``answer_duty`` is the answered duty's name if the matter is one (政策办事咨询, 表扬)."""
    if emergency:
        return Found("求助")
    for appeal, words in (("表扬", "表扬"), ("建议", "建议"), ("咨询", "咨询")):
        if words in answer_duty and (appeal != "建议" or "表扬" not in answer_duty):
            return _cited(conversation, {"表扬": _PRAISE, "建议": _SUGGESTION, "咨询": _QUESTION}[appeal], appeal)
    scores = dict.fromkeys(APPEALS, 0.0)
    text = conversation.citizen_text()
    for appeal, pattern, weight, most in (
        ("表扬", _PRAISE, 0.6, 2),
        ("建议", _SUGGESTION, 1.3, 2),
        ("举报", _REPORT, 0.8, 3),
        ("投诉", _COMPLAINT, 0.5, 4),
        ("咨询", _QUESTION, 0.5, 3),
        ("求助", _HELP, 0.5, 3),
    ):
        scores[appeal] += weight * min(most, len(pattern.findall(text)))
    scores["投诉"] += 0.8 + (0.8 if party else 0.0)
    scores["求助"] += 0.8 if urgent and not party else 0.0
    scores["举报"] += 0.8 if "confidential" in flags else 0.0
    if re.search(r"举报", text) and not re.search(r"(?:不|没)(?:是|想)?举报", text):
        scores["举报"] += 1.2
    if re.search(r"投诉", text) and not re.search(r"(?:不是|毋是|勿是|弗是|唔系|唔係)(?:要|来|欲|想)?投诉", text):
        scores["投诉"] += 0.8
    if scores["投诉"] + scores["举报"] > 1.5:
        scores["咨询"] -= 1.0
    best = max(APPEALS, key=lambda appeal: scores[appeal])
    pattern = {
        "表扬": _PRAISE,
        "建议": _SUGGESTION,
        "举报": _REPORT,
        "投诉": _COMPLAINT,
        "咨询": _QUESTION,
        "求助": _HELP,
    }[best]
    return _cited(conversation, pattern, best)


def _cited(conversation: Conversation, pattern: re.Pattern[str], appeal: str) -> Found[str]:
    for turn in conversation.citizen:
        match = pattern.search(conversation.text(turn))
        if match:
            return Found(appeal, (cite(conversation.call, turn, match.start(), match.end()),), 0.7)
    return Found(appeal, (), 0.5)
