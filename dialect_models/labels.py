"""The labels that a dialect can have."""

UNKNOWN = "unknown"
"""A dialect that has no label, or one that could not be told."""

LABELS = (
    "mandarin",
    "cantonese",
    "wu",
    "minnan",
    "hakka",
    "sichuan",
    "northeast",
    "zhongyuan",
    "xiang",
    "jin",
    "jianghuai",
    "gan",
    UNKNOWN,
)
