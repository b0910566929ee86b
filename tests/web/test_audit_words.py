"""Every action that the audit log may hold has a Chinese word on its page."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from api.auditing import View
from api.storage.models.cities import ActivationKind

ROOT: Final = Path(__file__).parents[2]
WORDS: Final = ROOT / "web" / "src" / "audit" / "auditWords.ts"
ACTION: Final = 2
"""Which argument of ``audit`` is the action."""


def literal_actions() -> Iterator[str]:
    """The actions that the server's code names where it writes to the log."""
    for path in sorted((ROOT / "api").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "audit":
                action = node.args[ACTION] if len(node.args) > ACTION else None
                if isinstance(action, ast.Constant):
                    yield str(action.value)


def test_every_action_has_a_word() -> None:
    actions = {*literal_actions(), *(view.value for view in View)}
    actions |= {f"city_{kind}" for kind in ActivationKind.__args__}
    actions |= {f"correct_{kind}" for kind in ("text", "role", "split", "merge")}
    actions |= {"dispatch", "handover", "answer", "redirect", "close", "ask", "send_back", "recall"}
    assert len(actions) > 30
    words = WORDS.read_text()
    assert {action for action in actions if f"\n  {action}: '" not in words} == set()
