#!/usr/bin/env python3
"""Measures how well a citizen's dialect is identified, by sound, by words and by both.

    benchmark_identification.py MANIFEST [--recording REGEX] [--calls CALLS] [--models DIR] [--out TABLE]

MANIFEST has clips, one JSON line each: ``audio``, ``id``, ``dialect``, ``text``, ``source`` (the collection that it is
from). Every clip is judged by a classifier that saw nothing of its recording (what REGEX finds in the ``id``, else the
whole of it), at 16 kHz and by telephone (300–3400 Hz, 8 kHz, µ-law), and once more by one that saw nothing of its
source.
Labels with fewer recordings than a classifier needs are never trained on: they should come out as unknown.
CALLS holds ``stereo/*`` and ``reference.jsonl`` with the ``dialect`` of each call: how often a classifier made from all
clips misnames it, and what identification costs.
"""

import argparse
import json
import re
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from sklearn.model_selection import GroupKFold, StratifiedGroupKFold

from asr.audio.decode import decode
from asr.diarization.diarizer import Diarizer
from asr.diarization.turns import SpeakerTurn
from asr.options import DiarizationOptions, RecognitionOptions
from asr.recognition import recogniser as recognition
from asr.recognition.recogniser import Recogniser
from dialect_models.identification.classifier import Classifier
from dialect_models.identification.pooling import Pooled, pool
from dialect_models.identification.posterior import CERTAIN, Identified, identify
from dialect_models.identification.training import FEWEST, Heard, train
from dialect_models.labels import UNKNOWN
from dialect_models.tuning.augmentation import RATE, telephone_line
from dialect_models.wording import witnesses

BANDS = ("16 kHz", "telephone")
FOLDS = 20
FEWEST_OF_OTHER_SOURCES = 3
THRESHOLDS = (0.5, 0.6, 0.7, 0.8, 0.9)
RESAMPLES = 2000
CITY = {"mandarin": 0.75, "wu": 0.2}
"""A city whose callers mostly speak Mandarin, some of them its dialect."""


@dataclass(frozen=True)
class Clip:
    """A clip with what the recogniser made of it in each band: encoder states and text."""

    id: str
    recording: str
    source: str
    label: str
    reference: str
    sounds: tuple[Pooled, ...]
    texts: tuple[str, ...]


class Samples:
    """A clip as a recording of one channel."""

    channels = 1
    dual_mono = False

    def __init__(self, audio: Any) -> None:
        self.audio = audio

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.audio) / RATE

    def samples(self, _channel: int, start: float, end: float) -> Any:
        """Samples from ``start`` to ``end`` seconds."""
        return self.audio[max(0, round(start * RATE)) : round(end * RATE)]


def read(path: Path) -> Any:
    """Mono samples at 16 kHz."""
    audio, rate = soundfile.read(path, dtype="float32", always_2d=True)
    return soxr.resample(audio.mean(axis=1), rate, RATE).astype("float32")


def listen(args: argparse.Namespace, hearer: Recogniser) -> Iterator[Clip]:
    """Every clip of the manifest as the product's recogniser hears it, in both bands."""
    for line in args.manifest.read_text("utf-8").splitlines():
        item = json.loads(line)
        audio = read(args.manifest.parent / item["audio"])
        sounds, texts = [], []
        for samples in (audio, telephone_line(audio)):
            source = Samples(samples)
            turn = SpeakerTurn(0.0, source.duration, "citizen", 0, ((0.0, source.duration),))
            heard = hearer.recognise(source, [turn], ())
            sounds.append(heard.sounds[0])
            texts.append("".join(turn.raw_text for turn in heard.turns))
        found = re.search(args.recording, item["id"]) if args.recording else None
        recording = found.group() if found else item["id"]
        yield Clip(item["id"], recording, item["source"], item["dialect"], item["text"], tuple(sounds), tuple(texts))


def classifier_of(clips: Sequence[Clip], fewest: int = FEWEST) -> Classifier:
    """A classifier made from clips, as ``hotline models identify-train`` makes it."""
    return train([Heard(c.recording, c.label, c.sounds) for c in clips], "benchmark", fewest).classifier


def left_out(clips: Sequence[Clip], group: Callable[[Clip], str], fewest: int) -> dict[str, Classifier]:
    """For each clip, by its id, a classifier that saw no clip of its group."""
    groups = [group(clip) for clip in clips]
    labels = [clip.label for clip in clips]
    count = min(FOLDS, len(set(groups)))
    # Every source by itself; recordings in folds that hold some of each dialect.
    splitter = GroupKFold(count) if count < FOLDS else StratifiedGroupKFold(count, shuffle=True, random_state=0)
    judges: dict[str, Classifier] = {}
    for seen, unseen in splitter.split(clips, labels, groups):
        assert not {groups[i] for i in seen} & {groups[i] for i in unseen}
        classifier = classifier_of([clips[i] for i in seen], fewest)
        judges |= {clips[i].id: classifier for i in unseen}
    return judges


Judged = list[tuple[Clip, Identified]]


def judged(
    clips: Sequence[Clip],
    judges: Mapping[str, Classifier],
    band: int,
    *,
    sound: bool = True,
    words: bool = True,
    mix: Mapping[str, float] | None = None,
) -> Judged:
    """What comes out for every clip, with the callers' mix that the classifier was made from where none is given."""
    found = []
    for clip in clips:
        judge = judges[clip.id]
        heard = judge.log_probabilities(clip.sounds[band]) if sound else None
        said = witnesses(clip.texts[band]) if words else {}
        found.append((clip, identify(mix or (judge.shares if sound else None), heard, said)))
    return found


def best_of(found: Identified, labels: Sequence[str]) -> str:
    """The likeliest of the labels, certain or not."""
    return max(labels, key=lambda label: found.posterior[label])


def interval(clips: Sequence[Clip], right: Sequence[bool]) -> str:
    """95 % bootstrap over recordings."""
    by_recording: dict[str, list[bool]] = {}
    for clip, own in zip(clips, right, strict=True):
        by_recording.setdefault(clip.recording, []).append(own)
    groups = list(by_recording.values())
    random = np.random.default_rng(0)
    means = []
    for _ in range(RESAMPLES):
        drawn = [own for i in random.integers(len(groups), size=len(groups)) for own in groups[i]]
        means.append(np.mean(drawn))
    low, high = np.quantile(means, (0.025, 0.975))
    return f"{low:.2f}–{high:.2f}"


def calibration_error(known: Judged) -> float:
    """Expected calibration error of the likeliest label in five bins of equal width."""
    top = [max(found.posterior.items(), key=lambda item: item[1]) for _, found in known]
    bins: dict[int, list[tuple[float, bool]]] = {}
    for (clip, _), (label, odds) in zip(known, top, strict=True):
        bins.setdefault(min(4, int(odds * 5)), []).append((odds, label == clip.label))
    return sum(abs(sum(p for p, _ in own) - sum(r for _, r in own)) for own in bins.values()) / len(known)


def row(name: str, found: Judged, labels: Sequence[str]) -> str:
    """A row of the table of accuracies."""
    known = [(clip, own) for clip, own in found if clip.label in labels]
    others = [own for clip, own in found if clip.label not in labels]
    right = [best_of(own, labels) == clip.label for clip, own in known]
    named = [(clip, own) for clip, own in known if own.label != UNKNOWN]
    named_right = sum(clip.label == own.label for clip, own in named)
    precision = f"{named_right / len(named):.2f}" if named else "—"
    left_unknown = f"{sum(own.label == UNKNOWN for own in others)} of {len(others)}" if others else "—"
    return (
        f"| {name} | {np.mean(right):.2f} ({interval([clip for clip, _ in known], right)}) | "
        f"{len(named)} of {len(known)} | {precision} | {left_unknown} | "
        f"{calibration_error(known):.2f} |"
    )


HEAD = (
    "| | likeliest label right (95 %) | named | of these right | other dialects left unknown | calibration error |\n"
    "|---|---|---|---|---|---|"
)


def confusion(found: Judged, labels: Sequence[str]) -> Iterator[str]:
    """Rows: what is spoken; columns: what is named."""
    yield "| spoken | " + " | ".join(labels) + " | unknown |"
    yield "|---|" + "---|" * (len(labels) + 1)
    spoken = [*labels, *sorted({clip.label for clip, _ in found} - set(labels))]
    for label in spoken:
        counts = Counter(own.label for clip, own in found if clip.label == label)
        shown = label if label != UNKNOWN else "no label"
        yield f"| {shown} | " + " | ".join(str(counts[other]) for other in (*labels, UNKNOWN)) + " |"


def curve(found: Judged, labels: Sequence[str]) -> Iterator[str]:
    """What is named and right from which probability on."""
    yield "| named from | " + " | ".join(f"{t:.1f}" for t in THRESHOLDS) + " |"
    yield "|---|" + "---|" * len(THRESHOLDS)
    known = [(c.label, *max(f.posterior.items(), key=lambda i: i[1])) for c, f in found if c.label in labels]
    others = [max(f.posterior.items(), key=lambda i: i[1]) for c, f in found if c.label not in labels]
    over = [[(spoken, label) for spoken, label, p in known if p >= t and label != UNKNOWN] for t in THRESHOLDS]
    yield "| share named | " + " | ".join(f"{len(own) / len(known):.2f}" for own in over) + " |"
    right = [f"{sum(s == n for s, n in own) / len(own):.2f}" if own else "—" for own in over]
    yield "| of these right | " + " | ".join(right) + " |"
    wrong = [sum(p >= t and label != UNKNOWN for label, p in others) for t in THRESHOLDS]
    yield "| other dialects named | " + " | ".join(f"{n} of {len(others)}" for n in wrong) + " |"


def on_clips(clips: Sequence[Clip]) -> Iterator[str]:
    """The tables of clips."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="The least populated class")
        judges = left_out(clips, lambda clip: clip.recording, FEWEST)
        strangers = left_out(clips, lambda clip: clip.source, FEWEST_OF_OTHER_SOURCES)
    labels = classifier_of(clips).labels
    yield HEAD
    for band, name in enumerate(BANDS):
        yield row(f"{name}: sound", judged(clips, judges, band, words=False), labels)
        yield row(f"{name}: words", judged(clips, judges, band, sound=False), labels)
        yield row(f"{name}: both", judged(clips, judges, band), labels)
        yield row(f"{name}: both, source never seen", judged(clips, strangers, band), labels)
        own = [clip for clip in clips if clip.label in CITY]
        yield row(f"{name}: both, a city's callers", judged(own, judges, band, mix=CITY), tuple(CITY))
    perfect = [(clip, identify(None, None, witnesses(clip.reference))) for clip in clips]
    yield row("words of a perfect transcript", perfect, labels)
    for band, name in enumerate(BANDS):
        both = judged(clips, judges, band)
        yield f"\n{name}, both, named from {CERTAIN}:\n"
        yield from confusion(both, labels)
        yield ""
        yield from curve(both, labels)


def on_calls(args: argparse.Namespace, clips: Sequence[Clip], hearer: Recogniser) -> Iterator[str]:
    """What comes out for whole calls, and the processor's time for it."""
    classifier = classifier_of(clips)
    spent = 0.0
    # Its cost is measured where it is paid.
    sounds_of = recognition._sounds

    def timed(*given: Any) -> Iterator[Any]:
        nonlocal spent
        start = time.process_time()
        found = list(sounds_of(*given))
        spent += time.process_time() - start
        yield from found

    recognition._sounds = timed
    diarizer = Diarizer(DiarizationOptions(), args.models)
    mixes = {"words alone": None, "the clips' mix": classifier.shares, "a city's mix": CITY}
    outcomes: dict[str, Counter[str]] = {name: Counter() for name in mixes}
    whole = seconds = 0.0
    references = [json.loads(line) for line in (args.calls / "reference.jsonl").read_text("utf-8").splitlines()]
    for reference in references:
        (path,) = (args.calls / "stereo").glob(f"{reference['id']}.*")
        working = args.scratch / f"{path.stem}.wav"
        recording = decode(path, working, None, lambda _: None)
        turns = diarizer.diarize(recording, lambda _: None).turns
        start = time.process_time()
        heard = hearer.recognise(recording, turns, ())
        whole += time.process_time() - start
        working.unlink()
        start = time.process_time()
        own = {index for index, turn in enumerate(turns) if turn.speaker == "right"}
        sound = pool(part for turn, part in heard.sounds.items() if turn in own)
        assert sound is not None
        said = witnesses("。".join(turn.raw_text for turn in heard.turns if turn.index in own))
        for name, mix in mixes.items():
            odds = classifier.log_probabilities(sound) if mix else None
            label = identify(mix, odds, said).label
            outcomes[name]["right" if label == reference["dialect"] else label] += 1
        spent += (time.process_time() - start) / len(mixes)
        seconds += recording.duration
    recognition._sounds = sounds_of
    yield f"\n{len(references)} calls, {seconds:.0f} s:\n"
    yield "| callers | right | unknown | misnamed |\n|---|---|---|---|"
    for name, counts in outcomes.items():
        wrong = len(references) - counts["right"] - counts[UNKNOWN]
        yield f"| {name} | {counts['right']} | {counts[UNKNOWN]} | {wrong} |"
    count = len(references)
    yield f"\nCPU seconds a call: identification {spent / count:.4f}, recognition {whole / count:.2f}"


def main() -> None:
    """Measure and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--recording", help="what in a clip's id names its recording, as a regular expression")
    parser.add_argument("--calls", type=Path)
    parser.add_argument("--models", type=Path, default=Path("var/models"))
    parser.add_argument("--model", default=RecognitionOptions().model)
    parser.add_argument("--scratch", type=Path, default=Path("/tmp"), help="folder for working files")  # noqa: S108
    parser.add_argument("--out", type=Path, help="file for the tables; standard output if unset")
    args = parser.parse_args()
    hearer = Recogniser(RecognitionOptions(model=args.model), args.models)
    clips = list(listen(args, hearer))
    lines = [*on_clips(clips), *(on_calls(args, clips, hearer) if args.calls else ())]
    text = "\n".join(lines) + "\n"
    if args.out:
        args.out.write_text(text, "utf-8")
    else:
        print(text)


if __name__ == "__main__":
    main()
