"""Which language model is asked."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Which model to ask.

    Attributes:
        url: base of the endpoint, for example ``http://127.0.0.1:8000/v1``.
        name: the model's name there.
        seconds: the longest time for an answer, all of it.
        key: sent as bearer token; never shown.
    """

    url: str
    name: str = "default"
    seconds: float = 10.0
    key: str | None = field(default=None, repr=False)
