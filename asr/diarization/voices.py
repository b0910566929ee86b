"""Who speaks when on one channel that carries all parties, told apart by voice.

Segmentation-3.0 finds speech and overlap. Speech is cut at pauses and overlaps into pieces that mostly hold one voice;
CAM++ embeds windows of each piece; clustering finds the voices; a Viterbi path over the windows, in which changing the
voice costs more inside a piece than at a pause, says whose each window is. Turns never overlap: two speakers at once
are given to the one who starts, since that is where the listener looks for the turn.
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from asr.diarization.clustering import Vectors, voice_centroids
from asr.diarization.segmentation import SegmentationFrames, segment
from asr.diarization.source import AudioSource
from asr.diarization.turns import Diarization, Span, SpeakerTurn
from asr.diarization.voice_activity import FRAME, Frames, Progress, analyse, spans_of
from asr.diarization.voice_models import load_embedding, load_segmentation

MODEL = "segmentation-3.0 + campplus-zh-en"

_WINDOWS_AT_ONCE = 14
"""Bounds the memory of the embedding network, which would grow with the longest piece: 14 windows are 8 s."""

_LENGTH_STEP = 0.25


@dataclass(frozen=True, slots=True)
class VoiceOptions:
    """How speech is cut and voices are told apart.

    ``window`` and ``hop`` of the embeddings, ``min_pause``, ``min_speech`` and ``max_pause`` of pieces and turns in
    seconds; windows of at least ``trusted`` seconds take part in clustering. ``sharpness`` is what a window right at
    one of the two nearest voices is worth as evidence, in nats; changing the voice costs ``change_inside`` a piece,
    ``change_at_pause`` between two. A piece needs a probability of speech of ``voiced`` somewhere.
    """

    window: float = 1.5
    hop: float = 0.5
    min_pause: float = 0.1
    min_speech: float = 0.1
    max_pause: float = 2.0
    trusted: float = 0.8
    sharpness: float = 8.0
    change_inside: float = 4.0
    change_at_pause: float = 0.3
    voiced: float = 0.2


@dataclass(frozen=True, slots=True)
class Window:
    """A window of one piece of speech; ``start`` and ``end`` of what is embedded, ``first``…``last`` of what it decides
    on, all in seconds."""

    start: float
    end: float
    first: float
    last: float
    opens_piece: bool


def pieces_of(frames: SegmentationFrames, options: VoiceOptions) -> list[Span]:
    """Stretches of one voice, most likely: speech without pauses, cut where an overlap begins.

    An overlap goes with what follows it: it is where somebody starts.
    """
    speech = frames.speech > 0.5
    pause = max(1, round(options.min_pause / FRAME))
    for first, last in spans_of(~speech):
        if last - first < pause and first > 0 and last < len(speech):
            speech[first:last] = True
    overlap = frames.overlap > 0.5
    pieces: list[Span] = []
    for first, last in spans_of(speech):
        cuts = [first + a for a, b in spans_of(overlap[first:last]) if b - a >= 8]
        edges = [first, *(c for c in cuts if c - first >= 10 and last - c >= 10), last]
        for begin, end in pairwise(edges):
            if (end - begin) * FRAME >= options.min_speech:
                pieces.append((round(begin * FRAME, 3), round(end * FRAME, 3)))
    return pieces


def is_voice(piece: Span, probability: Frames, options: VoiceOptions) -> bool:
    """Whether Silero VAD too hears speech somewhere in a piece.

    Segmentation-3.0 takes ring tones, keys and beeps for speech, since it was trained on conversations without them.
    """
    first, last = round(piece[0] / FRAME), max(round(piece[1] / FRAME), round(piece[0] / FRAME) + 1)
    return bool(probability[first:last].max(initial=0.0) >= options.voiced)


def windows_of(piece: Span, options: VoiceOptions) -> list[Window]:
    """Windows of ``window`` seconds every ``hop``, each deciding on the stretch around its middle."""
    start, end = piece
    if end - start <= options.window:
        return [Window(start, end, start, end, True)]
    count = 1 + int(np.ceil((end - start - options.window) / options.hop - 1e-6))
    begins = np.linspace(start, end - options.window, count)
    middles = (begins[:-1] + begins[1:] + options.window) / 2
    edges = [start, *middles.tolist(), end]
    return [Window(float(b), float(b) + options.window, edges[i], edges[i + 1], i == 0) for i, b in enumerate(begins)]


def best_path(similarity: Vectors, evidence: Frames, change_cost: Frames) -> npt.NDArray[np.int64]:
    """Viterbi path over windows: the voice of each.

    ``similarity`` (windows, voices) are cosines, ``evidence`` (windows,) the nats that a cosine is worth, and
    ``change_cost`` (windows,) what it costs to change the voice just before a window.
    """
    gain = similarity * evidence[:, None]
    score = gain[0].astype(np.float64)
    back = np.zeros(similarity.shape, np.int64)
    for i in range(1, len(gain)):
        best = int(np.argmax(score))
        stay = score >= score[best] - change_cost[i]
        back[i] = np.where(stay, np.arange(len(score)), best)
        score = np.where(stay, score, score[best] - change_cost[i]) + gain[i]
    path = np.zeros(len(gain), np.int64)
    path[-1] = int(np.argmax(score))
    for i in range(len(gain) - 1, 0, -1):
        path[i - 1] = back[i, path[i]]
    return path


def voice_turns(
    windows: list[Window], path: npt.NDArray[np.int64], channel: int, options: VoiceOptions
) -> tuple[SpeakerTurn, ...]:
    """Join windows of one voice to turns that never overlap; speakers are named in order of first speech."""
    names: dict[int, str] = {}
    turns: list[SpeakerTurn] = []
    spans: list[Span] = []
    owner = -1
    for window, voice in [*zip(windows, path.tolist(), strict=True), (None, -2)]:
        ends = window is None or voice != owner or window.first - spans[-1][1] > options.max_pause
        if ends and spans:
            name = names.setdefault(owner, f"S{len(names) + 1}")
            turns.append(SpeakerTurn(spans[0][0], spans[-1][1], name, channel, tuple(spans)))
            spans = []
        if window is None:
            break
        owner = voice
        if spans and window.first - spans[-1][1] < 1e-6:
            spans[-1] = (spans[-1][0], window.last)
        else:
            spans.append((window.first, window.last))
    return tuple(turns)


class VoiceDiarizer:
    """Holds the two models. One call at a time."""

    def __init__(self, models_dir: Path, options: VoiceOptions = VoiceOptions()) -> None:
        self._segmentation = load_segmentation(models_dir)
        self._embedding = load_embedding(models_dir)
        self._options = options

    def diarize(
        self, source: AudioSource, channel: int, speakers: int, progress: Progress = lambda _: None
    ) -> Diarization:
        """Turns of at most ``speakers`` voices on one channel."""
        frames = segment(source, channel, self._segmentation, lambda share: progress(share * 0.35))
        voiced = analyse(source, channel, lambda share: progress(0.35 + share * 0.05)).probability
        pieces = [p for p in pieces_of(frames, self._options) if is_voice(p, voiced, self._options)]
        windows, embeddings = self._embed(source, channel, pieces, lambda share: progress(0.4 + share * 0.6))
        if not windows:
            return Diarization((), (), "voices", MODEL)
        path = assign(windows, embeddings, speakers, self._options)
        turns = voice_turns(windows, path, channel, self._options)
        return Diarization(turns, tuple(dict.fromkeys(t.speaker for t in turns)), "voices", MODEL)

    def _embed(
        self, source: AudioSource, channel: int, pieces: list[Span], progress: Progress
    ) -> tuple[list[Window], Vectors]:
        windows: list[Window] = []
        embeddings: list[Vectors] = []
        for number, piece in enumerate(pieces):
            found = windows_of(piece, self._options)
            windows += found
            for first in range(0, len(found), _WINDOWS_AT_ONCE):
                part = found[first : first + _WINDOWS_AT_ONCE]
                start = part[0].start
                # Few different lengths: the convolution library keeps a program and memory for each that it has seen.
                length = np.ceil((part[-1].end - start) / _LENGTH_STEP) * _LENGTH_STEP
                samples = source.samples(channel, start, min(start + length, source.duration))
                embeddings.append(self._embedding.windows(samples, [(w.start - start, w.end - start) for w in part]))
            progress((number + 1) / len(pieces))
        return windows, np.concatenate(embeddings) if embeddings else np.zeros((0, 1), np.float32)


def assign(windows: list[Window], embeddings: Vectors, speakers: int, options: VoiceOptions) -> npt.NDArray[np.int64]:
    """The voice of each window."""
    seconds = np.array([w.end - w.start for w in windows], np.float32)
    trusted = seconds >= min(options.trusted, float(seconds.max()))
    share = np.array([w.last - w.first for w in windows], np.float32)
    centroids = voice_centroids(embeddings[trusted], share[trusted], speakers)
    evidence = (
        options.sharpness / _distance(centroids) * np.minimum(share / options.hop, seconds / options.window + 0.2)
    )
    cost = np.array([options.change_at_pause if w.opens_piece else options.change_inside for w in windows], np.float32)
    return best_path(embeddings @ centroids.T, evidence.astype(np.float32), cost)


def _distance(centroids: Vectors) -> float:
    """1 − cosine of the two nearest voices; voices that are alike differ by less everywhere."""
    similarity = centroids @ centroids.T
    np.fill_diagonal(similarity, -1)
    return max(0.05, 1 - float(similarity.max())) if len(centroids) > 1 else 1.0
