"""Turns become words: packed, decoded in batches, checked, decoded again where doubtful, given back to their turns."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from asr.diarization.source import AudioSource
from asr.diarization.turns import SpeakerTurn
from asr.options import RecognitionOptions
from asr.recognition.attribution import attribute
from asr.recognition.packing import Clip, pack, samples_of
from asr.recognition.quality import judge
from asr.recognition.redecoding import Heard, redecode
from asr.recognition.speech_model import Decoded, Decoding, SpeechModel
from asr.recognition.written_turn import WrittenTurn, write
from asr.transcript import Word

Progress = Callable[[float], None]

BATCH = 8
"""Clips decoded at once: 8 of 28 s need some 300 MB beside the model."""


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

    @property
    def model(self) -> SpeechModel:
        """The loaded model."""
        if self._model is None:
            self._model = SpeechModel(self._options, self._models_dir)
        return self._model

    def recognise(
        self,
        source: AudioSource,
        turns: Sequence[SpeakerTurn],
        hotwords: Sequence[str] = (),
        progress: Progress = lambda _: None,
    ) -> Recognised:
        """What is said in each turn; ``turns`` ordered by start. ``progress`` gets the share done, 0…1."""
        clips = sorted(pack(source, turns), key=lambda clip: clip.duration)
        whole = sum(clip.speech for clip in clips) or 1.0
        words: dict[int, list[Word]] = {}
        done = 0.0
        for batch, heard in self._decoded(source, clips):
            for clip, decoded in heard:
                for turn, own in attribute(clip, decoded.words).items():
                    words.setdefault(turn, []).extend(own)
            done += sum(clip.speech for clip in batch)
            progress(min(1.0, done / whole))
        written = [
            write(index, turns[index], tuple(sorted(own, key=lambda word: word.start)), hotwords)
            for index, own in sorted(words.items())
        ]
        return Recognised(tuple(turn for turn in written if turn.words), self.model.name if clips else "")

    def _decoded(self, source: AudioSource, clips: Sequence[Clip]) -> Iterator[tuple[Sequence[Clip], Heard]]:
        decoding = Decoding(beam_size=self._options.beam_size)

        def decode(batch: Sequence[Clip], how: Decoding) -> list[Decoded]:
            return self.model.decode([samples_of(source, clip) for clip in batch], how)

        for first in range(0, len(clips), BATCH):
            batch = clips[first : first + BATCH]
            heard: list[tuple[Clip, Decoded]] = []
            for clip, decoded in zip(batch, decode(batch, decoding), strict=True):
                if judge(clip, decoded).doubtful:
                    heard += redecode(clip, decoded, decode, decoding)
                else:
                    heard.append((clip, decoded))
            yield batch, tuple(pair for pair in heard if not judge(*pair).no_speech)
