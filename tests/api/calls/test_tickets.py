"""Tickets of calls: one a call, repeats write nothing, what is out with a department isn't pulled away silently."""

from collections.abc import Callable
from typing import Any

import pytest

from api.calls.dispatching import Handler, handlers_of
from api.storage.models import Recording, SubOrder, Ticket
from api.storage.unit_of_work import Database
from tests.api.conftest import told_of

Receive = Callable[..., Recording]
Write = Callable[..., None]

LAMPS: dict[str, Any] = {
    "disposition": "dispatch",
    "mode": "auto",
    "category": "CG01",
    "urgency": "normal",
    "title": "路灯不亮",
    "lead": {"department": "城管局", "level": "district", "district": "东湖区", "street": None},
    "co_handlers": ["供电公司", "住建局"],
    "handover": [],
    "place": {"district": "东湖区", "street": None, "name": "人民路", "detail": None},
}
FIRE: dict[str, Any] = {
    **LAMPS,
    "disposition": "emergency",
    "category": "EM01",
    "title": "楼道起火",
    "lead": None,
    "co_handlers": [],
    "handover": ["119"],
}


@pytest.fixture
def call_id(receive: Receive) -> str:
    return receive().call_id


def _ticket(database: Database, call_id: str) -> Ticket:
    with database.reading() as uow:
        call = uow.calls.get_full(call_id)
        assert call is not None
        assert call.ticket is not None
        assert len(call.ticket.versions) == call.ticket.version
        return call.ticket


def _orders(database: Database, call_id: str) -> list[SubOrder]:
    ticket = _ticket(database, call_id)
    return [order for order in ticket.sub_orders if order.state != "已撤回"]


def test_an_automatic_ticket_goes_to_lead_and_co_handlers(database: Database, call_id: str, write: Write) -> None:
    write(call_id, LAMPS)
    ticket = _ticket(database, call_id)
    assert (ticket.state, ticket.version, ticket.redispatch_count) == ("已派发", 1, 0)
    assert [(order.role, order.department, order.district) for order in ticket.sub_orders] == [
        ("主办", "城管局", "东湖区"),
        ("协办", "供电公司", None),
        ("协办", "住建局", None),
    ]
    with database.reading() as uow:
        events = uow.tickets.events(ticket.id)
        assert [event.kind for event in events] == ["created", "dispatched", "dispatched", "dispatched", "state"]
        assert told_of(uow, call_id) == [
            "ticket.created",
            "ticket.dispatched",
        ]


def test_repeated_steps_change_nothing(database: Database, call_id: str, write: Write) -> None:
    write(call_id, LAMPS)
    before = _ticket(database, call_id)
    write(call_id, LAMPS, new_revision=False)
    write(call_id, {**LAMPS, "title": "其他"}, new_revision=False)
    write(call_id, LAMPS)
    after = _ticket(database, call_id)
    assert (after.number, after.version) == (before.number, 1)
    assert [order.id for order in after.sub_orders] == [order.id for order in before.sub_orders]


def test_an_unsure_ticket_waits_for_an_operator(database: Database, call_id: str, write: Write) -> None:
    write(call_id, {**LAMPS, "mode": "review"})
    ticket = _ticket(database, call_id)
    assert (ticket.state, ticket.sub_orders, ticket.dispatched_version) == ("待审核", [], None)


@pytest.mark.parametrize(("disposition", "state"), [("answer", "已答复"), ("redirect", "办结"), ("none", "办结")])
def test_a_matter_without_handler_ends_by_itself(
    database: Database, call_id: str, write: Write, disposition: str, state: str
) -> None:
    write(call_id, {**LAMPS, "disposition": disposition, "lead": None, "co_handlers": []})
    ticket = _ticket(database, call_id)
    assert (ticket.state, ticket.sub_orders) == (state, [])


@pytest.mark.parametrize(("disposition", "state"), [("answer", "已答复"), ("none", "办结")])
def test_a_late_complaint_opens_a_ticket_that_ended_by_itself(
    database: Database, call_id: str, write: Write, disposition: str, state: str
) -> None:
    write(call_id, {**LAMPS, "disposition": disposition, "lead": None, "co_handlers": []})
    write(call_id, {**LAMPS, "mode": "review"})
    ticket = _ticket(database, call_id)
    assert (ticket.state, ticket.version, ticket.closed_at, ticket.sub_orders) == ("待审核", 2, None, [])
    with database.reading() as uow:
        last = uow.tickets.events(ticket.id)[-1]
        assert (last.kind, last.from_state, last.to_state, last.version) == ("state", state, "待审核", 2)
        assert last.reason
    write(call_id, LAMPS)
    assert _ticket(database, call_id).state == "已派发"


def test_an_unsure_ticket_is_not_opened_twice(database: Database, call_id: str, write: Write) -> None:
    write(call_id, {**LAMPS, "mode": "review"})
    write(call_id, {**LAMPS, "mode": "review", "title": "其他"})
    with database.reading() as uow:
        kinds = [event.kind for event in uow.tickets.events(_ticket(database, call_id).id)]
    assert kinds == ["created", "restructured"]


def test_an_emergency_alerts_although_a_person_has_edited_the_ticket(
    database: Database, call_id: str, write: Write
) -> None:
    write(call_id, LAMPS)
    with database.transaction() as uow:
        ticket = uow.tickets.of_call(call_id)
        assert ticket is not None
        version = uow.tickets.version(ticket.id, 1)
        assert version is not None
        version.created_by = "op_1"
    write(call_id, FIRE)
    write(call_id, FIRE)
    ticket = _ticket(database, call_id)
    assert (ticket.version, ticket.needs_review) == (1, True)
    with database.reading() as uow:
        assert [alert.services for alert in uow.calls.alert_page(10, None).items] == [["119"]]


def test_an_emergency_raises_one_alert_with_its_ticket(database: Database, call_id: str, write: Write) -> None:
    write(call_id, FIRE, send=False)
    write(call_id, FIRE)
    write(call_id, {**FIRE, "title": "楼道起火,有烟"})
    with database.reading() as uow:
        alerts = uow.calls.alert_page(10, None).items
        assert [(alert.call_id, alert.services, alert.title) for alert in alerts] == [(call_id, ["119"], "楼道起火")]
        kinds = told_of(uow, call_id)
        assert kinds.count("alert.raised") == 1


def test_an_emergency_that_needs_another_service_alerts_again(database: Database, call_id: str, write: Write) -> None:
    write(call_id, FIRE)
    write(call_id, {**FIRE, "handover": ["119", "120"]})
    with database.reading() as uow:
        assert [alert.services for alert in uow.calls.alert_page(10, None).items] == [["119", "120"]]
        kinds = told_of(uow, call_id)
        assert (kinds.count("alert.raised"), kinds.count("alert.changed")) == (1, 1)


def test_a_later_part_makes_a_new_version_of_the_same_ticket(database: Database, call_id: str, write: Write) -> None:
    write(call_id, LAMPS)
    before = _ticket(database, call_id)
    write(call_id, {**LAMPS, "title": "路灯不亮三天", "urgency": "urgent"})
    after = _ticket(database, call_id)
    assert (after.number, after.version, after.urgency) == (before.number, 2, "urgent")
    assert [version.fields["title"] for version in after.versions] == ["路灯不亮", "路灯不亮三天"]
    assert [order.id for order in _orders(database, call_id)] == [order.id for order in before.sub_orders]


def test_other_handlers_replace_those_that_have_not_begun(database: Database, call_id: str, write: Write) -> None:
    write(call_id, LAMPS)
    write(call_id, {**LAMPS, "lead": {"department": "供电公司", "level": "utility"}, "co_handlers": []})
    ticket = _ticket(database, call_id)
    assert [(order.round, order.department) for order in _orders(database, call_id)] == [(2, "供电公司")]
    assert [order.state for order in ticket.sub_orders].count("已撤回") == 3
    assert (ticket.redispatch_count, ticket.needs_review) == (1, False)


def test_a_handler_that_has_begun_keeps_the_ticket_until_a_person_decides(
    database: Database, call_id: str, write: Write
) -> None:
    write(call_id, LAMPS)
    with database.transaction() as uow:
        ticket = uow.tickets.of_call(call_id)
        assert ticket is not None
        uow.tickets.sub_orders(ticket.id)[0].state = "已签收"
    write(call_id, {**LAMPS, "lead": {"department": "供电公司", "level": "utility"}, "co_handlers": []})
    assert [order.department for order in _orders(database, call_id)] == ["城管局", "供电公司", "住建局"]
    assert _ticket(database, call_id).needs_review


def test_a_version_that_a_person_wrote_is_not_overwritten(database: Database, call_id: str, write: Write) -> None:
    write(call_id, LAMPS)
    with database.transaction() as uow:
        ticket = uow.tickets.of_call(call_id)
        assert ticket is not None
        version = uow.tickets.version(ticket.id, 1)
        assert version is not None
        version.created_by = "op_1"
    write(call_id, {**LAMPS, "title": "其他"})
    ticket = _ticket(database, call_id)
    assert (ticket.version, ticket.needs_review) == (1, True)


def test_numbers_grow_from_call_to_call(database: Database, receive: Receive, write: Write) -> None:
    numbers = []
    for _ in range(3):
        call_id = receive().call_id
        write(call_id, LAMPS)
        numbers.append(int(_ticket(database, call_id).number))
    assert numbers == [numbers[0], numbers[0] + 1, numbers[0] + 2]


def test_only_a_dispatched_matter_has_handlers() -> None:
    assert handlers_of({**LAMPS, "disposition": "redirect"}) == ()
    assert handlers_of({**LAMPS, "lead": None}) == ()
    assert handlers_of(LAMPS)[1] == Handler("协办", "供电公司")
