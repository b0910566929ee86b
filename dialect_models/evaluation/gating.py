"""Which model may be installed: the rules, and what recordings that it never saw say about them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from dialect_models.card import Band
from dialect_models.evaluation.bootstrap import Compared, compare
from dialect_models.evaluation.character_error import Errors, folded_errors, normalised, raw_errors
from dialect_models.evaluation.hearing import HeardUtterance, Transcribed

BANDS: tuple[Band, ...] = ("16 kHz", "telephone")
MANDARIN = "mandarin"

FEWEST = 9
"""Recordings of the dialect below which an interval means nothing."""

MANDARIN_ALLOWED = 0.01
"""What Mandarin may lose, in character error."""

_SPAN_KEPT = 0.5
"""Share of the time between the first and last word as the base hears it, below which times count as lost."""

_MIN_SPAN = 1.0


@dataclass(frozen=True, slots=True)
class Pair:
    """An utterance as the base and as the candidate hear it, through the same line."""

    base: HeardUtterance
    candidate: HeardUtterance


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that a candidate was measured on.

    ``raw`` and ``folded`` by band are of the dialect, ``mandarin`` of what it would do to Mandarin calls (the router
    in the loop where it is used for its dialect only). ``invented`` are characters written where nobody speaks, by
    sound: base, candidate. ``times_lost`` are utterances without usable word times: base, candidate.
    """

    dialect: str
    raw: Mapping[Band, Compared]
    folded: Mapping[Band, Compared]
    mandarin: Mapping[Band, Compared]
    invented: Mapping[str, tuple[int, int]]
    times_lost: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule, whether it is kept, and the figures."""

    rule: str
    kept: bool
    figures: str


def gather(
    dialect: str,
    pairs: Sequence[Pair],
    mandarin: Sequence[Pair],
    invented: Mapping[str, tuple[Transcribed, Transcribed]],
) -> Evidence:
    """Evidence from what was heard.

    Raises :class:`ValueError` where the dialect has no recording in one of the bands.
    """
    by_band = {band: [pair for pair in pairs if pair.base.band == band] for band in BANDS}
    mandarin_by_band = {band: [pair for pair in mandarin if pair.base.band == band] for band in BANDS}
    return Evidence(
        dialect,
        {band: compared(own) for band, own in by_band.items()},
        {band: compared(own, dialect) for band, own in by_band.items()},
        {band: compared(own) for band, own in mandarin_by_band.items() if own},
        {name: (len(normalised(a.text)), len(normalised(b.text))) for name, (a, b) in invented.items()},
        (
            sum(times_lost(pair.base, pair.base) for pair in pairs),
            sum(times_lost(pair.candidate, pair.base) for pair in pairs),
        ),
    )


def compared(pairs: Sequence[Pair], folded_as: str | None = None) -> Compared:
    """Base and candidate on the same utterances; grammar words folded to Mandarin where a dialect is given."""

    def errors(heard: HeardUtterance) -> Errors:
        reference, hypothesis = heard.utterance.text, heard.heard.text
        return folded_errors(reference, hypothesis, folded_as) if folded_as else raw_errors(reference, hypothesis)

    return compare(
        [pair.base.utterance.recording for pair in pairs],
        [errors(pair.base) for pair in pairs],
        [errors(pair.candidate) for pair in pairs],
    )


def times_lost(heard: HeardUtterance, base: HeardUtterance) -> bool:
    """Whether words came without usable times: none, out of order, outside the audio, or huddled in one place."""
    words = heard.heard.words
    if not normalised(heard.heard.text):
        return False
    if not words or any(not 0 <= start <= end <= heard.seconds + 1.0 for start, end in words):
        return True
    if any(after[0] < before[0] for before, after in pairwise(words)):
        return True
    return _span(base) >= _MIN_SPAN and _span(heard) < _SPAN_KEPT * _span(base) and len(words) > 3


def _span(heard: HeardUtterance) -> float:
    words = heard.heard.words
    return words[-1][1] - words[0][0] if words else 0.0


def judge(evidence: Evidence) -> tuple[Verdict, ...]:
    """Every rule with its verdict; the candidate passes where all are kept."""
    first = evidence.raw["16 kHz"]
    verdicts = [
        Verdict(
            f"至少 {FEWEST} 条未见过的方言录音",
            first.recordings >= FEWEST,
            f"{first.recordings} 条",
        ),
        Verdict("16 kHz 字错率下降，95% 区间不含零", first.difference.high < 0, points(first)),
        Verdict(
            "16 kHz 折合普通话虚词后不变差",
            evidence.folded["16 kHz"].difference.value <= 0,
            points(evidence.folded["16 kHz"]),
        ),
        Verdict(
            "电话频带字错率不变差", evidence.raw["telephone"].difference.value <= 0, points(evidence.raw["telephone"])
        ),
        Verdict(
            "电话频带折合后不变差",
            evidence.folded["telephone"].difference.value <= 0,
            points(evidence.folded["telephone"]),
        ),
    ]
    for band in BANDS:
        mandarin = evidence.mandarin.get(band)
        verdicts.append(
            Verdict(
                f"普通话（{band}）变差不超过 1 个百分点",
                mandarin is not None and mandarin.difference.value <= MANDARIN_ALLOWED,
                points(mandarin) if mandarin else "没有普通话录音，无法判断",
            )
        )
    more = {name: counts for name, counts in evidence.invented.items() if counts[1] > counts[0]}
    shown = "；".join(f"{name}: {before} → {after} 字" for name, (before, after) in evidence.invented.items())
    verdicts.append(Verdict("静音、噪声、音乐、回铃音上没有更多臆造文字", bool(evidence.invented) and not more, shown))
    before, after = evidence.times_lost
    verdicts.append(Verdict("没有丢失词时间", after <= before, f"{before} → {after} 句"))
    return tuple(verdicts)


def points(figures: Compared) -> str:
    """Rates in percent, and the difference in points with its interval."""
    d = figures.difference
    return (
        f"{figures.base.value:.1%} → {figures.candidate.value:.1%}，"
        f"{100 * d.value:+.1f} 点（{100 * d.low:+.1f} … {100 * d.high:+.1f}），{figures.recordings} 条录音"
    )
