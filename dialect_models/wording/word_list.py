"""The words of a dialect with their Mandarin glosses, read from one tab-separated file a dialect."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar, get_args

Kind = Literal["function", "pronoun", "adverb", "particle", "verb", "noun", "adjective", "phrase"]
Ambiguity = Literal["none", "colloquial", "other"]
"""``colloquial``: a Mandarin speaker may say it too, with the same meaning (啥). ``other``: also a Mandarin word with
another meaning (Cantonese 系, Minnan 伊). ``none``: neither."""

DIALECTS = ("cantonese", "wu", "sichuan", "northeast", "zhongyuan", "xiang", "minnan", "hakka", "jin")
COLUMNS = ("word", "gloss", "kind", "fold", "ambiguity", "variants", "unless", "source")
GRAMMATICAL: frozenset[Kind] = frozenset({"function", "pronoun", "adverb", "particle"})

_FOLDER = Path(__file__).parent
_BETWEEN_FORMS = "、"
_BETWEEN_SENSES = "；"
_Value = TypeVar("_Value", bound=str)


class WordListError(Exception):
    """A word list that is missing or malformed; the message names the file, the line and the value."""


@dataclass(frozen=True, slots=True)
class DialectWord:
    """A dialect word. Inside one of the Mandarin words of ``unless`` (唔系 but 关系) it isn't the dialect word."""

    word: str
    gloss: str
    kind: Kind
    folds: bool
    ambiguity: Ambiguity
    variants: tuple[str, ...]
    unless: tuple[str, ...]
    source: str

    @property
    def forms(self) -> tuple[str, ...]:
        """The word as it is mostly written, then its other writings."""
        return (self.word, *self.variants)

    @property
    def mandarin(self) -> str:
        """The first of the senses, which takes the word's place when it is folded."""
        return self.gloss.split(_BETWEEN_SENSES)[0]


@cache
def word_list(dialect: str) -> tuple[DialectWord, ...]:
    """The words of a dialect.

    Raises :class:`WordListError` where there is no list for the label or the list is malformed.
    """
    if dialect not in DIALECTS:
        raise WordListError(f"no word list for the dialect {dialect!r}; there are lists for {', '.join(DIALECTS)}")
    return read_word_list(_FOLDER / f"{dialect}.tsv")


def read_word_list(path: Path) -> tuple[DialectWord, ...]:
    """Read a word list.

    Raises :class:`WordListError` at the first line that isn't what a word list holds.
    """
    try:
        header, *lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise WordListError(f"{path}: not readable as a word list ({error})") from error
    if tuple(header.split("\t")) != COLUMNS:
        raise WordListError(f"{path}:1: the columns are {header!r}; write {' '.join(COLUMNS)}, tab-separated")
    words: list[DialectWord] = []
    line_of: dict[str, int] = {}
    for number, line in enumerate(lines, start=2):
        where = f"{path}:{number}"
        word = _parse(line, where)
        for form in word.forms:
            if form in line_of:
                raise WordListError(f"{where}: {form!r} stands on line {line_of[form]} already")
            line_of[form] = number
        words.append(word)
    return tuple(words)


def _parse(line: str, where: str) -> DialectWord:
    cells = line.split("\t")
    if len(cells) != len(COLUMNS):
        raise WordListError(f"{where}: {len(cells)} columns in {line!r}; there must be {len(COLUMNS)}")
    row = dict(zip(COLUMNS, cells, strict=True))
    for column in ("word", "gloss", "source"):
        if not row[column].strip():
            raise WordListError(f"{where}: no {column} in {line!r}")
    word = DialectWord(
        row["word"],
        row["gloss"],
        _one_of(row["kind"], get_args(Kind), "kind", where),
        _one_of(row["fold"], ("yes", "no"), "fold", where) == "yes",
        _one_of(row["ambiguity"], get_args(Ambiguity), "ambiguity", where),
        _forms(row["variants"], "variants", where),
        _forms(row["unless"], "unless", where),
        row["source"],
    )
    if word.folds and word.kind not in GRAMMATICAL:
        raise WordListError(f"{where}: {word.word!r} is a {word.kind}; only {', '.join(sorted(GRAMMATICAL))} fold")
    for longer in word.unless:
        if not any(form in longer and form != longer for form in word.forms):
            raise WordListError(f"{where}: {longer!r} under unless doesn't contain {word.word!r}")
    return word


def _one_of(value: str, allowed: tuple[_Value, ...], column: str, where: str) -> _Value:
    for known in allowed:
        if value == known:
            return known
    raise WordListError(f"{where}: {column} is {value!r}; write one of {', '.join(allowed)}")


def _forms(cell: str, column: str, where: str) -> tuple[str, ...]:
    forms = tuple(cell.split(_BETWEEN_FORMS)) if cell else ()
    if not all(forms) or len(set(forms)) != len(forms):
        raise WordListError(f"{where}: {column} is {cell!r}; write each form once, {_BETWEEN_FORMS} between two")
    return forms
