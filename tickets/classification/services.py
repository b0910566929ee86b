"""Which emergency services a sentence names, as operators and callers speak of them."""

import re
from collections.abc import Mapping

_NAMES: Mapping[str, re.Pattern[str]] = {
    "110": re.compile(r"110|幺幺零|一一零|警察|民警|警方|派出所|公安|[转报]警"),
    "119": re.compile(r"119|幺幺九|一一九|消防"),
    "120": re.compile(r"120|幺二零|一二零|急救|救护车|医生"),
    "122": re.compile(r"122|幺二二|一二二|交警"),
}


def services_named(sentence: str) -> tuple[str, ...]:
    """The services that a sentence names."""
    return tuple(service for service, names in _NAMES.items() if names.search(sentence))
