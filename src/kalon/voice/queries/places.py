"""Where the sealed sound and words belong: they open nowhere else."""

from io import BytesIO
from typing import Any
from uuid import UUID

from kalon.kernel import crypto
from kalon.kernel.encrypted import is_erased


def chunk_place(session_id: UUID, index: int) -> str:
    return f"voice_chunk.{index}:{session_id}"


def span_place(transcript_id: UUID, from_ms: int) -> str:
    return f"voice_span.{from_ms}:{transcript_id}"


def sealed(content: bytes, of: Any, place: str) -> bytes:
    """Content under the row's own key and the half that opens with the patient's."""
    box = BytesIO()
    crypto.seal_file(BytesIO(content), box, of.data_key, place, half=bytes.fromhex(str(of.half)))
    return box.getvalue()


def is_gone(of: Any) -> bool:
    """Whether either half of its key is destroyed: its own, or the patient's."""
    return of.data_key is None or is_erased(of.half)


def opened(box: bytes, of: Any, place: str) -> bytes:
    """What was sealed; refused where either half of the key is destroyed."""
    if is_gone(of):
        raise crypto.KeyDestroyed
    return b"".join(crypto.unseal_chunks(BytesIO(box), of.data_key, place, half=bytes.fromhex(str(of.half))))
