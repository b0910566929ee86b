"""The only way by which ``asr`` imports pyannote.audio: quiet, offline, with torchaudio made importable."""

import importlib
import os
import warnings
from types import ModuleType

from dialect_models.torchaudio_shim import import_torchaudio


def import_pyannote(name: str = "pyannote.audio") -> ModuleType:
    """Import pyannote.audio or one of its modules.

    Its telemetry is switched off. Warnings at import are of third parties about each other: torchcodec cannot be loaded
    (not used: audio is passed as samples), deprecations inside torch and lightning. Nobody can act on them.
    """
    # A worker hears pieces of every length: the convolution library would keep up to 1024 programs with their memory.
    os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "128")
    os.environ["PYANNOTE_METRICS_ENABLED"] = "0"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import_torchaudio()
        return importlib.import_module(name)
