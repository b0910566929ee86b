"""Enters a model that passed the gate into the catalogue of an installation."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dialect_models.card import CARD_FILE, Band, DecodingSettings, Figure, ModelCard, ModelFile, all_cards, write_card
from dialect_models.evaluation.bootstrap import Compared
from dialect_models.evaluation.gating import Evidence, Verdict
from dialect_models.weights import WEIGHTS, WeightsError, sha256_of

_KEPT = (WEIGHTS, "config.json", "tokenizer.json", "vocabulary.json", "vocabulary.txt", "preprocessor_config.json")


class RefusedError(Exception):
    """A model that may not be installed; the message says which rules it breaks."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model to install: the folder of its files, its name, base, licence and how it is asked."""

    folder: Path
    name: str
    base: str
    licence: str
    decoding: DecodingSettings


def install(
    candidate: Candidate,
    evidence: Evidence,
    verdicts: tuple[Verdict, ...],
    models_dir: Path,
    *,
    dataset: str,
    date: str,
    command: str,
) -> ModelCard:
    """Copy a model that passed into ``models_dir``, with a card that has its figures and the sha256 of its files.

    Raises :class:`RefusedError` where a rule is broken, and :class:`WeightsError` where the name is taken or files are
    missing.
    """
    if broken := [f"{verdict.rule}（{verdict.figures}）" for verdict in verdicts if not verdict.kept]:
        raise RefusedError(f"{candidate.name} is not installed: " + "; ".join(broken))
    if candidate.name in all_cards(models_dir):
        raise WeightsError(f"there is a model {candidate.name} already; choose another name or remove it first.")
    files = [name for name in _KEPT if (candidate.folder / name).is_file()]
    if WEIGHTS not in files:
        raise WeightsError(f"{candidate.folder} has no {WEIGHTS}.")
    figures: Mapping[str, Mapping[Band, Compared]] = {"": evidence.raw, ", grammar words folded": evidence.folded}
    target, unfinished = models_dir / candidate.name, models_dir / f".{candidate.name}.unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    for name in files:
        shutil.copyfile(candidate.folder / name, unfinished / name)
    card = ModelCard(
        name=candidate.name,
        task="speech",
        description=f"Made here from {candidate.base} for {evidence.dialect}; passed the gate.",
        licence=candidate.licence,
        base=candidate.base,
        files=tuple(ModelFile(name, sha256_of(unfinished / name), ()) for name in files),
        dialects=(evidence.dialect,),
        decoding=candidate.decoding,
        figures=tuple(
            Figure(
                evidence.dialect,
                round(100 * compared.candidate.value, 1),
                dataset + suffix,
                band,
                date,
                command=command,
            )
            for suffix, bands in figures.items()
            for band, compared in bands.items()
        ),
        installed=True,
    )
    write_card(card, unfinished / CARD_FILE)
    unfinished.replace(target)
    return card
