"""Accounts of persons, and the audit log."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.accounts.administration import Actor, add_account, change_account, reset_password
from api.problems import BadRequest, Conflict, Forbidden, NotFound, Unauthenticated, Unprocessable, responses
from api.schemas.accounts import (
    Account,
    AccountChange,
    AccountId,
    AuditEntry,
    AuditPage,
    AuditQuery,
    Colleague,
    IssuedPassword,
    NewAccount,
)
from api.security.access import Administrator, Reviewer, Supervisor
from api.security.keys import KeyHolder
from api.state import State
from api.storage.repositories.access import AuditFilter

router = APIRouter(prefix="/v1", tags=["accounts"], responses=responses(Unauthenticated, Forbidden))

Id = Annotated[AccountId, Path(description="The account's id.")]


@router.get("/colleagues", operation_id="listColleagues", summary="Who can be asked about a ticket")
def list_colleagues(state: State, _holder: Reviewer) -> list[Colleague]:
    """Enabled accounts that may review."""
    with state.database.reading() as uow:
        return [
            Colleague.model_validate(each)
            for each in uow.accounts.all()
            if each.disabled_at is None and each.role != "intake"
        ]


@router.get("/accounts", operation_id="listAccounts", summary="List accounts")
def list_accounts(state: State, _holder: Administrator) -> list[Account]:
    """All, by login; disabled ones too."""
    with state.database.reading() as uow:
        return [Account.model_validate(each) for each in uow.accounts.all()]


@router.post(
    "/accounts",
    status_code=201,
    operation_id="addAccount",
    summary="Make an account",
    responses=responses(BadRequest, Conflict, Unprocessable),
)
def post_account(demand: NewAccount, state: State, holder: Administrator) -> IssuedPassword:
    """The password is shown this once and must be changed at the first sign-in."""
    with state.database.transaction() as uow:
        issued = add_account(
            uow,
            _actor(holder),
            login=demand.login,
            name=demand.name,
            role=demand.role,
            may_download=demand.may_download,
            password=demand.password.get_secret_value() if demand.password else None,
        )
        return IssuedPassword(account=Account.model_validate(issued.account), password=issued.password)


@router.patch(
    "/accounts/{account_id}",
    operation_id="changeAccount",
    summary="Change, disable or enable an account",
    responses=responses(BadRequest, NotFound, Conflict, Unprocessable),
)
def patch_account(account_id: Id, demand: AccountChange, state: State, holder: Administrator) -> Account:
    """Disabling an account or changing its role ends its sessions."""
    with state.database.transaction() as uow:
        account = change_account(uow, _actor(holder), account_id, **demand.model_dump())
        return Account.model_validate(account)


@router.post(
    "/accounts/{account_id}/reset",
    operation_id="resetAccount",
    summary="Give an account a new password",
    responses=responses(NotFound, Unprocessable),
)
def post_reset(account_id: Id, state: State, holder: Administrator) -> IssuedPassword:
    """Lifts a lock and ends all sessions; the password must be changed at the next sign-in."""
    with state.database.transaction() as uow:
        issued = reset_password(uow, _actor(holder), account_id)
        return IssuedPassword(account=Account.model_validate(issued.account), password=issued.password)


@router.get("/audit", operation_id="listAudit", summary="Who saw and did what", responses=responses(Unprocessable))
def list_audit(state: State, _holder: Supervisor, query: Annotated[AuditQuery, Query()]) -> AuditPage:
    """Newest first; nothing in it is ever changed or removed."""
    narrowed = AuditFilter(query.actor, query.subject, query.action, query.since, query.until)
    with state.database.reading() as uow:
        rows = uow.access.audit_page(narrowed, query.limit + 1, query.cursor)
        shown = rows[: query.limit]
        names = uow.accounts.names([row.actor for row in shown])
    items = [AuditEntry.model_validate(row).model_copy(update={"actor_name": names.get(row.actor)}) for row in shown]
    return AuditPage(items=items, next_cursor=shown[-1].id if len(rows) > query.limit else None)


def _actor(holder: KeyHolder) -> Actor:
    return Actor(holder.kind, holder.key_id)
