"""Lets calls be found by what was said and by what their tickets say."""

from api.storage.unit_of_work import UnitOfWork


def index_call(uow: UnitOfWork, call_id: str) -> None:
    """Bring what a call is found by up to date; without transcript and ticket it is found by nothing."""
    recordings = uow.recordings.of_call(call_id)
    transcripts = uow.recordings.transcripts([recording.id for recording in recordings])
    said = [segment["text"] for each in transcripts.values() for segment in each.content.get("segments", ())]
    tickets = uow.reviews.tickets_of_call(call_id)
    words = "\n".join([*(f"{ticket.number}\n{ticket.search_text}" for ticket in tickets), *said])
    if words.strip():
        uow.search.put(call_id, words)
    else:
        uow.search.remove(call_id)
