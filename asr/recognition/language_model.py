"""How likely a word is after the words before it: a general trigram model, and the city's own wording where given."""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

UNKNOWN = -7.0
"""Logarithm (base 10) of the probability of a word that the general model does not know."""

CITY_SHARE = 0.5
"""Weight of the city's wording beside the general model."""

START = "<s>"

_FILE = "zh_CN.lm"
_INSTALLED = ("usr/lib", "usr/local/lib")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


def find_general_model(models_dir: Path) -> Path | None:
    """The trigram model of libime (LGPL-2.1+), in the models folder or where Debian's package installs it.

    Debian: ``libime-data-language-model``. It is in KenLM's binary format.
    """
    own = models_dir / "libime-zh-cn" / _FILE
    if own.is_file():
        return own
    return next((p for root in _INSTALLED for p in sorted(Path("/", root).glob(f"*/libime/{_FILE}"))), None)


@dataclass(frozen=True, slots=True)
class Context:
    """The words before: the general model's state and the last word."""

    state: Any
    last: str


class CityWording:
    """Words of the city and how its citizens follow one with another; bigrams smoothed after Witten and Bell (1991)."""

    def __init__(self, sentences: Iterable[str], names: Iterable[str] = ()) -> None:
        import jieba  # noqa: PLC0415 — its dictionary takes a second

        jieba.setLogLevel(60)
        self._count: Counter[str] = Counter()
        self._after: dict[str, Counter[str]] = defaultdict(Counter)
        for sentence in sentences:
            for run in _CHINESE.findall(sentence):
                last = START
                for word in jieba.lcut(run):
                    self._count[word] += 1
                    self._after[last][word] += 1
                    last = word
        self._count.update(dict.fromkeys(names, 1))
        self._all = self._count.total() + len(self._count)

    @property
    def words(self) -> Mapping[str, int]:
        """Every word with its count."""
        return self._count

    def probability(self, word: str, last: str) -> float:
        """Probability of ``word`` after ``last``."""
        alone = self._count.get(word, 0) / self._all if self._all else 0.0
        after = self._after.get(last)
        if not after:
            return alone
        return (after.get(word, 0) + len(after) * alone) / (after.total() + len(after))


class LanguageModel:
    """The general model, with the city's wording mixed in."""

    def __init__(self, general: Path, city: CityWording | None = None) -> None:
        import kenlm  # noqa: PLC0415 — only where a model is there

        self._kenlm = kenlm
        self._model: Any = kenlm.Model(str(general))
        self._city = city

    def start(self) -> Context:
        """The context at the start of a phrase."""
        state = self._kenlm.State()
        self._model.NullContextWrite(state)
        return Context(state, START)

    def score(self, context: Context, word: str) -> tuple[float, Context]:
        """Logarithm (base 10) of the probability of a word, and the context after it."""
        state = self._kenlm.State()
        score: float = self._model.BaseScore(context.state, word, state)
        if word not in self._model:
            score = UNKNOWN
        if self._city is not None:
            own = self._city.probability(word, context.last)
            score = math.log10((1 - CITY_SHARE) * 10**score + CITY_SHARE * own)
        return score, Context(state, word)
