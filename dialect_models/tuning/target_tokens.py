"""What the decoder is given and what it learns to write: recognition's own beginning, then a clip's text."""

from pathlib import Path
from typing import Any

from dialect_models.tuning.examples import Example

MAX_TOKENS = 440
MAX_PROMPT = 223
"""Tokens of earlier text that a decoder of 448 places takes (openai/whisper, ``n_text_ctx // 2 - 1``)."""

NOTHING = -100
"""What the loss passes over (``ignore_index`` of torch)."""

_TICK = 0.02
_LAST_TICK = 1500


class TokenWriter:
    """Writes clips as tokens of the model in ``folder``; ``prompt`` is what its card says came before."""

    def __init__(self, folder: Path, prompt: str = "") -> None:
        from faster_whisper.tokenizer import Tokenizer  # noqa: PLC0415 — heavy
        from tokenizers import Tokenizer as Vocabulary  # noqa: PLC0415

        vocabulary = Vocabulary.from_file(str(folder / "tokenizer.json"))
        self._tokenizer: Any = Tokenizer(vocabulary, True, task="transcribe", language="zh")
        # As recognition gives it (faster_whisper ``get_prompt``): the last tokens, after a space.
        earlier = self._tokenizer.encode(" " + prompt)[-MAX_PROMPT:] if prompt else []
        self._start = [*([self._tokenizer.sot_prev, *earlier] if earlier else []), *self._tokenizer.sot_sequence]

    @property
    def beginning(self) -> list[int]:
        """The tokens that the decoder is given first: the prompt, the language and the task."""
        return list(self._start)

    def text(self, text: str) -> list[int]:
        """The tokens of a text alone."""
        tokens: list[int] = self._tokenizer.encode(text)
        return tokens

    def write(self, example: Example, *, timestamps: bool) -> tuple[list[int], list[int]]:
        """The tokens of a clip, and for each but the last what is learnt after it (:data:`NOTHING` where nothing is).

        Of a clip without text it is learnt that nobody speaks there, where recognition asks for that: after the
        beginning of the transcript, in place of the language.
        """
        tokenizer = self._tokenizer
        if timestamps and example.text:
            start = self._start
            body = [
                token
                for text, (begin, end) in zip(example.texts, example.marks, strict=True)
                for token in (self._mark(begin), *tokenizer.encode(text), self._mark(end))
            ]
        else:
            start, body = [*self._start, tokenizer.no_timestamps], tokenizer.encode(example.text)
        tokens = [*start, *body[: MAX_TOKENS - len(start)], tokenizer.eot]
        wanted = [*[NOTHING] * (len(start) - 1), *tokens[len(start) :]]
        if not example.text:
            wanted[len(self._start) - len(tokenizer.sot_sequence)] = tokenizer.no_speech
        return tokens, wanted

    def _mark(self, seconds: float) -> int:
        return int(self._tokenizer.timestamp_begin) + min(_LAST_TICK, round(seconds / _TICK))
