"""What decides where a call goes: the duty, the lead by the duty list, the danger, or that there is no matter.

Apart from the writing of the ticket, so that a city's models can be tested on the very steps that tickets take.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tickets.city.gazetteer import Gazetteer
from tickets.city.model import City, Duty
from tickets.classification.alarm import DangerModels, hear_danger
from tickets.classification.matter import Ranking, rank
from tickets.classification.model import LinearModel
from tickets.conversation import Conversation
from tickets.dispatch.leads import Lead, lead_of
from tickets.evidence import Evidence, Found
from tickets.fields.emergency import Emergency
from tickets.fields.flags import read_flags
from tickets.fields.no_matter import read_no_matter
from tickets.fields.place import MatterPlace, locate, mentions

HARMFUL_FLAGS = frozenset({"self_harm", "threat", "malicious"})
CONFIDENT_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class Assessment:
    """The decision about a call; ``nothing`` holds why there is no matter, or None."""

    place: MatterPlace
    flags: Mapping[str, tuple[Evidence, ...]]
    emergency: Emergency
    ranking: Ranking
    nothing: Found[str | None]

    @property
    def duty(self) -> Duty:
        """The duty that ranks first."""
        return self.ranking.best

    @property
    def lead(self) -> Lead | None:
        """Who leads, by the duty list and the place."""
        return lead_of(self.duty, self.place.district, self.place.street)

    @property
    def handover(self) -> tuple[str, ...]:
        """The services of an emergency, the lawful channel of what is outside the remit, else nothing."""
        duty = self.duty
        if duty.level == "redirect":
            return (duty.lead,) if duty.lead else ()
        if duty.level != "emergency":
            return ()
        services = self.emergency.services or ((duty.lead,) if duty.lead else ())
        return services if not duty.lead or duty.lead in services else (duty.lead, *services)


def assess(
    conversation: Conversation, city: City, gazetteer: Gazetteer, matter: LinearModel, danger: DangerModels | None
) -> Assessment:
    """Decide about a call with a city's models."""
    place = locate(conversation, mentions(conversation, gazetteer))
    flags = read_flags(conversation)
    emergency = hear_danger(conversation, city, danger)
    ranking = rank(conversation, city, matter, emergency, flags)
    grave = emergency.now or not HARMFUL_FLAGS.isdisjoint(flags)
    nothing = (
        Found[str | None](None) if grave else read_no_matter(conversation, _tells_a_matter(conversation, city, matter))
    )
    return Assessment(place, flags, emergency, ranking, nothing)


def _tells_a_matter(conversation: Conversation, city: City, model: LinearModel) -> bool:
    """Whether the citizen's own words alone make the model sure of a duty that is dispatched."""
    shares = model.probabilities(model.decide([(conversation.text(turn), 1.0) for turn in conversation.citizen]))
    duty = city.duty_by_code.get(model.labels[int(shares.argmax())])
    return duty is not None and duty.dispatched and float(shares.max()) >= CONFIDENT_SHARE
