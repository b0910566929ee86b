"""What each role may do."""

from typing import Final, Literal, get_args

from api.security.keys import Scope

Role = Literal["intake", "operator", "supervisor", "admin"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
SCOPES_OF: Final[dict[Role, frozenset[Scope]]] = {
    "intake": frozenset({Scope.INTAKE}),
    "operator": frozenset({Scope.INTAKE, Scope.REVIEW}),
    "supervisor": frozenset({Scope.INTAKE, Scope.REVIEW, Scope.SUPERVISE}),
    "admin": frozenset(Scope),
}
DOWNLOADS: Final = frozenset[Role]({"supervisor", "admin"})
"""Roles whose new accounts may have recordings as files."""
