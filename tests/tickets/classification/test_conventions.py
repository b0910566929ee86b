"""Appeal types and co-handlers learnt from confirmed calls, and the rules where too little was confirmed."""

from dataclasses import replace

from tickets.call import Call, Turn
from tickets.city import load_city
from tickets.classification.confirmed import ConfirmedCall, confirmed_calls
from tickets.classification.conventions import FEWEST, Conventions, fit_conventions
from tickets.conversation import Conversation
from tickets.dispatch.co_handlers import concerned
from tickets.fields.appeal import read_appeal

CITY = load_city()
STORM = "我家门口的树倒了，路堵住了。"


def confirmed(index: int, code: str, appeal: str, co_handlers: tuple[str, ...] = ()) -> ConfirmedCall:
    call = Call(f"call {index}", (Turn("operator", "请讲。"), Turn("citizen", STORM)))
    ticket = {"appeal_type": appeal, "disposition": "dispatch", "co_handlers": list(co_handlers), "party": None}
    return ConfirmedCall(call, code, ticket)


def test_nothing_is_learnt_of_too_few() -> None:
    few = [confirmed(i, "GD01", "投诉" if i % 2 else "求助") for i in range(FEWEST)]
    assert fit_conventions(CITY, few) == Conventions()
    assert fit_conventions(CITY, []) == Conventions()


def test_a_duty_takes_the_type_that_its_confirmed_calls_had() -> None:
    calls = [confirmed(i, "GD01", "求助") for i in range(FEWEST)] + [
        confirmed(FEWEST + i, "CS01", "投诉") for i in range(FEWEST)
    ]
    model = fit_conventions(CITY, calls).appeal
    assert model is not None

    def of(code: str) -> str:
        conversation, duty = Conversation(calls[0].call), CITY.duty_by_code[code]
        return read_appeal(conversation, (), emergency=False, urgent=False, party=False, duty=duty, model=model).value

    assert (of("GD01"), of("CS01")) == ("求助", "投诉")


def test_a_co_handler_assists_where_it_did_in_confirmed_calls() -> None:
    first, second = CITY.duty_by_code["NV01"].co_handlers
    calls = [confirmed(i, "NV01", "投诉", (first,)) for i in range(FEWEST + 5)]
    model = fit_conventions(CITY, calls).co_handlers
    assert model is not None
    found = concerned(CITY.duty_by_code["NV01"], CITY.department_by_name, Conversation(calls[0].call), model)
    assert found == (first,)
    assert second not in found


def test_fitting_is_deterministic() -> None:
    calls = confirmed_calls(CITY)
    first, again = fit_conventions(CITY, calls), fit_conventions(CITY, calls)
    assert first == again
    assert first.appeal is not None
    assert first.co_handlers is not None


def test_a_call_of_a_duty_that_the_city_gave_up_is_left_out() -> None:
    gone = [replace(confirmed(i, "GD01", "求助"), code="ZZ99") for i in range(2 * FEWEST)]
    assert fit_conventions(CITY, gone) == Conventions()
