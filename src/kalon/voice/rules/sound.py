"""Sound as browsers record it: which container it is, where it can be entered, and how much is taken."""

from dataclasses import dataclass

MOST_BYTES = 4 * 1024 * 1024  # of one chunk: a few seconds, even of uncompressed sound
MOST_CHUNKS = 20_000
MOST_SOUND = 700_000_000  # bytes of one recording: two hours of uncompressed stereo at 48 kHz are split into more

WEBM, MP4, OGG, WAV = "audio/webm", "audio/mp4", "audio/ogg", "audio/wav"
CONTAINERS = (WEBM, MP4, OGG, WAV)
ALSO = {"audio/x-wav": WAV, "audio/wave": WAV, "audio/x-m4a": MP4, "video/webm": WEBM, "video/mp4": MP4}
CLUSTER, MOOF, PAGE = b"\x1f\x43\xb6\x75", b"moof", b"OggS"
OGG_HEADER = 0x02  # the flag of a page that begins a stream


@dataclass(frozen=True, slots=True)
class Shape:
    """What the bytes of a chunk show: whether they begin a container, and where a listener can enter, if anywhere."""

    begins: str
    entry: int | None


def container_named(content_type: str) -> str:
    """The container that a content type names ("audio/webm;codecs=opus"); empty for one that is not taken."""
    plain = content_type.split(";")[0].strip().lower()
    plain = ALSO.get(plain, plain)
    return plain if plain in CONTAINERS else ""


def container_begun(head: bytes) -> str:
    """The container whose beginning these bytes are; empty where they are none."""
    if head[:4] == b"\x1a\x45\xdf\xa3" and b"webm" in head[:64]:
        return WEBM
    if head[4:8] == b"ftyp":
        return MP4
    if head[:4] == PAGE and len(head) > 5 and head[5] & OGG_HEADER:
        return OGG
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return WAV
    return ""


def shape_of(content: bytes, container: str) -> Shape:
    """Where a chunk begins a container anew, and the first place at which later sound can be entered."""
    begins = container_begun(content[:64])
    return Shape(begins, _entry(content, container, whole=bool(begins)))


def _entry(content: bytes, container: str, *, whole: bool) -> int | None:
    if container == WEBM:
        at = content.find(CLUSTER)
    elif container == MP4:
        at = content.find(MOOF) - 4
    elif container == OGG:
        at = _third(content, PAGE) if whole else content.find(PAGE)
    else:
        return None
    return at if at >= 0 else None


def _third(content: bytes, what: bytes) -> int:
    """The two pages before it hold the headers."""
    at = -1
    for _ in range(3):
        at = content.find(what, at + 1)
        if at < 0:
            return -1
    return at
