from pathlib import Path

import pytest

from dialect_models.tuning.manifest import Utterance
from dialect_models.tuning.shares import folds, minutes, share

CLIPS = tuple(Utterance(Path(f"{n}.wav"), f"r{n // 2}", 0, "", 0.0, 4.0 + n % 5, "字", "wu") for n in range(24))


def test_folds_hold_each_recording_once_and_are_as_long() -> None:
    parts = folds(CLIPS, 3)
    assert sorted(name for part in parts for name in part) == sorted({u.recording for u in CLIPS})
    lengths = [sum(u.end - u.start for u in CLIPS if u.recording in part) for part in parts]
    assert max(lengths) - min(lengths) < 12
    assert folds(CLIPS, 3) == parts
    with pytest.raises(ValueError, match="12 recordings make no 13 folds"):
        folds(CLIPS, 13)


def test_a_smaller_share_is_part_of_a_larger_and_recordings_stay_whole() -> None:
    third, two, whole = (share(CLIPS, fraction) for fraction in (1 / 3, 2 / 3, 1.0))
    assert set(third) < set(two) < set(whole) == set(CLIPS)
    assert minutes(third) == pytest.approx(minutes(CLIPS) / 3, abs=0.15)
    for part in (third, two):
        assert all((u in part) == (u.recording in {p.recording for p in part}) for u in CLIPS)
    assert share(CLIPS, 0.0001)
