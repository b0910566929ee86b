"""Refusals of review that the HTTP edge answers with a problem."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


class ClaimedError(Exception):
    """Another operator has the ticket."""

    def __init__(self, holder: str, until: datetime | None) -> None:
        super().__init__("该工单正由其他人员处理。")
        self.holder = holder
        self.until = until


class NotWaitingError(Exception):
    """The ticket waits for nobody."""

    def __init__(self) -> None:
        super().__init__("该工单当前不需要人工处理，可能已被处理；请刷新队列。")


class ClaimLostError(Exception):
    """The lease is over, or was never taken."""

    def __init__(self) -> None:
        super().__init__("您未领取该工单，或领取已过期；请重新领取后再操作。")


class ChangedError(Exception):
    """The ticket or transcript was changed since it was read."""

    def __init__(self) -> None:
        super().__init__("内容已被修改，请以当前内容为准重新核对。")


class ImpossibleError(Exception):
    """The present state of the ticket doesn't allow it; the message says why."""


class CollectedError(Exception):
    """A handler has begun with it."""

    def __init__(self) -> None:
        super().__init__("承办单位已签收，不能撤销；如需改派，请联系承办单位退回。")


class MaskedError(Exception):
    """Names and numbers are hidden from the one who would change them."""

    def __init__(self) -> None:
        super().__init__("该内容已隐去姓名和号码，须先查看并登记原因后才能修改。")


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a field: a JSON pointer below ``fields``, and why."""

    pointer: str
    detail: str


class InvalidFieldsError(Exception):
    """Fields that cannot stand together."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("；".join(mistake.detail for mistake in mistakes))
        self.mistakes = tuple(mistakes)
