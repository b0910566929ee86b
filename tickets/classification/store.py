"""A city's trained models on disk: in the city's folder where ``hotline train`` put them, else in the user's cache.

``models.json`` says for which wording and by which code the files were made, their sha256, and what was found on
held-out stories. Files that don't fit or differ by a byte are not used.
"""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, replace
from pathlib import Path
from typing import Any

from tickets.city.model import City
from tickets.classification.alarm import Alarm, DangerModels
from tickets.classification.calibration import Calibration
from tickets.classification.confirmed import confirmed_calls, confirmed_version
from tickets.classification.conventions import fit_conventions
from tickets.classification.handover import HandoverModel
from tickets.classification.model import FORMAT, LinearModel, load, save
from tickets.classification.training import Classifiers, train_classifiers
from tickets.classification.validation import Figures, Told, Validation
from tickets.dispatch.co_handlers import SIGNS, CoHandlerModel
from tickets.fields.appeal import SIGNALS, AppealModel

FOLDER = "models"
MANIFEST, STORIES = "models.json", "stories.json"
MATTER, DANGER, OPERATOR = "matter.npz", "danger.npz", "operator.npz"


@dataclass(frozen=True)
class CityModels:
    """A city's models and what confidence they deserve."""

    matter: LinearModel
    danger: DangerModels | None
    calibration: Calibration
    appeal: AppealModel | None = None
    """Which appeal type a call is; the rules decide where it is None."""
    co_handlers: CoHandlerModel | None = None
    """Whom of a duty's list a story concerns; the rules decide where it is None."""


def cache_folder() -> Path:
    """Where models are kept that nobody trained by command: ``$XDG_CACHE_HOME`` or ``~/.cache``, ``hotline-intake``."""
    root = os.environ.get("XDG_CACHE_HOME")
    return (Path(root) if root else Path.home() / ".cache") / "hotline-intake"


def city_models(city: City, cache: Path | None = None) -> CityModels:
    """The city's models: of its folder, else of the cache, else trained now without calibration and kept in the cache.

    Without calibration every ticket waits for a person; ``hotline train`` brings it.
    """
    kept = (cache or cache_folder()) / f"{wording_version(city)}-{_code_version()}"
    for folder in (city.folder / FOLDER, kept) if city.folder else (kept,):
        models = read_models(folder, city)
        if models is not None:
            return models
    models = with_conventions(with_calibration(train_classifiers(city), None), city)
    try:
        write_models(kept, city, models, None, None)
    except OSError:
        # A read-only home: trained again at the next start
        return models
    return models


def with_calibration(classifiers: Classifiers, validation: Validation | None) -> CityModels:
    """Models with what a validation found."""
    matter = classifiers.matter
    if validation is not None and validation.sharpness is not None:
        matter = replace(matter, sharpness=validation.sharpness)
    danger = classifiers.danger
    if validation is not None and danger is not None:
        danger = replace(danger, alarm=validation.alarm, handover=validation.handover)
    return CityModels(matter, danger, validation.calibration if validation else Calibration())


def with_conventions(models: CityModels, city: City) -> CityModels:
    """Models with what the city's confirmed calls teach of appeal types and co-handlers.

    Raises:
        CityError: a confirmed call can't be read.
    """
    learnt = fit_conventions(city, confirmed_calls(city))
    return replace(models, appeal=learnt.appeal, co_handlers=learnt.co_handlers)


def wording_version(city: City) -> str:
    """A hash of what models are trained on: duties, wording and confirmed calls, not places."""
    digest = hashlib.sha256()
    for duty in city.duties:
        digest.update(f"{duty.code}\0{duty.level1}\0{duty.level2}\0{duty.lead}\0{duty.level}\0{duty.note}\n".encode())
    for code, text in city.wording:
        digest.update(f"{code}\0{text}\n".encode())
    digest.update(confirmed_version(city))
    return digest.hexdigest()[:16]


def _code_version() -> str:
    """Changes with the code that reads texts and with what is weighed, so that a model of other features isn't read."""
    weighed = f"{FORMAT} {SIGNALS} {SIGNS}"
    return hashlib.sha256(weighed.encode() + Path(__file__).with_name("features.py").read_bytes()).hexdigest()[:8]


def write_models(
    folder: Path, city: City, models: CityModels, validation: Validation | None, figures: Figures | None
) -> None:
    """Write models as one folder: it holds the old files or the new ones, never some of each.

    Raises:
        OSError: the folder can't be written.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{FOLDER}-"))
    try:
        save(models.matter, fresh / MATTER)
        if models.danger is not None:
            save(models.danger.citizen, fresh / DANGER)
            save(models.danger.operator, fresh / OPERATOR)
        stories = {story: astuple(told) for story, told in validation.utterances.items()} if validation else {}
        (fresh / STORIES).write_text(json.dumps(stories, sort_keys=True).replace("], ", "],\n"), encoding="utf-8")
        manifest = {
            "format": FORMAT,
            "wording": wording_version(city),
            "code": _code_version(),
            "files": {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in sorted(fresh.iterdir())},
            "alarm": models.danger.alarm.weights if models.danger else (),
            "handover": asdict(models.danger.handover) if models.danger and models.danger.handover else None,
            "appeal": asdict(models.appeal) if models.appeal else None,
            "co_handlers": asdict(models.co_handlers) if models.co_handlers else None,
            "calibration": asdict(models.calibration),
            "figures": asdict(figures) if figures else None,
        }
        (fresh / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        fresh.chmod(0o755)
        old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{FOLDER}-"))
        if folder.exists():
            folder.rename(old / FOLDER)
        fresh.rename(folder)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def read_models(folder: Path, city: City) -> CityModels | None:
    """Models of a folder; None where there are none, or they are of other wording or code, or a byte differs."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files = {name: (folder / name).read_bytes() for name in manifest["files"]}
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if (manifest.get("wording"), manifest.get("code")) != (wording_version(city), _code_version()):
        return None
    if not _intact(manifest, files) or MATTER not in files:
        return None
    calibration = Calibration(**{name: tuple(values) for name, values in manifest["calibration"].items()})
    danger = None
    if DANGER in files and OPERATOR in files:
        alarm, handover = Alarm(tuple(manifest["alarm"])), manifest["handover"]
        danger = DangerModels(
            load(files[DANGER]), load(files[OPERATOR]), alarm, HandoverModel.of(handover) if handover else None
        )
    appeal, co_handlers = manifest.get("appeal"), manifest.get("co_handlers")
    return CityModels(
        load(files[MATTER]),
        danger,
        calibration,
        AppealModel.of(appeal) if appeal else None,
        CoHandlerModel.of(co_handlers) if co_handlers else None,
    )


def _intact(manifest: Mapping[str, Any], files: Mapping[str, bytes]) -> bool:
    return all(hashlib.sha256(content).hexdigest() == manifest["files"][name] for name, content in files.items())


def read_stories(folder: Path) -> dict[str, Told]:
    """How the models of a folder did on held-out utterances, by story; empty where nothing is known."""
    try:
        stories = json.loads((folder / STORIES).read_text(encoding="utf-8"))
        return {story: Told(*told) for story, told in stories.items()}
    except (OSError, ValueError, TypeError):
        return {}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Utterances that both models were tested on under one code: how many, and how many each got right alone."""

    both: int
    only_before: int
    only_now: int

    @property
    def worse(self) -> bool:
        """Whether the new model is worse by more than chance (sign test, one-sided 5 %)."""
        differing = self.only_before + self.only_now
        return differing > 0 and self.only_before - self.only_now > 1.645 * differing**0.5


def compare(before: Mapping[str, Told], now: Mapping[str, Told]) -> Comparison:
    """Compare two models on held-out utterances that both know."""
    pairs = [(before[story], told) for story, told in now.items() if story in before]
    pairs = [(old, new) for old, new in pairs if old.code == new.code]
    old_right = [old.guessed == old.code for old, _ in pairs]
    new_right = [new.guessed == new.code for _, new in pairs]
    return Comparison(
        len(pairs),
        sum(old and not new for old, new in zip(old_right, new_right, strict=True)),
        sum(new and not old for old, new in zip(old_right, new_right, strict=True)),
    )
