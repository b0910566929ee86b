"""Any diarization pipeline of pyannote.audio, from a folder or a hub, in place of the packaged models."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch

from asr.diarization.pyannote_import import import_pyannote
from asr.diarization.source import SAMPLE_RATE, AudioSource
from asr.diarization.turns import Diarization, Span, SpeakerTurn
from asr.diarization.voice_activity import FRAME, Progress
from dialect_models.catalogue import resolve
from dialect_models.weights import WeightsError

MAX_PAUSE = 2.0
"""Longest silence, in seconds, inside one turn while nobody else speaks."""

Labelled = tuple[float, float, str]


def load_pipeline(name: str, token: str | None, models_dir: Path) -> Any:
    """Load a pipeline by the name of a card, a folder with its ``config.yaml``, or a name on the hub.

    Raises :class:`WeightsError` where it cannot be had, saying whether the folder, the hub or the token is at fault.
    """
    model = resolve(name, models_dir)
    if not Path(model.location).is_dir() and Path(model.location).is_absolute():
        raise WeightsError(f"There is no folder {model.location}. Set the diarization model to a folder or a hub name.")
    module = import_pyannote()
    try:
        pipeline = module.Pipeline.from_pretrained(model.location, token=token)
    except Exception as error:  # the hub's client, yaml, lightning and torch each have their own
        raise WeightsError(_explained(model.location, token, error)) from error
    if pipeline is None:
        raise WeightsError(_explained(model.location, token, None))
    return pipeline


def _explained(location: str, token: str | None, error: Exception | None) -> str:
    if Path(location).is_dir():
        return f"{location} does not hold a pyannote pipeline that can be loaded: {error}. It needs a config.yaml."
    why = type(error).__name__ if error else "access refused"
    remedy = (
        "accept the pipeline's conditions on the hub and set HOTLINE_HUB_TOKEN"
        if token is None
        else "check the name and that the token's owner has accepted the pipeline's conditions on the hub"
    )
    how = "without a token" if token is None else "with the token"
    return (
        f"The diarization pipeline {location} could not be fetched {how} ({why}). Check that this machine reaches "
        f"the hub and {remedy}; or set HOTLINE_DIARIZATION_MODEL to a folder that holds it."
    )


class PipelineDiarizer:
    """Holds a pyannote pipeline. It hears the whole channel at once: 64 kB of memory a second of audio, and what the
    pipeline itself needs."""

    def __init__(self, name: str, token: str | None, models_dir: Path) -> None:
        self._name = name
        self._pipeline = load_pipeline(name, token, models_dir)

    def diarize(
        self, source: AudioSource, channel: int, speakers: int, progress: Progress = lambda _: None
    ) -> Diarization:
        """Turns of ``speakers`` voices on one channel; turns never overlap."""
        samples = torch.from_numpy(source.samples(channel, 0.0, source.duration))[None]
        audio = {"waveform": samples, "sample_rate": SAMPLE_RATE, "uri": "recording"}
        output = self._pipeline(audio, num_speakers=speakers)
        progress(1.0)
        # Pipelines before 4.0, and those with ``legacy: true``, return the annotation itself.
        annotation = getattr(output, "exclusive_speaker_diarization", output)
        found = [(s.start, s.end, str(label)) for s, _, label in annotation.itertracks(yield_label=True)]
        turns = exclusive_turns(found, channel)
        return Diarization(turns, tuple(dict.fromkeys(t.speaker for t in turns)), "voices", self._name)


def exclusive_turns(found: list[Labelled], channel: int, max_pause: float = MAX_PAUSE) -> tuple[SpeakerTurn, ...]:
    """Join spans (start, end, label) of one speaker to turns; an overlap goes to the speaker who starts in it."""
    labels = list(dict.fromkeys(label for _, _, label in sorted(found)))
    owner = np.full(round(max((end for _, end, _ in found), default=0.0) / FRAME), -1, np.int64)
    for start, end, label in sorted(found):
        owner[round(start / FRAME) : round(end / FRAME)] = labels.index(label)
    edges = [0, *(np.flatnonzero(np.diff(owner)) + 1).tolist(), len(owner)]
    turns: list[SpeakerTurn] = []
    spans: list[Span] = []
    speaker = -1
    for first, last in pairwise(edges):
        if first == last or owner[first] < 0:
            continue
        start, end = round(first * FRAME, 3), round(last * FRAME, 3)
        if spans and (owner[first] != speaker or start - spans[-1][1] > max_pause):
            turns.append(_turn(spans, f"S{speaker + 1}", channel))
            spans = []
        speaker = int(owner[first])
        spans.append((start, end))
    if spans:
        turns.append(_turn(spans, f"S{speaker + 1}", channel))
    return tuple(turns)


def _turn(spans: list[Span], name: str, channel: int) -> SpeakerTurn:
    return SpeakerTurn(spans[0][0], spans[-1][1], name, channel, tuple(spans))
