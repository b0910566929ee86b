from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ranges import ByteRange, UnsatisfiableRangeError, parse_range


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("bytes=0-9", ByteRange(0, 10)),
        ("bytes=90-", ByteRange(90, 100)),
        ("bytes=-10", ByteRange(90, 100)),
        ("bytes=-1000", ByteRange(0, 100)),
        ("bytes=50-1000", ByteRange(50, 100)),
        ("Bytes=007-008", ByteRange(7, 9)),
        ("bytes=0-" + "9" * 5000, ByteRange(0, 100)),
        ("bytes=-" + "9" * 5000, ByteRange(0, 100)),
        # Nothing that asks for a single range of bytes: the whole is sent.
        (None, None),
        ("", None),
        ("bytes=", None),
        ("bytes=-", None),
        ("bytes=5-2", None),
        ("bytes=a-b", None),
        ("bytes=１-２", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes 0-1", None),
    ],
)
def test_what_a_header_asks_for(header: str | None, expected: ByteRange | None) -> None:
    assert parse_range(header, 100) == expected


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0", "bytes=" + "9" * 5000 + "-"])
def test_nothing_of_the_range_exists(header: str) -> None:
    with pytest.raises(UnsatisfiableRangeError):
        parse_range(header, 100)


@given(st.integers(0, 300), st.integers(0, 300), st.integers(1, 250))
def test_a_range_is_what_a_slice_would_be(first: int, last: int, size: int) -> None:
    data = bytes(index % 251 for index in range(size))
    if last < first:
        assert parse_range(f"bytes={first}-{last}", size) is None
        return
    try:
        part = parse_range(f"bytes={first}-{last}", size)
    except UnsatisfiableRangeError:
        assert first >= size
        return
    assert part is not None
    assert data[part.start : part.end] == data[first : last + 1]
    assert part.length == len(data[first : last + 1])


@given(st.text(max_size=40), st.integers(0, 1000))
def test_no_header_breaks_it(header: str, size: int) -> None:
    for each in (header, f"bytes={header}"):
        with suppress(UnsatisfiableRangeError):
            part = parse_range(each, size)
            assert part is None or 0 <= part.start < part.end <= size
