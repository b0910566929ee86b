"""Turns become words: packed, decoded in batches, checked, decoded again where doubtful, given back to their turns."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
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
from asr.recognition.loaded_models import LoadedModels
from asr.recognition.packing import Clip, only, pack, samples_of
from asr.recognition.quality import judge
from asr.recognition.redecoding import Heard, redecode
from asr.recognition.speech_model import TOKENS_A_SECOND, Decoded, Decoding, Encoded, SpeechModel
from asr.recognition.verification import corrected
from asr.recognition.written_turn import WrittenTurn, write
from dialect_models.identification.pooling import Pooled, pool, pooled

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class Recognised:
    """The written turns of a recording that have words, in order, and the name of the model that heard them.

    ``sounds`` are the encoder's states of each turn by its index, whether words were found in it or not.
    """

    turns: tuple[WrittenTurn, ...]
    model: str
    sounds: Mapping[int, Pooled] = field(default_factory=dict)


class Recogniser:
    """Writes down turns. Models are loaded when first needed and kept within the budget; one recording at a time."""

    def __init__(self, options: RecognitionOptions, models_dir: Path) -> None:
        self._options = options
        self._models_dir = models_dir
        self._models = LoadedModels(self._load, options.models_loaded)
        self._corrector: tuple[tuple[str, ...], Corrector | None] | None = None

    def _load(self, name: str) -> SpeechModel:
        return SpeechModel(replace(self._options, model=name), self._models_dir)

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
        *,
        model: str | None = None,
        indices: Collection[int] | None = None,
    ) -> Recognised:
        """What is said in each turn; ``turns`` ordered by start.

        ``hotwords`` go before those of the options, ``model`` before theirs. Where ``indices`` are given, only those
        turns are heard. ``progress`` gets the share done, 0…1.
        """
        corrector = self.corrector(self._options.hotwords if hotwords is None else hotwords) if turns else None
        packed = pack(source, turns)
        clips = sorted(packed if indices is None else only(packed, indices), key=lambda clip: clip.duration)
        if not clips:
            return Recognised((), "")
        whole = sum(clip.speech for clip in clips) or 1.0
        words: dict[int, list[AttributedWord]] = {}
        sounds: dict[int, list[Pooled]] = {}
        done = 0.0
        with self._models.use(model or self._options.model) as loaded:
            for clip, heard, own_sounds in self._decoded(loaded, source, clips, corrector):
                for part, decoded in heard:
                    for turn, own in attribute(part, decoded.words).items():
                        words.setdefault(turn, []).extend(own)
                for turn, part_sound in own_sounds:
                    sounds.setdefault(turn, []).append(part_sound)
                done += clip.speech
                give_back()
                progress(min(1.0, done / whole))
            name = loaded.name
        written = [
            write(index, turns[index], sorted(own, key=lambda attributed: attributed.word.start))
            for index, own in sorted(words.items())
        ]
        together = {turn: sound for turn, own in sorted(sounds.items()) if (sound := pool(own))}
        return Recognised(tuple(turn for turn in written if turn.words), name, together)

    def _decoded(
        self, model: SpeechModel, source: AudioSource, clips: Sequence[Clip], corrector: Corrector | None
    ) -> Iterator[tuple[Clip, Heard, list[tuple[int, Pooled]]]]:
        decoding = Decoding(beam_size=self._options.beam_size)

        def encode(batch: Sequence[Clip]) -> Encoded:
            return model.encode([samples_of(source, clip) for clip in batch])

        def decode(batch: Sequence[Clip], how: Decoding, encoded: Encoded | None = None) -> list[Decoded]:
            encoded = encoded or encode(batch)
            decoded = model.decode(encoded, how)
            if corrector is None:
                return decoded
            breaks = [_breaks(clip, heard) for clip, heard in zip(batch, decoded, strict=True)]
            return corrected(model, corrector, encoded, decoded, breaks)

        # One clip at once: two take 130 MB more for a twentieth less time on one thread.
        for clip in clips:
            encoded = encode([clip])
            sounds = list(_sounds(clip, encoded))
            (decoded,) = decode([clip], decoding, encoded)
            heard = redecode(clip, decoded, decode, decoding) if judge(clip, decoded).doubtful else ((clip, decoded),)
            yield clip, tuple(pair for pair in heard if not judge(*pair).no_speech), sounds


def _sounds(clip: Clip, encoded: Encoded) -> Iterator[tuple[int, Pooled]]:
    """The encoder's states of a clip by turn."""
    states = encoded.states(0)
    for piece in clip.pieces:
        first, last = (round(time * TOKENS_A_SECOND) for time in (piece.offset, piece.offset + piece.duration))
        yield piece.turn, pooled(states[first:last])


def _breaks(clip: Clip, decoded: Decoded) -> set[int]:
    """Indices of words that begin another piece of the clip: phrases end there."""
    found = positions(clip, decoded.words)
    return {index for index, (a, b) in enumerate(pairwise(found), 1) if a != b}
