"""What must be known of an identity provider, without the code that talks to it: every command reads settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from api.accounts.roles import Role


@dataclass(frozen=True, slots=True)
class ProviderOptions:
    """Where the provider is, as whom this product asks it, and in which claims it tells of persons.

    ``roles`` says which role a value of ``role_claim`` stands for; ``timeout`` is in seconds, for each request.
    """

    issuer: str
    client_id: str
    client_secret: str | None = field(repr=False)
    scope: str
    login_claim: str
    name_claim: str
    role_claim: str
    roles: Mapping[str, Role]
    timeout: float
