"""Models in memory: loaded once, released in order of use, never while in use."""

import gc
import weakref

import pytest

from asr.recognition.loaded_models import LoadedModels


class Loaded:
    def __init__(self, name: str) -> None:
        self.name = name


def _models(limit: int) -> tuple[LoadedModels[Loaded], list[str]]:
    loads: list[str] = []

    def load(name: str) -> Loaded:
        loads.append(name)
        return Loaded(name)

    return LoadedModels(load, limit), loads


def _use(models: LoadedModels[Loaded], *names: str) -> None:
    for name in names:
        with models.use(name) as model:
            assert model.name == name


def test_a_model_is_loaded_once() -> None:
    models, loads = _models(2)
    _use(models, "a", "b", "a", "b")
    assert loads == ["a", "b"]


def test_the_least_recently_used_is_released_for_another() -> None:
    models, loads = _models(2)
    _use(models, "a", "b", "a", "c")
    assert models.names == ("a", "c")
    _use(models, "b")
    assert loads == ["a", "b", "c", "b"]
    assert models.names == ("c", "b")


def test_it_is_released_before_the_other_is_loaded() -> None:
    held: list[weakref.ref[Loaded]] = []

    def load(name: str) -> Loaded:
        gc.collect()
        assert not [ref for ref in held if ref() is not None]
        model = Loaded(name)
        held.append(weakref.ref(model))
        return model

    models = LoadedModels(load, 1)
    for name in ("a", "b", "a"):
        with models.use(name):
            pass
        # The block's name for the model is gone with it.
    assert len(held) == 3


def test_a_model_in_use_is_kept_beyond_the_limit() -> None:
    models, loads = _models(1)
    with models.use("a") as a, models.use("b"), models.use("a") as again:
        assert again is a
        assert set(models.names) == {"a", "b"}
    assert len(models.names) == 1
    assert loads == ["a", "b"]


def test_what_cannot_be_loaded_is_tried_again() -> None:
    def load(_: str) -> Loaded:
        raise OSError("no such file")

    models = LoadedModels(load, 1)
    for _ in range(2):
        with pytest.raises(OSError, match="no such file"), models.use("a"):
            pass
    assert models.names == ()
