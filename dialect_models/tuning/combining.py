"""Makes one adapter of several runs, and chooses how much of it is applied."""

import json
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from safetensors.numpy import save_file

from dialect_models.adapter import averaged, read_adapter
from dialect_models.tuning.label_writing import LikelihoodJudge
from dialect_models.tuning.manifest import Utterance
from dialect_models.tuning.training import ADAPTER, LOG, TuningError, write_tuned


def combine_runs(adapters: Sequence[Path], folder: Path, way: Literal["average", "best"]) -> Path:
    """The adapter of runs that differ by seed: their average, or the one with the lowest held-out loss.

    Raises :class:`TuningError` where the best is asked for and nothing was held out.
    """
    if len(adapters) == 1:
        return adapters[0]
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / ADAPTER
    if way == "average":
        unfinished = folder / f"{ADAPTER}.unfinished"
        save_file(dict(averaged([read_adapter(path) for path in adapters])), unfinished)
        unfinished.replace(target)
    else:
        shutil.copyfile(min(adapters, key=lambda path: _lowest_loss(path.parent / LOG)), target)
    return target


def _lowest_loss(log: Path) -> float:
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    losses = [float(line["validation"]) for line in lines if line["validation"] is not None]
    if not losses:
        raise TuningError("Nothing was held out, so no run is known to be the best: hold recordings out, or average.")
    return min(losses)


def likeliest_strength(
    base: Path, adapter: Path, held_out: Sequence[Utterance], strengths: Sequence[float], prompt: str = ""
) -> tuple[float, Mapping[str, float]]:
    """The strength whose model finds the held-out texts likeliest after ``prompt``, and the nats a clip of all.

    Raises :class:`TuningError` where nothing was held out.
    """
    if not held_out:
        raise TuningError("Nothing was held out to choose the strength by: hold recordings out, or say --strength.")
    found = {}
    for strength in strengths:
        with tempfile.TemporaryDirectory() as temporary:
            write_tuned(base, adapter, Path(temporary), strength)
            judge = LikelihoodJudge(Path(temporary), prompt=prompt)
            clips = judge.clips(held_out)
            found[strength] = judge.mean([clip.text for clip in clips], clips)
    best = max(found, key=found.__getitem__)
    return best, {str(strength): round(value, 2) for strength, value in found.items()}
