"""Models on the Hugging Face hub: downloaded at one revision, converted where needed, and pinned file by file.

The first download notes the revision and the sha256 of every file (``pinned.json``); later ones take the same revision.
``HF_ENDPOINT`` names a mirror and ``HF_HUB_OFFLINE`` forbids the network, as everywhere else with this hub.
"""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from dialect_models.card import Hub

PINNED = "pinned.json"

MODEL = "model.bin"
_CTRANSLATE2 = ("config.json", MODEL, "preprocessor_config.json", "tokenizer.json", "vocabulary.*")
_TRANSFORMERS = ("*.json", "*.txt", "*.safetensors", "*.bin")
_KEPT = ("tokenizer.json", "preprocessor_config.json")


class HubError(Exception):
    """A model that cannot be had from the hub; the message says why and what to do."""


def fetch(hub: Hub, folder: Path, progress: Callable[[str], None], endpoint: str | None = None) -> None:
    """Download a model into ``folder`` at the revision of the card, of an earlier fetch, or else the newest.

    A ``transformers`` checkpoint becomes a CTranslate2 model in half precision. ``endpoint`` is the address of a hub
    other than the one of the environment. Raises :class:`HubError`; nothing is left half done.
    """
    if hub.form == "wenet":
        raise HubError(
            f"{hub.name} holds a WeNet checkpoint, which CTranslate2 does not read. Convert it to a transformers "
            "Whisper model, then with ct2-transformers-converter, and give the folder as the model."
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as temporary:
        downloaded, ready = Path(temporary) / "downloaded", Path(temporary) / "ready"
        progress(f"downloading {hub.name}")
        revision = _download(hub, pinned(folder) or hub.revision or None, downloaded, endpoint)
        if hub.form == "transformers":
            progress(f"converting {hub.name}")
            _convert(downloaded, ready)
        else:
            shutil.rmtree(downloaded / ".cache", ignore_errors=True)
            ready = downloaded
        if not (ready / MODEL).is_file():
            raise HubError(f"{hub.name} at {revision} has no {MODEL}: it is no CTranslate2 model.")
        sums = {path.name: _sha256(path) for path in sorted(ready.iterdir()) if path.is_file()}
        if pinned(folder) == revision and (before := pinned_sums(folder)) != sums:
            changed = sorted(name for name in before.keys() | sums.keys() if before.get(name) != sums.get(name))
            raise HubError(f"{hub.name} at {revision}: {changed[0]} is not what was fetched before. It is refused.")
        note = json.dumps({"hub": hub.name, "revision": revision, "sha256": sums}, indent=1)
        (ready / PINNED).write_text(note, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        ready.replace(folder)


def pinned(folder: Path) -> str:
    """The revision that was fetched into ``folder``; empty where nothing was.

    Raises :class:`HubError` where the note of it is broken.
    """
    return str(_note(folder).get("revision", ""))


def pinned_sums(folder: Path) -> Mapping[str, str]:
    """The sha256 of every file that was fetched; empty where nothing was.

    Raises :class:`HubError` where the note of it is broken.
    """
    sums = _note(folder).get("sha256", {})
    if not isinstance(sums, dict):
        raise HubError(f"{folder / PINNED} is broken. Delete the folder and fetch the model again.")
    return {str(name): str(value) for name, value in sums.items()}


def _note(folder: Path) -> Mapping[str, object]:
    path = folder / PINNED
    if not path.is_file():
        return {}
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise HubError(f"{path} is broken ({error}). Delete the folder and fetch the model again.") from error
    return note if isinstance(note, dict) else {}


def _download(hub: Hub, revision: str | None, folder: Path, endpoint: str | None) -> str:
    """The full revision that was downloaded."""
    from huggingface_hub import HfApi, snapshot_download  # noqa: PLC0415 — heavy
    from huggingface_hub.errors import HfHubHTTPError  # noqa: PLC0415

    patterns = _TRANSFORMERS if hub.form == "transformers" else _CTRANSLATE2
    try:
        newest = HfApi(endpoint=endpoint).model_info(hub.name, revision=revision, timeout=20).sha
        if newest is None:
            raise HubError(f"the hub names no revision of {hub.name}.")
        snapshot_download(hub.name, revision=newest, local_dir=folder, allow_patterns=list(patterns), endpoint=endpoint)
    except HfHubHTTPError as error:
        raise HubError(f"the hub refuses {hub.name} ({error}). Check name, revision and HF_TOKEN.") from error
    except HubError:
        raise
    except Exception as error:  # the client lets errors of its transport through, whose types change with its releases
        raise HubError(
            f"{hub.name} cannot be downloaded ({error}). If the hub is out of reach or offline mode is on, fetch it "
            "on a machine with access (HF_ENDPOINT names a mirror) and copy the folder into the models folder here."
        ) from error
    return newest


def _convert(source: Path, target: Path) -> None:
    try:
        from ctranslate2.converters import TransformersConverter  # noqa: PLC0415 — heavy

        kept = [name for name in _KEPT if (source / name).is_file()]
        TransformersConverter(str(source), copy_files=kept, low_cpu_mem_usage=True).convert(
            str(target), quantization="float16"
        )
    except ImportError as error:
        raise HubError("Converting needs more packages: pip install -c constraints.txt -e '.[tune]'") from error
    except Exception as error:  # whatever a checkpoint of an unknown making provokes
        raise HubError(f"{source.name}: the checkpoint cannot be converted ({error}).") from error


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
