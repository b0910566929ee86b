"""Does wording repeat given calls? Then tests on those calls would tell nothing about calls never seen."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tickets.call import Call
from tickets.classification.corpus import Wording
from tickets.classification.features import masked

GRAM = 6
ALIKE = 0.3
"""From this share of its 6-grams in one call on an utterance counts as taken from it; chance gives under 0.1."""


@dataclass(frozen=True, slots=True)
class Leak:
    """An utterance and the call that has ``share`` (0…1) of its n-grams."""

    code: str
    text: str
    call: str
    share: float


def find_leaks(wording: Wording, calls: Iterable[Call]) -> Sequence[Leak]:
    """Utterances that repeat a call's words, worst first."""
    of_calls = {call.id: set().union(*(_grams(turn.text) for turn in call.turns)) for call in calls}
    found = []
    for code, text in wording:
        own = _grams(text)
        for call, grams in of_calls.items():
            share = len(own & grams) / len(own) if own else 0.0
            if share >= ALIKE:
                found.append(Leak(code, text, call, round(share, 2)))
    return sorted(found, key=lambda leak: (-leak.share, leak.code, leak.text))


def _grams(text: str) -> set[str]:
    plain = "".join(character for character in masked(text) if character.isalnum())
    return {plain[start : start + GRAM] for start in range(len(plain) - GRAM + 1)}
