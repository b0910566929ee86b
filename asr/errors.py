"""Errors of the way from a recording to a transcript that a user can act on."""


class RecordingError(Exception):
    """A recording that cannot be processed.

    ``reason`` says what is wrong, ``remedy`` what to do; neither holds words of a citizen.
    ``code`` is stable and machine-readable (``empty``, ``truncated``, ``not_audio``, ``unsupported_codec``, …).
    """

    def __init__(self, code: str, reason: str, remedy: str) -> None:
        super().__init__(f"{reason} {remedy}")
        self.code = code
        self.reason = reason
        self.remedy = remedy
