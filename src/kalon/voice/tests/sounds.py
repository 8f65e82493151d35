"""Sounds for the tests: silence, noise, music, and the spoken sentence in the containers of other browsers."""

import io
import wave
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from kalon.voice.tests.conftest import SPEECH

RATE = 16_000
FRAGMENTS = {"movflags": "frag_keyframe+empty_moov+default_base_moof", "frag_duration": "1000000"}


def wav(samples: Any, *, rate: int = RATE) -> bytes:
    """Samples from -1 to 1, one row for each channel, as a WAV file."""
    import numpy

    rows = numpy.atleast_2d(samples)
    box = io.BytesIO()
    with wave.open(box, "wb") as file:
        file.setnchannels(len(rows))
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((numpy.clip(rows, -1, 1).T * 32_767).astype("<i2").tobytes())
    return box.getvalue()


def noise(seconds: int) -> Any:
    """An air conditioner and a drill: hiss and hum."""
    import numpy

    dice = numpy.random.default_rng(5)
    at = numpy.arange(seconds * RATE) / RATE
    return dice.normal(0, 0.08, seconds * RATE) + 0.1 * numpy.sin(2 * numpy.pi * 50 * at)


def music(seconds: int) -> Any:
    """A waiting room's piano: three chords in turn, struck twice a second, with their overtones."""
    import numpy

    at = numpy.arange(seconds * RATE) / RATE
    beat = at % 0.5
    chords = numpy.array([[261.6, 329.6, 392.0], [220.0, 261.6, 329.6], [174.6, 220.0, 261.6]])
    which = (at // 2).astype(int) % len(chords)
    tones = sum(
        numpy.sin(2 * numpy.pi * chords[which, voice] * over * at) / over for voice in range(3) for over in (1, 2, 3)
    )
    return 0.12 * tones * numpy.exp(-4 * beat)


def speech() -> Any:
    """The spoken sentence as samples."""
    import av
    import numpy

    with av.open(io.BytesIO(SPEECH)) as source:
        resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
        parts = [one.to_ndarray().reshape(-1) for frame in source.decode(audio=0) for one in resampler.resample(frame)]
    return numpy.concatenate(parts)


def as_safari() -> bytes:
    """The spoken sentence as Safari records it: MP4 in fragments of a second, AAC."""
    return _encoded("mp4", "aac", FRAGMENTS)


def as_firefox() -> bytes:
    """The spoken sentence as Firefox may record it: Opus in Ogg pages."""
    return _encoded("ogg", "libopus", {})


def _encoded(container: str, codec: str, options: dict[str, str]) -> bytes:
    import av

    box = io.BytesIO()
    with av.open(box, "w", format=container, options=options) as target, av.open(io.BytesIO(SPEECH)) as source:
        stream = target.add_stream(codec, rate=48_000, layout="mono")
        resampler = av.AudioResampler(format="fltp" if codec == "aac" else "s16", layout="mono", rate=48_000)
        frames = [one for frame in source.decode(audio=0) for one in resampler.resample(frame)]
        for frame in (*frames, None):
            target.mux(stream.encode(frame))
    return box.getvalue()


def for_long(seconds: int) -> Iterator[bytes]:
    """The spoken sentence again and again as one WebM recording, in chunks of about ten seconds as they are made."""
    import av

    box = _Drained()
    with av.open(io.BytesIO(SPEECH)) as source:
        kept = [bytes(packet) for packet in source.demux(audio=0) if packet.dts is not None]
        with av.open(box, "w", format="webm", options={"cluster_time_limit": "5000", "live": "1"}) as target:
            stream = target.add_stream_from_template(source.streams.audio[0])
            for number in range(seconds * 50):
                packet = av.Packet(kept[number % len(kept)])
                packet.stream, packet.time_base = stream, Fraction(1, 1000)
                packet.pts = packet.dts = number * 20
                target.mux(packet)
                if number % 500 == 499:
                    yield box.drained()
    if rest := box.drained():
        yield rest


class _Drained:
    """A file that is only written, and emptied as it goes."""

    def __init__(self) -> None:
        self.held = bytearray()

    def write(self, content: bytes) -> int:
        self.held += content
        return len(content)

    def drained(self) -> bytes:
        given, self.held = bytes(self.held), bytearray()
        return given
