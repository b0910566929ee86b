import random

from tickets.classification.handover import HandoverModel, ServiceSigns, fit_handover

SERVICES = ("110", "119", "120", "122")


def signs(heard: dict[str, float]) -> dict[str, ServiceSigns]:
    return {
        service: ServiceSigns(heard.get(service, 0.0), heard.get(service, 0.0), 0.0, 0.0, 0.0, 0.0, 0.0)
        for service in SERVICES
    }


def emergencies(number: int) -> tuple[list[tuple[dict[str, ServiceSigns], int]], list[tuple[str, frozenset[str]]]]:
    """Calls that sound like one service; whoever has symptoms needs 120 too."""
    draw = random.Random(5)
    heard, answers = [], []
    for _ in range(number):
        first = draw.choice(SERVICES)
        symptoms = draw.choice((0, 0, 2, 3))
        heard.append((signs({first: draw.uniform(0.6, 1.0)}), symptoms))
        answers.append((first, frozenset((first, "120") if symptoms else (first,))))
    return heard, answers


def test_learns_who_is_first_and_that_symptoms_need_an_ambulance() -> None:
    model = fit_handover(SERVICES, *emergencies(400))
    assert model is not None
    fire, certain = model.choose(signs({"119": 0.9}), 0)
    assert fire == ("119",)
    smoke, _ = model.choose(signs({"119": 0.9}), 3)
    assert smoke == ("119", "120")
    assert 0.5 < certain <= 1.0


def test_needs_enough_emergencies_of_every_service() -> None:
    heard, answers = emergencies(400)
    assert fit_handover(SERVICES, heard[:20], answers[:20]) is None
    no_fire = [number for number, (first, _) in enumerate(answers) if first != "119"]
    assert fit_handover(SERVICES, [heard[n] for n in no_fire], [answers[n] for n in no_fire]) is None


def test_reads_itself_back() -> None:
    model = fit_handover(SERVICES, *emergencies(200))
    assert model is not None
    stored = {"services": list(model.services), "first": list(model.first), "among": list(model.among)}
    assert HandoverModel.of(stored) == model
