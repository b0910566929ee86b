"""What a language model may answer, and the check of each value against the call and the city."""

from collections.abc import Sequence
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tickets.city.gazetteer import Gazetteer
from tickets.city.model import City, Place
from tickets.conversation import Conversation
from tickets.evidence import Evidence
from tickets.language.numerals import numerals
from tickets.language_model_review.masking import Masked

FEWEST_CHARACTERS: Final = 2
UNSURE: Final = "unsure"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class Quote(_Strict):
    """Words of a turn."""

    turn: int
    words: str = Field(max_length=200)


class QuotedNumber(Quote):
    """A number and the words that say it."""

    value: float = Field(gt=0, lt=1e12, allow_inf_nan=False)


class QuotedName(Quote):
    """A name and the words that say it."""

    name: str = Field(min_length=2, max_length=40)


class Answer(_Strict):
    """The answer: the duty by the words that speak for it, and what else the machine didn't find."""

    category: str
    because: list[Quote] = Field(max_length=5)
    place: QuotedName | None
    party: QuotedName | None
    amount_yuan: QuotedNumber | None
    people_affected: QuotedNumber | None


class ContradictionError(Exception):
    """An answer that doesn't hold against call or city; says in simplified Chinese what, without words of the call."""


def schema_for(candidates: Sequence[str]) -> dict[str, Any]:
    """The JSON schema that the model must keep to: only the candidate duties are values of ``category``."""

    def strict(properties: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }

    quote = {"turn": {"type": "integer"}, "words": {"type": "string"}}
    name = {"anyOf": [strict({**quote, "name": {"type": "string"}}), {"type": "null"}]}
    number = {"anyOf": [strict({**quote, "value": {"type": "number"}}), {"type": "null"}]}
    return strict(
        {
            "category": {"type": "string", "enum": [*candidates, UNSURE]},
            "because": {"type": "array", "items": strict(quote)},
            "place": name,
            "party": name,
            "amount_yuan": number,
            "people_affected": number,
        }
    )


def parsed(raw: Any, candidates: Sequence[str]) -> Answer:
    """The answer in its form.

    Raises:
        ContradictionError: it has another form, or its duty isn't among the candidates.
    """
    try:
        answer = Answer.model_validate(raw)
    except ValidationError as error:
        raise ContradictionError("答复的字段不符合约定") from error
    if answer.category not in {*candidates, UNSURE}:
        raise ContradictionError("给出的事项不在候选之列")
    return answer


class Checker:
    """Checks an answer's values against one call and its city; all raise :class:`ContradictionError`."""

    def __init__(self, conversation: Conversation, city: City, gazetteer: Gazetteer, masked: Masked) -> None:
        self._conversation = conversation
        self._city = city
        self._gazetteer = gazetteer
        self._masked = masked

    def quoted(self, quote: Quote) -> Evidence:
        """The words as they stand in the call."""
        words = self._masked.restored(quote.words)
        turns = self._conversation.call.turns
        if len(words.strip()) < FEWEST_CHARACTERS:
            raise ContradictionError("没有引用原话")
        if not 0 <= quote.turn < len(turns) or words not in turns[quote.turn].text:
            raise ContradictionError("引用的话不在通话中")
        return Evidence(quote.turn, words)

    def reasons(self, answer: Answer) -> tuple[Evidence, ...]:
        """The citizen's words that speak for the duty; at least some."""
        found = tuple(self.quoted(quote) for quote in answer.because)
        if not any(self._conversation.role(item.turn) == "citizen" for item in found):
            raise ContradictionError("没有引用市民的原话")
        return found

    def place(self, answer: QuotedName) -> tuple[Place, Evidence]:
        """The one entry of the gazetteer that the quoted words name."""
        evidence = self.quoted(answer)
        options = {
            option.place
            for match in self._gazetteer.find(evidence.words)
            for option in match.options
            if option.place.name == answer.name
        }
        if not options:
            raise ContradictionError("给出的地点不是原话所说的地名")
        if len(options) > 1:
            raise ContradictionError("给出的地名不止一处")
        return options.pop(), evidence

    def party(self, answer: QuotedName) -> tuple[str, Evidence]:
        """A name that stands in the quoted words, none of the caller's own."""
        evidence = self.quoted(answer)
        if answer.name not in evidence.words:
            raise ContradictionError("给出的被反映方不在原话中")
        if any(answer.name in original for original in self._masked.originals.values()):
            raise ContradictionError("给出的被反映方是来电人信息")
        return answer.name, evidence

    def number(self, answer: QuotedNumber) -> tuple[float, Evidence]:
        """A number that the quoted words say."""
        evidence = self.quoted(answer)
        if all(abs(numeral.value - answer.value) > 1e-6 for numeral in numerals(evidence.words)):
            raise ContradictionError("给出的数字不在原话中")
        return answer.value, evidence
