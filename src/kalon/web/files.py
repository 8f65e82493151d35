"""Files on their way out: shown in a page of ours, or taken away; never run, never kept by a cache between."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from django.http import StreamingHttpResponse

# A file may show itself and do nothing: no scripts, no requests, in no page but ours.
HARMLESS = (
    "default-src 'none'; img-src 'self' data:; object-src 'self'; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def shown(content: Iterator[bytes], *, content_type: str, size: int, name: str) -> StreamingHttpResponse:
    """A file shown where a page of ours points at it."""
    return _sent(content, content_type, size, f"inline; filename*=UTF-8''{quote(name)}")


def paper(drawn: bytes, name: str) -> StreamingHttpResponse:
    """A paper of ours, to open."""
    return shown(iter([drawn]), content_type="application/pdf", size=len(drawn), name=name)


def taken_away(content: Iterator[bytes], *, content_type: str, size: int, name: str) -> StreamingHttpResponse:
    """A file that the browser saves."""
    return _sent(content, content_type, size, f"attachment; filename*=UTF-8''{quote(name)}")


def facts_of(kept: Any) -> dict[str, Any]:
    """What the browser is told of a file as it is kept."""
    return {"content_type": kept.content_type, "size": kept.size, "name": kept.file_name}


def _sent(content: Iterator[bytes], content_type: str, size: int, disposition: str) -> StreamingHttpResponse:
    response = StreamingHttpResponse(content, content_type=content_type)
    for header, value in {
        "Content-Length": str(size),
        "Content-Disposition": disposition,
        "Content-Security-Policy": HARMLESS,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "SAMEORIGIN",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-store",
    }.items():
        response.headers[header] = value
    return response
