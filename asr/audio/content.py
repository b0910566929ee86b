"""Says what a file is by its first bytes, so that an error can name it."""

HEAD_BYTES = 4096

_AUDIO_MAGIC: tuple[bytes, ...] = (
    b"RIFF",
    b"RIFX",
    b"RF64",
    b"riff",
    b"fLaC",
    b"OggS",
    b"#!AMR",
    b"FORM",
    b"caff",
    b".snd",
    b"ID3",
)
_AUDIO_MAGIC += (b"\x1aE\xdf\xa3", b"0&\xb2u\x8ef\xcf\x11")  # Matroska (EBML), ASF

_OTHER_MAGIC = {
    b"PK\x03\x04": "a ZIP archive or an Office document",
    b"PK\x05\x06": "an empty ZIP archive",
    b"%PDF": "a PDF document",
    b"\x1f\x8b": "a gzip archive",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"\xd0\xcf\x11\xe0": "an Office document",
    b"\x89PNG": "a picture (PNG)",
    b"\xff\xd8\xff": "a picture (JPEG)",
    b"GIF8": "a picture (GIF)",
    b"BM": "a picture (BMP)",
    b"MZ": "a Windows program",
    b"\x7fELF": "a program",
    b"SQLite format 3": "a database",
}
_PLAYLIST_MAGIC = (b"#extm3u", b"[playlist]", b"ffconcat")


def has_audio_header(head: bytes) -> bool:
    """Whether the file begins as an audio container does (MP3 without tags has no such beginning)."""
    return head.startswith(_AUDIO_MAGIC) or head[4:8] == b"ftyp"


def name_non_audio(head: bytes) -> str | None:
    """What the file is, in English, when its beginning shows that it is no audio; else None."""
    if has_audio_header(head):
        return None
    for magic, name in _OTHER_MAGIC.items():
        if head.startswith(magic) and (len(magic) > 2 or _two_letters_hold(head)):
            return name
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "a web page (HTML), perhaps an error page of the recording system"
    if not _is_text(head):
        return None
    if start.startswith(_PLAYLIST_MAGIC):
        return "a playlist, which names recordings but holds none"
    if start.startswith(b"<"):
        return "an XML or HTML text, perhaps an error message of the recording system"
    if start.startswith((b"{", b"[")):
        return "a JSON text, perhaps an error message of the recording system"
    return "a text"


def _two_letters_hold(head: bytes) -> bool:
    # Two letters alone are no proof: headerless G.711 may begin with them.
    if head.startswith(b"BM"):
        return len(head) > 14 and head[6:10] == b"\0\0\0\0"
    if head.startswith(b"MZ"):
        return b"This program" in head[:512] or b"PE\0\0" in head[:1024]
    return head[2:3] == b"\x08"  # gzip: deflate is its only method


def _is_text(head: bytes) -> bool:
    if not head or any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head):
        return False
    try:
        head.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start >= len(head) - 3 and error.start > 0
    return True
