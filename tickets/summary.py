"""Title and 诉求内容 in written Chinese, from the caller's own sentences: nothing that the call doesn't hold."""

import re

import numpy as np

from tickets.city.model import Duty
from tickets.classification.matter import CONTACT_QUESTION
from tickets.classification.model import Floats, LinearModel
from tickets.conversation import Conversation
from tickets.ticket import LONGEST_SUMMARY, LONGEST_TITLE, TicketPlace

_WANTS = re.compile(
    r"希望|要求|诉求|能不能|能否|想让|想要|就想|我要|请(?:你们|政府|有关)|让(?:他|他们|物业|公司)|得(?:给|赔|退|修)|应该|给个(?:说法|准|答复)|查(?:一下|清|一查)|尽快|赶紧|派(?:个|人)"
)
# A word goes only where a pause shows that it is a filler: 不是, 师傅 and 这个月 carry meaning
_FILLERS = (
    "哎呀|哎哟|[嗯呃啊哦噢哎唉诶欸喂]+|那个|这个|就是说?|然后|反正|你说|你看|我跟你(?:说|讲)|是这样(?:的|啊)?"
    "|对对?|你好|您好|同志|请问|谢谢|妈呀"
)
_SPOKEN = (
    (re.compile(rf"^(?:[嗯呃哦噢唉诶欸]+|(?:{_FILLERS})[，,])+"), ""),
    (re.compile(rf"(?<=[，。])(?:(?:{_FILLERS})[，,])+"), ""),
    (re.compile(r"(?:啊|呀|(?<![毛花])呢|(?<!喇)嘛|(?<![酒网氧水书贴清])吧|哈|咯|啦|噻|嘞|喽|哦)(?=[，。！？]|$)"), ""),
    (re.compile(r"[，,]{2,}"), "，"),
)
_DIGITS = re.compile(r"[0-9零〇一二两三四五六七八九幺]{7,}|(?:[0-9零〇一二三四五六七八九幺]{3,4}[，, ]){2}")
_APPEAL_VERB = {"咨询": "咨询", "求助": "求助", "投诉": "投诉", "举报": "举报", "建议": "建议", "表扬": "表扬"}
_SENTENCE = re.compile(r"[^。！？!?\n]+")
MOST_SENTENCE = 70
MOST_SENTENCES = 400
MOST_DANGER, SHORTEST_PART = 12, 3


def write_title(
    duty: Duty | None,
    place: TicketPlace | None,
    appeal: str | None,
    *,
    said: str = "",
    danger: str | None = None,
    sure: bool = True,
    guessed: bool = False,
    why_none: str | None = None,
) -> str:
    """At most 30 characters: where, what; nothing that the call doesn't hold.

    Args:
        duty: the duty, None for a call without a matter.
        place: where it is.
        appeal: the appeal type.
        said: the citizen's words, to choose among what the duty's name joins (信号灯与交通标志).
        danger: of an emergency, the words that tell it.
        sure: whether the duty is more likely than all others together; else the title is marked 待核实.
        guessed: whether the duty is hardly likelier than others; then the title doesn't name it.
        why_none: the reason of a call without a matter.
    """
    if duty is None:
        return f"无有效诉求：{why_none or '未说明事项'}"[:LONGEST_TITLE]
    matter = _matter(duty, said) if danger is None else f"{duty.level1}：{danger[:MOST_DANGER]}"
    if guessed:
        matter = "诉求待核实"
    elif not sure:
        matter += "（待核实）"
    where = place.name or "" if place else ""
    detail = place.detail or "" if place else ""
    prefix = "咨询" if appeal == "咨询" and "咨询" not in matter else ""
    for parts in ((prefix, where, detail, matter), (prefix, where, matter), (where, matter)):
        title = "".join(parts)
        if len(title) <= LONGEST_TITLE:
            return title
    return matter[:LONGEST_TITLE]


def _matter(duty: Duty, said: str) -> str:
    """The duty's name without what the call doesn't speak of, where the name joins several things."""
    plain = re.sub(r"[(（].*?[)）]", "", duty.level2)
    parts = re.split(r"[、与和]", plain)
    if any(len(part) < SHORTEST_PART for part in parts):
        return plain
    spoken = [part for part in parts if any(part[i : i + 2] in said for i in range(len(part) - 1))]
    return "、".join(spoken) if 0 < len(spoken) < len(parts) else plain


def write_summary(
    conversation: Conversation,
    appeal: str | None,
    model: LinearModel,
    weights: Floats,
    *,
    why_none: str | None = None,
) -> str:
    """Under 200 characters: the sentences that say most about the matter in their order, then what the caller wants."""
    if why_none is not None:
        return f"{why_none}。"[:LONGEST_SUMMARY]
    sentences = _sentences(conversation)
    scored = [(spoken_for(sentence, model, weights), number, sentence) for number, sentence in enumerate(sentences)]
    wants = [item for item in scored if _WANTS.search(item[2])]
    want = max(wants, key=lambda item: item[0] + 0.02 * item[1], default=None)
    room = LONGEST_SUMMARY - 12 - (len(want[2]) + 6 if want else 0)
    chosen: list[tuple[float, int, str]] = []
    for item in sorted(scored, key=lambda item: (-item[0], item[1])):
        if item is want or len(item[2]) + 1 > room or len(chosen) >= 4:
            continue
        chosen.append(item)
        room -= len(item[2]) + 1
    verb = _APPEAL_VERB.get(appeal or "", "反映")
    body = "。".join(sentence for _, _, sentence in sorted(chosen, key=lambda item: item[1]))
    text = f"来电人{verb}：{body}。" if body else f"来电人{verb}。"
    if want:
        text += f"诉求：{want[2]}。"
    return text if len(text) <= LONGEST_SUMMARY else text[: LONGEST_SUMMARY - 1] + "…"


def _sentences(conversation: Conversation) -> list[str]:
    found: list[str] = []
    for turn in conversation.citizen:
        if CONTACT_QUESTION.search(conversation.question(turn)):
            continue
        for match in _SENTENCE.finditer(conversation.text(turn)):
            sentence = written(match[0])
            if len(sentence) >= 6 and not _DIGITS.search(sentence):
                found.append(sentence[:MOST_SENTENCE])
        if len(found) >= MOST_SENTENCES:
            break
    return found


def written(sentence: str) -> str:
    """A spoken sentence without fillers and final particles; no word is added."""
    sentence = "".join(character for character in sentence if character.isprintable()).strip("，, 、")
    for pattern, replacement in _SPOKEN:
        sentence = pattern.sub(replacement, sentence)
    return sentence.strip("，, 、")


def spoken_for(sentence: str, model: LinearModel, weights: Floats) -> float:
    """How much a stretch of text speaks for a duty, by the model's weights of it; −1 where it holds no known word."""
    rows = np.unique(model.rows_of(sentence))
    if not len(rows):
        return -1.0
    return float(weights[rows].sum()) / float(len(rows) ** 0.7)
