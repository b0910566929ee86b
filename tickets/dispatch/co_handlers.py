"""Which co-handlers of the duty's list a story concerns."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from tickets.city.model import Department, Duty
from tickets.conversation import Conversation
from tickets.language.lexicon import words

SIGNS = (
    "constant",
    "tasks spoken of",
    "nobody's tasks spoken of",
    "grassroots",
    "length of the list",
    "duty of a utility",
    "duty of a street or town",
    "citizen names it",
    "operator names it",
    "how often the operator names it",
    "share",
)
"""What speaks for a co-handler; ``share`` is the log odds of how often confirmed calls of the duty had it."""
BAR = 0.45
MOST_TASKS, MOST_NAMED = 3, 2
_KIND_OF_BODY = re.compile(r"(?:管理局|委员会|管理中心|局|集团|公司|支队|部门|联合会|/.*)$")
SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class CoHandlerModel:
    """``weights`` of :data:`SIGNS`; ``shares`` by ``code department``, else by department, else under ``""``."""

    weights: tuple[float, ...]
    shares: Mapping[str, float]

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> "CoHandlerModel":
        """Read back from what was stored."""
        return cls(tuple(map(float, stored["weights"])), {str(k): float(v) for k, v in stored["shares"].items()})

    def share(self, duty: Duty, name: str) -> float:
        """The log odds of how often a department assists in a duty."""
        keys = (f"{duty.code} {name}", name, "")
        return next((self.shares[key] for key in keys if key in self.shares), 0.0)


def concerned(
    duty: Duty,
    departments: Mapping[str, Department],
    conversation: Conversation,
    model: CoHandlerModel | None = None,
) -> tuple[str, ...]:
    """Co-handlers of the list whom the story concerns, by the model; empty where the duty isn't dispatched.

    Without a model those whose own tasks it touches, all of the list where it touches none in particular. A listed
    street or town then always assists: it knows the place, and assist is all that it may do.
    """
    if not duty.dispatched or not duty.co_handlers:
        return ()
    if model is not None:
        signs = signs_of(duty, departments, conversation)
        weights = np.array(model.weights)
        chances = {
            name: 1.0 / (1.0 + np.exp(-float(weights @ np.array([*signs[name], model.share(duty, name)]))))
            for name in duty.co_handlers
        }
        return tuple(name for name in duty.co_handlers if chances[name] >= BAR)
    touched = _touched(duty, departments, conversation.citizen_text())
    grassroots = {name for name in duty.co_handlers if departments[name].kind == "grassroots"}
    if not any(count for name, count in touched.items() if name not in grassroots):
        return duty.co_handlers
    return tuple(name for name in duty.co_handlers if touched[name] or name in grassroots)


def signs_of(
    duty: Duty, departments: Mapping[str, Department], conversation: Conversation
) -> Mapping[str, Sequence[float]]:
    """Of each co-handler of the list all :data:`SIGNS` but the last."""
    said = conversation.citizen_text()
    answered = "\n".join(conversation.text(turn) for turn in conversation.operator)
    touched = _touched(duty, departments, said)
    nobody = not any(count for name, count in touched.items() if departments[name].kind != "grassroots")
    found: dict[str, Sequence[float]] = {}
    for name in duty.co_handlers:
        named = sum(answered.count(word) for word in _names(name))
        found[name] = (
            1.0,
            float(min(MOST_TASKS, touched[name])),
            float(nobody),
            float(departments[name].kind == "grassroots"),
            float(len(duty.co_handlers)),
            float(duty.level == "utility"),
            float(duty.level == "grassroots"),
            float(any(word in said for word in _names(name))),
            float(named > 0),
            float(min(MOST_NAMED, named)),
        )
    return found


@cache
def _names(department: str) -> frozenset[str]:
    """What a department is called: in full, without the kind of body, and in short."""
    stem = _KIND_OF_BODY.sub("", department)
    pairs = (line.partition("=") for line in words("department_short_names"))
    short = {called for called, _, part in pairs if part in department}
    return frozenset(name for name in {department, stem, *short} if len(name) >= SHORTEST_NAME)


def _touched(duty: Duty, departments: Mapping[str, Department], text: str) -> dict[str, int]:
    """How many of each co-handler's tasks are spoken of, beyond the words that every case of this duty has."""
    common = duty.level1 + duty.level2
    of_duty = {common[i : i + 2] for i in range(len(common) - 1)}

    def touches(department: Department) -> int:
        tasks = ({task[i : i + 2] for i in range(len(task) - 1)} - of_duty for task in department.duties)
        return sum(any(pair in text for pair in pairs) for pairs in tasks)

    return {name: touches(departments[name]) for name in duty.co_handlers}
