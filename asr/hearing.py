"""Hears a call: what is said, by whom, in which dialect, each side with the model that fits it.

Roles are decided by what is said, and the citizen's dialect by how he says it, so the general model hears all first.
Only where the dialect then has a model of its own are the citizen's turns, and no others, heard again.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from asr.diarization.source import AudioSource
from asr.diarization.turns import SpeakerTurn
from asr.options import RecognitionOptions
from asr.recognition.dialects import DialectIdentifier
from asr.recognition.recogniser import Recogniser
from asr.recognition.written_turn import WrittenTurn
from asr.roles import SaidTurn, assign_roles
from asr.transcript import Dialect, Role

Progress = Callable[[float], None]

GENERAL_SHARE = 0.6
"""Share of the work that is done when the general model is and another may follow."""


@dataclass(frozen=True, slots=True)
class HeardCall:
    """The written turns that have words, in order, and the role of every turn that was found, by its index.

    ``models`` are the names of the speech models: ``speech`` heard all turns, or all but those that ``speech_citizen``
    heard.
    """

    turns: tuple[WrittenTurn, ...]
    roles: tuple[Role, ...]
    role_confidence: float
    dialect: Dialect
    models: Mapping[str, str]


class CallHearer:
    """Hears calls, one at a time. Models are loaded when first needed."""

    def __init__(self, options: RecognitionOptions, models_dir: Path) -> None:
        self._options = options
        self._recogniser = Recogniser(options, models_dir)
        self._dialects = DialectIdentifier(options, models_dir)

    def hear(
        self,
        source: AudioSource,
        turns: Sequence[SpeakerTurn],
        known: Mapping[str, Role],
        hotwords: Sequence[str] | None,
        progress: Progress,
    ) -> HeardCall:
        """Hear all turns, ordered by start. ``known`` are roles by speaker that the recorder states.

        Raises:
            WeightsError: A speech model is missing or is none.
            ClassifierError: The classifier of dialects is broken.
        """

        general_share = GENERAL_SHARE if self._dialects.routes else 1.0

        def first(share: float) -> None:
            progress(share * general_share)

        def second(share: float) -> None:
            progress(general_share + share * (1 - general_share))

        everything = range(len(turns))
        citizen = self._beforehand(turns, known)
        others = [index for index in everything if index not in citizen]
        general = self._recogniser.recognise(source, turns, hotwords, first, indices=others)
        roles, confidence = _roles(turns, general.turns, known)
        if not citizen:
            citizen = frozenset(index for index in everything if roles[index] == "citizen")
        dialect = self._dialects.identify(general, citizen)
        models = {"speech": general.model or self._options.model}
        routed = self._dialects.speech_model_for(dialect.label) if citizen else None
        if not routed:
            return HeardCall(general.turns, roles, confidence, dialect, models)
        own = self._recogniser.recognise(source, turns, hotwords, second, model=routed, indices=citizen)
        written = (*(turn for turn in general.turns if turn.index not in citizen), *own.turns)
        return HeardCall(
            tuple(sorted(written, key=lambda turn: turn.index)),
            roles,
            confidence,
            dialect,
            models | {"speech_citizen": own.model or routed},
        )

    def _beforehand(self, turns: Sequence[SpeakerTurn], known: Mapping[str, Role]) -> Collection[int]:
        """The citizen's turns that another model hears at once: dialect and every role are known before the call."""
        forced = self._dialects.forced
        if forced is None or any(turn.speaker not in known for turn in turns):
            return frozenset()
        if self._dialects.speech_model_for(forced.label) is None:
            return frozenset()
        return frozenset(index for index, turn in enumerate(turns) if known[turn.speaker] == "citizen")


def _roles(
    turns: Sequence[SpeakerTurn], written: Sequence[WrittenTurn], known: Mapping[str, Role]
) -> tuple[tuple[Role, ...], float]:
    """The role of every turn, and the chance that operator and citizen are told apart the right way round."""
    said = [SaidTurn(turns[turn.index].speaker, turn.text, turns[turn.index].start) for turn in written]
    assigned = assign_roles(said, known)
    prompts = {written[position].index for position in assigned.prompts}
    roles = dict(known) | dict(assigned.roles)
    return tuple(
        "other" if index in prompts else roles.get(turn.speaker, "other") for index, turn in enumerate(turns)
    ), assigned.confidence
