"""The recogniser itself: a Whisper model run by CTranslate2, asked for clips in batches.

``faster_whisper`` pads every clip to 30 s. The encoder takes any length, and costs in proportion: here a batch is as
long as its longest clip and a second of silence, which Whisper needs to end a sentence.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import Levenshtein

from asr.options import RecognitionOptions
from dialect_models.catalogue import resolve
from dialect_models.chinese_script import simplify, traditional
from dialect_models.weights import WeightsError

Samples = npt.NDArray[np.float32]

FRAMES_A_SECOND = 100
TOKENS_A_SECOND = 50
"""Positions of the encoder's output a second: word times come in steps of 20 ms."""

MAX_FRAMES = 3000
TAIL = 1.0
"""Silence after the longest clip of a batch, in seconds."""

SHORTEST = 6.0
"""Shortest window in seconds: in a shorter one the model says a short phrase twice."""


@dataclass(frozen=True, slots=True)
class Decoding:
    """How a batch is decoded."""

    beam_size: int = 5
    repetition_penalty: float = 1.0
    no_repeat_ngram_size: int = 0
    prompt: str | None = None


@dataclass(frozen=True, slots=True)
class RawWord:
    """A word, for Chinese a character, as the model wrote it.

    ``start`` and ``end`` in seconds in the clip; ``log_probability`` (natural) of its tokens, each after those before
    it. ``written`` is what the recogniser wrote where ``text`` was corrected or simplified since, ``others``
    are what its less likely hypotheses have in this place.
    """

    start: float
    end: float
    text: str
    log_probability: float
    written: str
    others: frozenset[str] = frozenset()

    @property
    def probability(self) -> float:
        """Probability 0…1."""
        return float(np.exp(self.log_probability))


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the model heard in a clip.

    ``mean_log_probability`` is over tokens; ``no_speech`` is the probability that the clip holds no speech.
    """

    words: tuple[RawWord, ...]
    mean_log_probability: float
    no_speech: float

    @property
    def text(self) -> str:
        """All words joined."""
        return "".join(word.text for word in self.words)


def _characters(word: RawWord) -> list[RawWord]:
    """One word a character where one token holds several Chinese ones (什么), time and odds shared out."""
    count = len(word.text)
    if count < 2 or not all(map(is_chinese, word.text)):
        return [word]
    step = (word.end - word.start) / count
    return [
        RawWord(
            word.start + index * step,
            word.start + (index + 1) * step,
            character,
            word.log_probability / count,
            word.written[index : index + 1],
        )
        for index, character in enumerate(word.text)
    ]


def with_others(words: Sequence[RawWord], hypotheses: Sequence[str]) -> tuple[RawWord, ...]:
    """The words with what other hypotheses have in place of each: stretches of equal length that differ."""
    best = [word.text for word in words]
    others: list[set[str]] = [set() for _ in words]
    for hypothesis in hypotheses:
        for change in Levenshtein.opcodes(best, list(simplify(hypothesis))):
            if change.tag == "replace":
                for offset in range(change.src_end - change.src_start):
                    others[change.src_start + offset].add(simplify(hypothesis)[change.dest_start + offset])
    return tuple(
        replace(word, others=frozenset(filter(is_chinese, other))) if is_chinese(word.text) else word
        for word, other in zip(words, others, strict=True)
    )


def is_chinese(text: str) -> bool:
    """Whether the text is one Chinese character."""
    return len(text) == 1 and "\u4e00" <= text <= "\u9fff"


@dataclass(frozen=True, slots=True)
class Encoded:
    """A batch as the encoder leaves it: batch × positions × width, and the frames (10 ms) that each clip holds."""

    output: Any
    frames: list[int]

    def states(self, index: int) -> npt.NDArray[np.float32]:
        """The encoder's states (positions × width) of a clip, without those of the silence after it."""
        import ctranslate2  # noqa: PLC0415 — heavy

        view = self.output
        if view.dtype != ctranslate2.DataType.float32:
            view = view.to(ctranslate2.DataType.float32)
        if view.device != "cpu":
            view = view.to_device(ctranslate2.Device.cpu)
        states: npt.NDArray[np.float32] = np.asarray(view)[index]
        return states[: self.frames[index] * TOKENS_A_SECOND // FRAMES_A_SECOND]


class SpeechModel:
    """A loaded model. One decoding at a time.

    Raises at loading :class:`dialect_models.weights.WeightsError` where the files are missing or are no such model.
    """

    def __init__(self, options: RecognitionOptions, models_dir: Path, language: str = "zh") -> None:
        from faster_whisper import WhisperModel  # noqa: PLC0415 — heavy
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415

        resolved = resolve(options.model, models_dir)
        self.name = resolved.name
        self._asked = resolved.decoding
        try:
            self._whisper: Any = WhisperModel(
                resolved.location,
                device=options.device,
                compute_type=options.compute_type,
                cpu_threads=options.threads,
            )
        except Exception as error:  # the hub's client and CTranslate2 raise types of many kinds
            raise WeightsError(
                f"{options.model} cannot be loaded as a speech model on {options.device} ({error}). Give a card of the "
                "catalogue, a folder with a Whisper model in CTranslate2 form, or the name of one on a hub in reach."
            ) from error
        self._tokenizer: Any = Tokenizer(
            self._whisper.hf_tokenizer, self._whisper.model.is_multilingual, task="transcribe", language=language
        )

    @cached_property
    def _suppressed(self) -> list[int]:
        """The model's own list (-1) and all tokens with a traditional character.

        Both scripts of one word would share its probability, and a text that begins in one goes on in it. A model whose
        card says that it writes traditional characters best is let: what it writes is simplified afterwards.
        """
        if self._asked.script == "traditional":
            return [-1]
        texts = ((token, self._tokenizer.decode([token])) for token in range(self._tokenizer.eot))
        return [-1, *(token for token, text in texts if simplify(text) != text)]

    def encode(self, clips: Sequence[Samples]) -> Encoded:
        """Encode clips (each mono at 16 kHz, at most 30 s) as one batch."""
        frames = [min(MAX_FRAMES, -(-len(clip) * FRAMES_A_SECOND // self._rate)) for clip in clips]
        window = max(max(frames) + round(TAIL * FRAMES_A_SECOND), round(SHORTEST * FRAMES_A_SECOND))
        return Encoded(self._encode(clips, min(MAX_FRAMES, window)), frames)

    def decode(self, encoded: Encoded, decoding: Decoding) -> list[Decoded]:
        """Words of encoded clips, decoded without earlier text."""
        results = self._whisper.model.generate(
            encoded.output,
            [self._prompt(decoding.prompt or self._asked.prompt)] * len(encoded.frames),
            beam_size=decoding.beam_size,
            repetition_penalty=decoding.repetition_penalty,
            no_repeat_ngram_size=decoding.no_repeat_ngram_size,
            max_length=self._whisper.max_length,
            suppress_tokens=self._suppressed,
            num_hypotheses=decoding.beam_size,
            return_scores=True,
            return_no_speech_prob=True,
        )
        texts = [[self._text(sequence) for sequence in result.sequences_ids] for result in results]
        aligned = self.align(encoded, [best for best, *_ in texts])
        return [
            Decoded(with_others(words, others), float(result.scores[0]), float(result.no_speech_prob))
            for words, (_, *others), result in zip(aligned, texts, results, strict=True)
        ]

    def _text(self, tokens: Sequence[int]) -> str:
        text: str = self._tokenizer.decode([token for token in tokens if token < self._tokenizer.eot])
        return text

    def align(self, encoded: Encoded, texts: Sequence[str]) -> list[tuple[RawWord, ...]]:
        """When each word of given texts is said in the clips, and how probable the model finds it there.

        Texts are brought to one script first, so that probabilities of two texts can be compared; words come out in
        simplified characters.
        """
        script = traditional if self._asked.script == "traditional" else simplify
        tokens = [self._tokenizer.encode(script(text)) for text in texts]
        if not any(tokens):
            return [() for _ in tokens]
        results = self._whisper.model.align(encoded.output, self._tokenizer.sot_sequence, tokens, encoded.frames)
        return [self._words(own, text, result) for own, text, result in zip(tokens, texts, results, strict=True)]

    @property
    def _rate(self) -> int:
        return int(self._whisper.feature_extractor.sampling_rate)

    def _encode(self, clips: Sequence[Samples], frames: int) -> Any:
        frames += frames % 2
        extractor = self._whisper.feature_extractor
        features = np.zeros((len(clips), extractor.mel_filters.shape[0], frames), dtype=np.float32)
        for row, clip in zip(features, clips, strict=True):
            heard = extractor(clip)[..., :-1][..., :frames]
            row[:, : heard.shape[-1]] = heard
        return self._whisper.encode(features)

    def _prompt(self, text: str | None) -> list[int]:
        tokens = self._tokenizer.encode(" " + text) if text else []
        prompt: list[int] = self._whisper.get_prompt(self._tokenizer, tokens, without_timestamps=True)
        return prompt

    def _words(self, tokens: list[int], written: str, result: Any) -> tuple[RawWord, ...]:
        """Word times from the cross-attention path (dynamic time warping), as in openai/whisper ``timing.py``."""
        if not tokens:
            return ()
        texts, groups = self._tokenizer.split_to_word_tokens([*tokens, self._tokenizer.eot])
        texts = [simplify(text) for text in texts]
        boundaries = np.concatenate(([0], np.cumsum([len(group) for group in groups[:-1]])))
        path = np.asarray(result.alignments, dtype=np.int64)
        jumps = np.concatenate(([True], np.diff(path[:, 0]) > 0))
        times = path[jumps, 1] / TOKENS_A_SECOND
        probabilities = np.log(np.maximum(np.asarray(result.text_token_probs, dtype=np.float64), 1e-9))
        words: list[RawWord] = []
        position = 0
        for text, first, last in zip(texts[:-1], boundaries[:-1], boundaries[1:], strict=True):
            start, end = (float(times[min(index, len(times) - 1)]) for index in (first, last))
            heard = written[position : position + len(text)]
            position += len(text)
            words += _characters(RawWord(start, end, text, float(probabilities[first:last].sum()), heard))
        return tuple(words)
