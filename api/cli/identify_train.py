"""``hotline models identify-train``: make the classifier of dialects from a city's own recordings."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from api.settings import get_settings

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


def identify_train(
    data: Annotated[Path, typer.Option(help="Manifest: recordings with their dialect, one a line, as for tune.")],
    model: Annotated[
        str | None, typer.Option(help="Speech model whose encoder listens; that of the settings when left out.")
    ] = None,
) -> None:
    """Make the classifier that tells dialects by sound, and store it with the models, where it is used from then on.

    A dialect needs nine recordings; what others speak comes out as unknown. Of calls only what the citizen says counts.
    Workers that run take it up when they are started again.
    """
    from dataclasses import replace

    from asr.recognition.speech_model import SpeechModel
    from dialect_models.card import CardError
    from dialect_models.identification.classifier import write_classifier
    from dialect_models.identification.training import TrainingError, hear, train
    from dialect_models.tuning.manifest import ManifestError, read_manifest
    from dialect_models.weights import WeightsError

    console = Console(stderr=True)
    settings = get_settings()
    try:
        utterances = read_manifest(data)
        options = settings.recognition()
        speech = SpeechModel(replace(options, model=model or options.model), settings.models_path)

        def encode(clip: "npt.NDArray[np.float32]") -> "npt.NDArray[np.float32]":
            return speech.encode([clip]).states(0)

        with Progress(console=console) as bars:
            bar = bars.add_task("listening", total=None)
            heard = tuple(hear(utterances, encode, lambda done, whole: bars.update(bar, completed=done, total=whole)))
        trained = train(heard, speech.name)
        path = write_classifier(trained.classifier, settings.models_path)
    except (ManifestError, TrainingError, WeightsError, CardError, OSError) as error:
        console.print(str(error), style="red", soft_wrap=True, markup=False)
        raise typer.Exit(1) from error
    recordings = ", ".join(f"{label} {count}" for label, count in trained.recordings.items())
    console.print(f"{path}: tells {recordings} recordings apart", soft_wrap=True)
    console.print(
        f"on recordings left out: {trained.accuracy:.0%} right, log loss {trained.log_loss:.2f} nats "
        f"({len(trained.recordings)} dialects; by chance {trained.chance:.2f})"
    )
