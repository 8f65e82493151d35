"""Silence, as long as is wished."""

import io
import wave


def wav(seconds: float) -> bytes:
    """So many seconds in which nothing is heard, as a WAV file."""
    box = io.BytesIO()
    with wave.open(box, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(b"\0\0" * int(8_000 * seconds))
    return box.getvalue()
