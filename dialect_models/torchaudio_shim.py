"""Makes ``torchaudio`` importable beside a CPU build of torch.

The torchaudio that resolves together with torch 2.13 is built for CUDA: its native library needs ``libc10_cuda.so``
and the import ends in an OSError. What pyannote.audio needs of it (resampling, kaldi filter banks) is pure Python.
So where, and only where, the import fails, an empty ``torchaudio._extension`` takes the native one's place.
"""

import importlib
import importlib.machinery
import sys
from types import ModuleType

_EXTENSION = "torchaudio._extension"


def import_torchaudio() -> ModuleType:
    """Import torchaudio, without its native library where that cannot be loaded."""
    try:
        return importlib.import_module("torchaudio")
    except OSError:
        # What the failed import left behind would be taken for the whole package.
        for name in [n for n in sys.modules if n == "torchaudio" or n.startswith("torchaudio.")]:
            del sys.modules[name]
        sys.modules[_EXTENSION] = _without_native_library()
        return importlib.import_module("torchaudio")


def _without_native_library() -> ModuleType:
    extension = ModuleType(_EXTENSION, "Stands in for the native library, which cannot be loaded here.")
    extension.__spec__ = importlib.machinery.ModuleSpec(_EXTENSION, None)
    extension._IS_TORCHAUDIO_EXT_AVAILABLE = False  # type: ignore[attr-defined]
    extension._IS_ALIGN_AVAILABLE = False  # type: ignore[attr-defined]
    extension.fail_if_no_align = _no_alignment  # type: ignore[attr-defined]
    return extension


def _no_alignment(function: object) -> object:
    return function
