"""Reads and writes CTranslate2's ``model.bin``, so that converted weights can be trained again.

The format is that of ``ctranslate2.specs.model_spec`` (binary version 6): a version, the name and revision of the
model's kind, its variables (name, shape, type, bytes), and aliases of variables that are stored once.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

BINARY_VERSION = 6

_TYPES: tuple[npt.DTypeLike, ...] = (np.float32, np.int8, np.int16, np.int32, np.float16)

Array = npt.NDArray[Any]


class ModelFileError(Exception):
    """A file that is no CTranslate2 model, or one of a form that cannot be read; the message names it."""


@dataclass(frozen=True, slots=True)
class ModelVariables:
    """The variables of a model file by name, and the names that stand for another variable."""

    kind: str
    revision: int
    variables: Mapping[str, Array]
    aliases: Mapping[str, str]


def read_variables(path: Path) -> ModelVariables:
    """All variables of ``model.bin``.

    Raises :class:`ModelFileError` where the file ends early or has another version.
    """
    with path.open("rb") as stream:
        try:
            version = _number(stream, "I")
            if version != BINARY_VERSION:
                raise ModelFileError(f"{path}: binary version {version}; this program reads {BINARY_VERSION}.")
            kind, revision = _text(stream), _number(stream, "I")
            variables = dict(_variable(stream) for _ in range(_number(stream, "I")))
            aliases = {_text(stream): _text(stream) for _ in range(_number(stream, "I"))}
        except (struct.error, ValueError, IndexError) as error:
            raise ModelFileError(f"{path}: not a whole CTranslate2 model ({error}).") from error
    return ModelVariables(kind, revision, variables, aliases)


def write_variables(path: Path, model: ModelVariables) -> None:
    """Write ``model.bin``; reading it gives the same variables."""
    with path.open("wb") as stream:
        stream.write(struct.pack("<I", BINARY_VERSION))
        _put_text(stream, model.kind)
        stream.write(struct.pack("<II", model.revision, len(model.variables)))
        for name, value in model.variables.items():
            _put_text(stream, name)
            stream.write(struct.pack(f"<B{value.ndim}I", value.ndim, *value.shape))
            stream.write(struct.pack("<BI", _TYPES.index(value.dtype.type), value.nbytes))
            stream.write(value.tobytes())
        stream.write(struct.pack("<I", len(model.aliases)))
        for alias, name in model.aliases.items():
            _put_text(stream, alias)
            _put_text(stream, name)


def _number(stream: BinaryIO, code: str) -> int:
    (value,) = struct.unpack(f"<{code}", stream.read(struct.calcsize(f"<{code}")))
    return int(value)


def _text(stream: BinaryIO) -> str:
    length = _number(stream, "H")
    data = stream.read(length)
    if len(data) != length:
        raise ValueError("a name ends early")
    return data.rstrip(b"\0").decode()


def _variable(stream: BinaryIO) -> tuple[str, Array]:
    name = _text(stream)
    shape = [_number(stream, "I") for _ in range(_number(stream, "B"))]
    kind = np.dtype(_TYPES[_number(stream, "B")])
    return name, np.frombuffer(stream.read(_number(stream, "I")), dtype=kind).reshape(shape)


def _put_text(stream: BinaryIO, text: str) -> None:
    data = text.encode() + b"\0"
    stream.write(struct.pack("<H", len(data)) + data)
