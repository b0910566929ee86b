"""How the texts to learn are written: in which script, and with a dialect's grammar words or Mandarin ones.

A model learns least where it is told to write what it would write anyway. Whisper writes Cantonese in traditional
characters, so simplified labels teach it script instead of sound. Which writing fits is measured: by the likelihood
that the base model gives to each.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dialect_models.card import Script
from dialect_models.chinese_script import simplify, traditional
from dialect_models.tuning.examples import Example, examples
from dialect_models.tuning.line_sounds import RATE
from dialect_models.tuning.manifest import Utterance
from dialect_models.tuning.target_tokens import TokenWriter
from dialect_models.wording import fold

MOST_CLIPS = 40
"""Clips that are enough to tell one writing from another."""

CLEARLY = 3.0
"""Nats a clip by which a script must be likelier to be taken instead of simplified characters."""

_MAX_FRAMES, _TAIL = 3000, 1.0


@dataclass(frozen=True, slots=True)
class Writing:
    """A script, and whether grammar words become Mandarin ones (the transcript then loses the words heard)."""

    script: Script = "simplified"
    folded: bool = False

    @property
    def name(self) -> str:
        """As it is chosen on the command line."""
        return self.script + ("-folded" if self.folded else "")

    def write(self, text: str, dialect: str) -> str:
        """The text in this writing."""
        plain = simplify(text)
        plain = fold(plain, dialect) if self.folded else plain
        return traditional(plain) if self.script == "traditional" else plain


WRITINGS = tuple(Writing(script, folded) for script in ("simplified", "traditional") for folded in (False, True))


def written(utterances: Sequence[Utterance], writing: Writing) -> tuple[Utterance, ...]:
    """The utterances with their texts in a writing."""
    return tuple(replace(u, text=writing.write(u.text, u.dialect)) for u in utterances)


def likelihoods(base: Path, utterances: Sequence[Utterance], threads: int = 1) -> Mapping[Writing, float]:
    """Mean log-probability a clip (nats) that the CTranslate2 model in ``base`` gives to each writing of the texts."""
    judge = LikelihoodJudge(base, threads)
    clips = judge.clips(utterances)
    return {
        writing: judge.mean([writing.write(clip.text, clip.dialect) for clip in clips], clips) for writing in WRITINGS
    }


def choose(found: Mapping[Writing, float]) -> Writing:
    """The likelier script; simplified, which transcripts are in, unless the other is clearly likelier.

    Grammar words stay the dialect's: a transcript keeps the words heard.
    """
    simplified, other = Writing("simplified"), Writing("traditional")
    return other if found[other] - found[simplified] > CLEARLY else simplified


class LikelihoodJudge:
    """A CTranslate2 Whisper model asked how likely it finds texts, ``prompt`` having come before."""

    def __init__(self, folder: Path, threads: int = 1, prompt: str = "") -> None:
        from ctranslate2.models import Whisper  # noqa: PLC0415 — heavy
        from faster_whisper.feature_extractor import FeatureExtractor  # noqa: PLC0415

        self._model: Any = Whisper(str(folder), device="cpu", compute_type="int8", intra_threads=threads)
        self._writer = TokenWriter(folder, prompt)
        self._extractor: Any = FeatureExtractor(feature_size=self._model.n_mels)

    @staticmethod
    def clips(utterances: Sequence[Utterance]) -> tuple[Example, ...]:
        """Clips to judge on: at most :data:`MOST_CLIPS`, the same ones each time."""
        return tuple(
            clip for clip, _ in zip(examples(utterances, np.random.default_rng(0)), range(MOST_CLIPS), strict=False)
        )

    def mean(self, texts: Sequence[str], clips: Sequence[Example]) -> float:
        """Mean log-probability (nats) a clip of texts, one for each clip."""
        return float(np.mean([self._one(text, clip) for text, clip in zip(texts, clips, strict=True)]))

    def _one(self, text: str, clip: Example) -> float:
        from ctranslate2 import StorageView  # noqa: PLC0415 — heavy

        padded = np.concatenate([clip.samples, np.zeros(round(_TAIL * RATE), np.float32)])
        features = self._extractor(padded, padding=0)[:, :_MAX_FRAMES]
        features = features[:, : features.shape[1] // 2 * 2]
        encoded = self._model.encode(StorageView.from_array(np.ascontiguousarray(features[None], dtype=np.float32)))
        tokens = self._writer.text(text)
        if not tokens:
            return 0.0
        (aligned,) = self._model.align(encoded, self._writer.beginning, [tokens], [features.shape[1]])
        return math.fsum(math.log(max(p, 1e-9)) for p in aligned.text_token_probs)
