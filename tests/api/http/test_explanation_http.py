from typing import TYPE_CHECKING

from api.calls.ticketing import write_ticket
from api.security.keys import Scope
from tickets.call import Call
from tickets.city import load_city
from tickets.explanation.explain import explain
from tickets.structuring import structure

if TYPE_CHECKING:
    from conftest import Served

SAID = Call.from_json({"turns": [{"role": "citizen", "text": "望江区光明路的路灯不亮了，整条街黑乎乎的。"}]})


def test_the_explanation_of_the_current_version(served: "Served") -> None:
    client = served.client(Scope.REVIEW, Scope.INTAKE)
    call_id = client.post("/v1/recordings", files={"file": ("a.wav", b"audio")}).json()["call_id"]
    assert client.get(f"/v1/calls/{call_id}/explanation").status_code == 404
    served.write_ticket(call_id)
    assert client.get(f"/v1/calls/{call_id}/explanation").status_code == 404
    city = load_city()
    ticket = structure(SAID, city)
    with served.database.transaction() as uow:
        call = uow.calls.get(call_id, lock=True)
        assert call is not None
        call.revision += 1
        made = explain(SAID, city, ticket).to_json()
        write_ticket(
            uow, served.state.queue, call, ticket.to_json(), city.version, deliver_alerts=False, explanation=made
        )
    answer = client.get(f"/v1/calls/{call_id}/explanation").json()
    assert answer["version"] == 2
    assert answer["city_version"] == city.version
    assert answer["duties"][0]["code"] == "UT09"
    assert answer["duties"][0]["spoke_for"][0]["words"] in SAID.turns[0].text
    assert "explanation" not in client.get(f"/v1/calls/{call_id}/ticket").json()
    intake = served.client(Scope.INTAKE)
    assert intake.get(f"/v1/calls/{call_id}/explanation").status_code == 403
