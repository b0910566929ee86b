"""Who is sent to a model is decided by classifiers that never heard him."""

from pathlib import Path

import numpy as np
import pytest

from dialect_models.evaluation.hearing import HeardUtterance, Transcribed
from dialect_models.evaluation.routing import crossed_classifiers, namer
from dialect_models.identification.pooling import Pooled
from dialect_models.identification.training import Heard, TrainingError
from dialect_models.tuning.manifest import Utterance

WIDTH = 6


def sound(label: str, seed: int) -> Pooled:
    """A state that lies where its dialect's do."""
    centre = {"mandarin": 2.0, "wu": -2.0}[label]
    return Pooled(1, np.random.default_rng(seed).normal(size=WIDTH) + centre)


def heard(label: str, seed: int, recording: str, raw: str = "") -> HeardUtterance:
    utterance = Utterance(Path("a.wav"), recording, 0, "", 0.0, 4.0, raw, label)
    return HeardUtterance(
        utterance, "16 kHz", Transcribed(raw, raw=raw, model="base", sound=sound(label, seed)), 4.0, 0.1
    )


RECORDINGS = [Heard(f"{label}-{n}", label, (sound(label, n),)) for label in ("mandarin", "wu") for n in range(15)]


def test_no_recording_is_named_by_a_classifier_that_knows_it() -> None:
    # A recording that says Wu and sounds like Mandarin: who had learnt it by heart would name it Wu.
    odd = Heard("odd", "wu", tuple(sound("mandarin", 100) for _ in range(6)))
    found = crossed_classifiers([*RECORDINGS, odd], "base")
    assert set(found) == {one.recording for one in (*RECORDINGS, odd)}
    assert len({id(classifier) for classifier in found.values()}) == 5
    name = namer(found, {"mandarin": 0.5, "wu": 0.5})
    assert name(heard("mandarin", 100, "odd")).heard.dialect == "mandarin"


def test_what_is_known_is_named_right_or_not_at_all() -> None:
    name = namer(crossed_classifiers(RECORDINGS, "base"), {"mandarin": 0.5, "wu": 0.5})
    named = [name(heard(o.label, 40 + n, o.recording)).heard.dialect for n, o in enumerate(RECORDINGS)]
    assert all(label in {one.label, "unknown"} for label, one in zip(named, RECORDINGS, strict=True))
    assert named.count("unknown") < 15


def test_without_a_classifier_words_name_and_another_models_states_tell_nothing() -> None:
    name = namer(crossed_classifiers(RECORDINGS, "another"), {"mandarin": 0.5, "wu": 0.5})
    assert name(heard("wu", 1, "wu-1")).heard.dialect == "unknown"
    assert name(heard("wu", 1, "wu-1", "侬晓得伐阿拉伊拉勿来")).heard.dialect == "wu"
    with pytest.raises(TrainingError, match="at least two dialects"):
        crossed_classifiers(RECORDINGS[:12], "base")
