"""Turns become words: packed, decoded in batches, checked, decoded again where doubtful, given back to their turns."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from asr.diarization.source import AudioSource
from asr.diarization.turns import SpeakerTurn
from asr.memory import give_back
from asr.options import RecognitionOptions
from asr.recognition.attribution import AttributedWord, attribute, positions
from asr.recognition.correction import Corrector
from asr.recognition.language_model import CityWording, LanguageModel, find_general_model
from asr.recognition.lexicon import Lexicon
from asr.recognition.packing import Clip, pack, samples_of
from asr.recognition.quality import judge
from asr.recognition.redecoding import Heard, redecode
from asr.recognition.speech_model import Decoded, Decoding, SpeechModel
from asr.recognition.verification import corrected
from asr.recognition.written_turn import WrittenTurn, write

Progress = Callable[[float], None]

BATCH = 1
"""Clips decoded at once: two take 130 MB more for a twentieth less time on one thread."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """The written turns of a recording that have words, in order, and the name of the model that heard them."""

    turns: tuple[WrittenTurn, ...]
    model: str


class Recogniser:
    """Writes down turns. The model is loaded when first needed and kept; one recording at a time."""

    def __init__(self, options: RecognitionOptions, models_dir: Path) -> None:
        self._options = options
        self._models_dir = models_dir
        self._model: SpeechModel | None = None
        self._corrector: tuple[tuple[str, ...], Corrector | None] | None = None

    @property
    def model(self) -> SpeechModel:
        """The loaded model."""
        if self._model is None:
            self._model = SpeechModel(self._options, self._models_dir)
        return self._model

    def corrector(self, hotwords: Sequence[str]) -> Corrector | None:
        """The corrector for these names, kept until others are asked for; none without a general language model."""
        names = tuple(hotwords)
        if self._corrector is None or self._corrector[0] != names:
            self._corrector = names, self._build_corrector(names)
        return self._corrector[1]

    def _build_corrector(self, names: tuple[str, ...]) -> Corrector | None:
        general = find_general_model(self._models_dir)
        if general is None:
            return None
        city = CityWording(self._options.wording, names) if names or self._options.wording else None
        return Corrector(Lexicon(city.words if city else ()), LanguageModel(general, city))

    def recognise(
        self,
        source: AudioSource,
        turns: Sequence[SpeakerTurn],
        hotwords: Sequence[str] | None = None,
        progress: Progress = lambda _: None,
    ) -> Recognised:
        """What is said in each turn; ``turns`` ordered by start.

        ``hotwords`` go before those of the options. ``progress`` gets the share done, 0…1.
        """
        corrector = self.corrector(self._options.hotwords if hotwords is None else hotwords) if turns else None
        clips = sorted(pack(source, turns), key=lambda clip: clip.duration)
        whole = sum(clip.speech for clip in clips) or 1.0
        words: dict[int, list[AttributedWord]] = {}
        done = 0.0
        for batch, heard in self._decoded(source, clips, corrector):
            for clip, decoded in heard:
                for turn, own in attribute(clip, decoded.words).items():
                    words.setdefault(turn, []).extend(own)
            done += sum(clip.speech for clip in batch)
            give_back()
            progress(min(1.0, done / whole))
        written = [
            write(index, turns[index], sorted(own, key=lambda attributed: attributed.word.start))
            for index, own in sorted(words.items())
        ]
        return Recognised(tuple(turn for turn in written if turn.words), self.model.name if clips else "")

    def _decoded(
        self, source: AudioSource, clips: Sequence[Clip], corrector: Corrector | None
    ) -> Iterator[tuple[Sequence[Clip], Heard]]:
        decoding = Decoding(beam_size=self._options.beam_size)

        def decode(batch: Sequence[Clip], how: Decoding) -> list[Decoded]:
            encoded = self.model.encode([samples_of(source, clip) for clip in batch])
            decoded = self.model.decode(encoded, how)
            if corrector is None:
                return decoded
            breaks = [_breaks(clip, heard) for clip, heard in zip(batch, decoded, strict=True)]
            return corrected(self.model, corrector, encoded, decoded, breaks)

        for first in range(0, len(clips), BATCH):
            batch = clips[first : first + BATCH]
            heard: list[tuple[Clip, Decoded]] = []
            for clip, decoded in zip(batch, decode(batch, decoding), strict=True):
                if judge(clip, decoded).doubtful:
                    heard += redecode(clip, decoded, decode, decoding)
                else:
                    heard.append((clip, decoded))
            yield batch, tuple(pair for pair in heard if not judge(*pair).no_speech)


def _breaks(clip: Clip, decoded: Decoded) -> set[int]:
    """Indices of words that begin another piece of the clip: phrases end there."""
    found = positions(clip, decoded.words)
    return {index for index, (a, b) in enumerate(pairwise(found), 1) if a != b}
