"""Which co-handlers of the duty's list a story concerns."""

from collections.abc import Mapping

from tickets.city.model import Department, Duty


def concerned(duty: Duty, departments: Mapping[str, Department], text: str) -> tuple[str, ...]:
    """Co-handlers of the list whose own tasks the story touches; all of the list where it touches none in particular.

    A listed street or town always assists: it knows the place, and assist is all that it may do.
    """
    if not duty.dispatched:
        return ()
    touched = {name: _touches(departments[name], duty, text) for name in duty.co_handlers}
    grassroots = {name for name in duty.co_handlers if departments[name].kind == "grassroots"}
    if not any(count for name, count in touched.items() if name not in grassroots):
        return duty.co_handlers
    return tuple(name for name in duty.co_handlers if touched[name] or name in grassroots)


def _touches(department: Department, duty: Duty, text: str) -> int:
    """How many of a department's tasks are spoken of, beyond the words that every case of this duty has."""
    common = duty.level1 + duty.level2
    found = 0
    for task in department.duties:
        pairs = {task[i : i + 2] for i in range(len(task) - 1)} - {common[i : i + 2] for i in range(len(common) - 1)}
        found += any(pair in text for pair in pairs)
    return found
