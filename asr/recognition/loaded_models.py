"""Keeps models in memory up to a number, and releases the least recently used one for another."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from asr.memory import give_back

Model = TypeVar("Model")


class LoadedModels(Generic[Model]):
    """Models by name, loaded when first used. One thread at a time.

    At most ``limit`` are kept; one that is in use is never released, so that more are held only while more are used at
    once.
    """

    def __init__(self, load: Callable[[str], Model], limit: int) -> None:
        self._load = load
        self._limit = max(1, limit)
        self._models: OrderedDict[str, Model] = OrderedDict()
        self._users: dict[str, int] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """The loaded models, least recently used first."""
        return tuple(self._models)

    @contextmanager
    def use(self, name: str) -> Iterator[Model]:
        """A model for as long as the block runs. Don't keep it afterwards: it may be released."""
        if name not in self._models:
            # Before loading, so that the limit holds while the files are read too.
            self._release(self._limit - 1)
            self._models[name] = self._load(name)
        self._models.move_to_end(name)
        self._users[name] = self._users.get(name, 0) + 1
        try:
            yield self._models[name]
        finally:
            self._users[name] -= 1
            self._release(self._limit)

    def _release(self, keep: int) -> None:
        unused = [name for name in self._models if not self._users.get(name)]
        released = unused[: max(0, len(self._models) - keep)]
        for name in released:
            del self._models[name]
        if released:
            give_back()
