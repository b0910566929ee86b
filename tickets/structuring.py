"""From a call to a ticket: every field read by its own module, dispatched by the duty list alone. Pure and offline."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice
from pathlib import Path

from tickets.assessment import Assessment, assess
from tickets.call import Call, Turn
from tickets.city.gazetteer import Gazetteer
from tickets.city.model import City, Duty
from tickets.classification.matter import Ranking
from tickets.classification.model import Floats, LinearModel
from tickets.classification.store import CityModels, city_models
from tickets.conversation import Conversation
from tickets.dispatch.co_handlers import concerned
from tickets.evidence import Evidence, Found, cite, distinct
from tickets.fields.amount import read_amount
from tickets.fields.appeal import read_appeal
from tickets.fields.callback import read_callback
from tickets.fields.contact import Caller, read_caller
from tickets.fields.emergency import Emergency
from tickets.fields.flags import FLAGS, flags_with_duty
from tickets.fields.occurrence import read_occurrence
from tickets.fields.people import read_people
from tickets.fields.place import MatterPlace, locate, mentions
from tickets.fields.repeat_call import read_repeat_call
from tickets.fields.tagging.reader import FieldModels, FieldReader, packaged_models
from tickets.fields.urgency import read_urgency
from tickets.further_matters import read_further_matters, told_last
from tickets.reasons import write_reasons
from tickets.review import DEFAULT_PRECISION, decide_mode, wanted_precision
from tickets.summary import spoken_for, write_summary, write_title
from tickets.ticket import Candidate, Contact, Disposition, Ticket, TicketPlace

CANDIDATES = 5
SURE_SHARE, GUESSED_SHARE = 0.5, 0.2
_PAUSE = re.compile(r"[,，。！？!?、]")
CITED_CLAUSES, MOST_CLAUSES = 2, 400


@dataclass(frozen=True)
class Prepared:
    """What is built once from a city: gazetteer and models."""

    gazetteer: Gazetteer
    models: CityModels
    field_models: FieldModels

    @property
    def model(self) -> LinearModel:
        """The model that tells duties apart."""
        return self.models.matter


def prepare(city: City, cache: Path | None = None) -> Prepared:
    """Build (or read from the cache) what structuring needs; call it at start so that the first call isn't slow.

    Args:
        city: a loaded city; its version and folder are the key.
        cache: folder of trained models, the user's cache folder when None.
    """
    return _prepared(city, city.folder, cache)


@lru_cache(maxsize=4)
def _prepared(city: City, _folder: Path | None, cache: Path | None) -> Prepared:
    return Prepared(Gazetteer(city), city_models(city, cache), packaged_models())


def structure(call: Call, city: City, *, precision: float = DEFAULT_PRECISION) -> Ticket:
    """Write the ticket of a call.

    Args:
        call: what was said.
        city: whose duty list, places and wording hold.
        precision: wanted share of right ones among the tickets that go out without a person.
    """
    return write_judged(judge(call, city, precision=precision), city)


@dataclass(frozen=True)
class Judgement:
    """What is decided about a call before its ticket is written, who calls, and how sure that is.

    ``threshold`` is the least confidence of what goes out without a person.
    """

    conversation: Conversation
    assessment: Assessment
    caller: Caller
    callback: Found[str | None]
    confidence: float
    threshold: float


def judge(call: Call, city: City, *, precision: float = DEFAULT_PRECISION, code: str | None = None) -> Judgement:
    """Decide about a call.

    Args:
        call: what was said.
        city: whose duty list, places and wording hold.
        precision: wanted share of right ones among the tickets that go out without a person.
        code: the duty that somebody else chose; the confidence then is that of this duty.
    """
    prepared = prepare(city)
    conversation = Conversation(call)
    assessment = assess(conversation, city, prepared.gazetteer, prepared.models.matter, prepared.models.danger)
    if code is not None:
        assessment = replace(assessment, ranking=assessment.ranking.led_by(code))
    own = told_last(conversation, city, prepared.models.matter, assessment.duty)
    if own is not None and (there := locate(own, mentions(own, prepared.gazetteer))).place is not None:
        assessment = replace(assessment, place=there)
    return Judgement(
        conversation,
        assessment,
        caller=read_caller(conversation),
        callback=read_callback(conversation),
        confidence=prepared.models.calibration.confidence(assessment),
        threshold=prepared.models.calibration.least_confidence(
            wanted_precision(precision, grassroots=assessment.duty.level == "grassroots"),
            emergency=assessment.duty.level == "emergency",
        ),
    )


def write_judged(judgement: Judgement, city: City) -> Ticket:
    """Write the ticket of what was decided about a call."""
    if judgement.assessment.nothing.value is not None:
        return _without_matter(judgement.conversation.call, city, judgement)
    return _with_matter(judgement.conversation, city, prepare(city), judgement)


def _with_matter(conversation: Conversation, city: City, prepared: Prepared, verdict: Judgement) -> Ticket:
    assessment, caller, callback = verdict.assessment, verdict.caller, verdict.callback
    place, emergency, ranking = assessment.place, assessment.emergency, assessment.ranking
    duty, lead, handover = assessment.duty, assessment.lead, assessment.handover
    flags = flags_with_duty(assessment.flags, duty.level2)
    disposition = _disposition(duty)
    answered = duty.level == "answer"
    fields = FieldReader(prepared.field_models, conversation, place)
    party = fields.party(disposition) if not answered else Found[str | None](None)
    detail = fields.detail(disposition)
    where = _ticket_place(place, detail.value)
    urgency = read_urgency(
        conversation,
        flags,
        emergency=disposition == "emergency",
        evidence_of_emergency=emergency.evidence,
        duty=duty.level2,
    )
    appeal = read_appeal(
        conversation,
        flags,
        emergency=disposition == "emergency",
        urgent=urgency.value == "urgent",
        party=party.value is not None,
        duty=duty,
        model=prepared.models.appeal,
    )
    if answered:
        urgency = Found("normal")
    claims = not answered and disposition != "emergency"
    amount = read_amount(conversation) if claims else Found[float | None](None)
    people = read_people(conversation) if not answered else Found[int | None](None)
    occurred = read_occurrence(conversation)
    repeat = read_repeat_call(conversation)
    further, further_evidence = read_further_matters(
        conversation, city, prepared.model, duty, lambda part: _place_of_part(part, prepared) or where
    )
    recognition = _recognition(conversation.call)
    confidence = verdict.confidence
    decision = decide_mode(
        duty,
        lead,
        flags,
        confidence,
        recognition,
        threshold=verdict.threshold,
        possible_danger=emergency.possible,
    )
    weights = prepared.model.weights_of(duty.code)
    text = conversation.citizen_text()
    co_handlers = concerned(duty, city.department_by_name, conversation, prepared.models.co_handlers)
    evidence = {
        "category": _category_evidence(ranking, emergency, conversation, prepared.model, weights),
        "appeal_type": appeal.evidence,
        "handover": emergency.evidence if disposition == "emergency" else (),
        "place": distinct([*place.evidence, *detail.evidence]),
        "contact": distinct(
            [*caller.evidence["surname"], *caller.evidence["gender"], *caller.evidence["anonymous"], *callback.evidence]
        ),
        "occurred": occurred.evidence,
        "urgency": urgency.evidence,
        "amount_yuan": amount.evidence,
        "people_affected": people.evidence,
        "party": party.evidence,
        "repeat_call": repeat.evidence,
        "flags": _flags_evidence(flags),
        "further_matters": further_evidence,
    }
    return Ticket(
        appeal_type=appeal.value,
        category=duty.code,
        disposition=disposition,
        lead=lead,
        co_handlers=co_handlers,
        handover=handover,
        place=where,
        contact=Contact(caller.surname, caller.gender, callback.value, caller.anonymous),
        occurred=occurred.value,
        urgency=urgency.value,
        amount_yuan=amount.value,
        people_affected=people.value,
        party=party.value,
        repeat_call=repeat.value,
        flags=tuple(flag for flag in FLAGS if flag in flags),
        title=write_title(
            duty,
            where,
            appeal.value,
            said=text,
            danger=_words_of_danger(conversation, emergency) if ranking.emergency else None,
            sure=ranking.shares[0][1] >= SURE_SHARE,
            guessed=ranking.shares[0][1] < GUESSED_SHARE,
        ),
        summary=write_summary(conversation, appeal.value, prepared.model, weights),
        candidates=_candidates(ranking.shares),
        confidence=confidence,
        mode=decision.mode,
        reasons=write_reasons(
            duty,
            lead,
            co_handlers=co_handlers,
            handover=handover,
            place=where,
            emergency=emergency,
            flags=flags,
            decision=decision,
            city_version=city.version,
        ),
        evidence=evidence,
        further_matters=further,
        city_version=city.version,
        service_connected=emergency.connected if disposition == "emergency" else None,
    )


def _without_matter(call: Call, city: City, verdict: Judgement) -> Ticket:
    nothing, flags, caller = verdict.assessment.nothing, verdict.assessment.flags, verdict.caller
    why = nothing.value or ""
    decision = decide_mode(
        None,
        None,
        flags,
        verdict.confidence,
        _recognition(call),
        threshold=verdict.threshold,
        possible_danger=verdict.assessment.emergency.possible,
    )
    return Ticket(
        appeal_type=None,
        category=None,
        disposition="none",
        lead=None,
        co_handlers=(),
        handover=(),
        place=None,
        contact=Contact(caller.surname, caller.gender, verdict.callback.value, caller.anonymous),
        occurred=None,
        urgency="normal",
        amount_yuan=None,
        people_affected=None,
        party=None,
        repeat_call=False,
        flags=tuple(flag for flag in FLAGS if flag in flags),
        title=write_title(None, None, None, why_none=why),
        summary=f"{why}。",
        candidates=_candidates(verdict.assessment.ranking.shares),
        confidence=verdict.confidence,
        mode=decision.mode,
        reasons=(f"不派单：{why}。", *(f"待人工复核：{reason}。" for reason in decision.why_review)),
        evidence={"disposition": nothing.evidence, "flags": _flags_evidence(flags)},
        further_matters=(),
        city_version=city.version,
    )


def _disposition(duty: Duty) -> Disposition:
    match duty.level:
        case "redirect" | "emergency" | "answer":
            return duty.level
        case _:
            return "dispatch"


def _ticket_place(place: MatterPlace, detail: str | None) -> TicketPlace | None:
    if place.place is None:
        return None
    return TicketPlace(place.district, place.street, place.place.name, detail)


def _place_of_part(words: str, prepared: Prepared) -> TicketPlace | None:
    """The place that some words name by themselves."""
    part = Conversation(Call("part", (Turn("citizen", words),)))
    place = locate(part, mentions(part, prepared.gazetteer))
    if place.place is None:
        return None
    return _ticket_place(place, FieldReader(prepared.field_models, part, place).detail("dispatch").value)


def _candidates(shares: Sequence[tuple[Duty, float]]) -> tuple[Candidate, ...]:
    return tuple(Candidate(duty.code, duty.lead, round(share, 4)) for duty, share in shares[:CANDIDATES])


def _category_evidence(
    ranking: Ranking,
    emergency: Emergency,
    conversation: Conversation,
    model: LinearModel,
    weights: Floats,
) -> tuple[Evidence, ...]:
    """The words of danger, or the clauses that speak most for the duty."""
    if ranking.emergency:
        return emergency.evidence
    clauses = islice(conversation.citizen_clauses(), MOST_CLAUSES)
    scored = [(spoken_for(clause.text, model, weights), clause) for clause in clauses]
    best = sorted((item for item in scored if item[0] > 0), key=lambda item: -item[0])[:CITED_CLAUSES]
    return distinct(cite(conversation.call, clause.turn, clause.start, clause.end) for _, clause in best)


def _words_of_danger(conversation: Conversation, emergency: Emergency) -> str:
    """The citizen's first clause that holds a word of danger."""
    for turn in conversation.citizen:
        heard = [item.words for item in emergency.evidence if item.turn == turn]
        words = [word for word in heard if not _PAUSE.search(word)] or [_PAUSE.split(word)[0] for word in heard]
        for clause in conversation.clauses(turn):
            if any(word in clause.text for word in words):
                return clause.text
    return "情况待核实"


def _flags_evidence(flags: Mapping[str, tuple[Evidence, ...]]) -> tuple[Evidence, ...]:
    return distinct([item for items in flags.values() for item in items])


def _recognition(call: Call) -> float | None:
    """Mean confidence of the recogniser over the turns, weighted by their length; None where none is given."""
    said = [(turn.confidence, len(turn.text)) for turn in call.turns if turn.confidence is not None]
    length = sum(count for _, count in said)
    return sum(confidence * count for confidence, count in said) / length if length else None
