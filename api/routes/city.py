"""The city in force, and every version that was: what the page names codes and departments by."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.cities.in_force import stored_city
from api.problems import Forbidden, NotFound, Unauthenticated, Unprocessable, responses
from api.schemas.city import City, CityVersion
from api.security.access import StateReader
from api.state import State

router = APIRouter(prefix="/v1/city", tags=["city"], responses=responses(Unauthenticated, Forbidden))

Version = Annotated[str, Path(pattern="^[0-9a-f]{16}$", description="The `city_version` of a ticket.")]


@router.get("", operation_id="getCity", summary="Departments and duty list of the city in force")
def get_city(state: State, _holder: StateReader) -> City:
    """`version` changes with the content of the city folder; tickets name the version that they were made with."""
    return City.model_validate(state.cities.city(state.database))


@router.get("/versions", operation_id="listCityVersions", summary="All versions of the city that are kept")
def list_versions(state: State, _holder: StateReader) -> list[CityVersion]:
    """Newest first. A version that a worker used or that was activated is never removed."""
    with state.database.reading() as uow:
        held = uow.cities.in_force()
        counts = uow.cities.ticket_counts()
        return [
            CityVersion(
                version=row.version,
                duties=row.duties,
                departments=row.departments,
                places=row.places,
                tickets=counts.get(row.version, 0),
                activated=held is not None and held.version == row.version,
                created_at=row.created_at,
            )
            for row in uow.cities.versions()
        ]


@router.get(
    "/versions/{version}",
    operation_id="getCityVersion",
    summary="Departments and duty list of one version",
    responses=responses(NotFound, Unprocessable),
)
def get_version(version: Version, state: State, _holder: StateReader) -> City:
    """The list by which a ticket of that `city_version` was sent."""
    with state.database.reading() as uow:
        try:
            return City.model_validate(stored_city(uow, state.settings.data_dir, version))
        except LookupError:
            raise NotFound("There is no such version of the city.") from None
