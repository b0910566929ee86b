"""The city folder in force: what the page names codes and departments by."""

from functools import lru_cache
from pathlib import Path

from fastapi import APIRouter

from api.problems import Forbidden, Unauthenticated, responses
from api.schemas.city import City
from api.security.access import StateReader
from api.state import State
from tickets.city import load_city

router = APIRouter(prefix="/v1/city", tags=["city"], responses=responses(Unauthenticated, Forbidden))


@router.get("", operation_id="getCity", summary="Departments and duty list of the city")
def get_city(state: State, _holder: StateReader) -> City:
    """`version` changes with the content of the city folder; tickets name the version that they were made with."""
    return _city(state.settings.city_dir)


@lru_cache(maxsize=1)
def _city(folder: Path | None) -> City:
    return City.model_validate(load_city(folder))
