"""From the sealed chunks of a take to plain samples: entered near the wanted moment, never the whole at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from kalon.kernel.actors import system
from kalon.kernel.tenancy import acting_as
from kalon.voice import queries
from kalon.voice.actions.listening import RATE, Samples
from kalon.voice.models import Chunk, VoiceSession
from kalon.voice.rules.turns import STEP_MS, Levels

EARLIER = 0.4  # seconds before the wanted moment at which a decoder must begin, to be in full voice there
Sides: TypeAlias = tuple[Levels, Levels]


class NotSound(Exception):
    """These bytes cannot be decoded."""


@dataclass(frozen=True, slots=True)
class Piece:
    """What is known of a chunk without opening it."""

    index: int
    begins: bool
    entry: int | None


@dataclass(slots=True)
class Decoded:
    """Samples from the wanted moment on; `entries`: which chunk can be entered at which second of the take.

    `sides`: how loud each of two channels is, every hundredth of a second; None where there is one.
    """

    samples: Samples
    ended: bool  # the take has no more than this
    entries: list[tuple[float, int]] = field(default_factory=list)
    sides: Sides | None = None

    @property
    def seconds(self) -> float:
        return len(self.samples) / RATE

    def enter_for(self, at: float, otherwise: int) -> int:
        """The latest chunk at which a listener may enter to hear everything from that second of the take on."""
        fit = [index for seconds, index in self.entries if seconds <= at - EARLIER]
        return max([otherwise, *fit])


def decoded(found: VoiceSession, pieces: Sequence[Piece], *, enter_at: int, start: float, most: float) -> Decoded:
    """At most `most` seconds of a take from its second `start` on; `pieces` are its chunks, the first begins it."""
    import av
    import numpy

    stream = _Stream(found, pieces, enter_at)
    parts: list[Any] = []
    entries: list[tuple[float, int]] = []
    first: float | None = None
    have, want = 0, int((start + most) * RATE)
    try:
        with av.open(stream, mode="r", buffer_size=16_384) as source:
            channels = 2 if source.streams.audio[0].codec_context.channels == 2 else 1
            resampler = av.AudioResampler(format="flt", layout="stereo" if channels == 2 else "mono", rate=RATE)
            for packet in source.demux(audio=0):
                stream.note(packet, entries)
                for frame in packet.decode():
                    if first is None:
                        first = float(frame.time or 0.0)
                    for plain in resampler.resample(frame):
                        parts.append(plain.to_ndarray().reshape(-1, channels))
                        have += plain.samples
                if first is not None and have + first * RATE >= want:
                    break
    except (av.error.FFmpegError, IndexError) as error:
        if first is None:
            raise NotSound("The sound of this recording cannot be read.") from error
    whole = numpy.concatenate(parts) if parts else numpy.zeros((0, 1), numpy.float32)
    from_sample = max(0, round((start - (first or 0.0)) * RATE))
    heard = numpy.clip(numpy.nan_to_num(whole[from_sample : from_sample + int(most * RATE)]), -1.0, 1.0)
    is_out = stream.is_out and have + (first or 0.0) * RATE < want
    return Decoded(heard.mean(axis=1), is_out, entries, _sides(heard))


def _sides(heard: Any) -> Sides | None:
    """How loud each of two channels is, in steps."""
    import numpy

    if heard.shape[1] != 2:
        return None
    step = RATE * STEP_MS // 1000
    whole = heard[: len(heard) // step * step].reshape(-1, step, 2)
    levels = numpy.sqrt((whole**2).mean(axis=1))
    return levels[:, 0].tolist(), levels[:, 1].tolist()


class _Stream:
    """The bytes of a take as a decoder reads them: its header, then the chunks from the one where it enters."""

    def __init__(self, found: VoiceSession, pieces: Sequence[Piece], enter_at: int) -> None:
        self.found, self.pieces = found, pieces
        self.by = system("voice", found.organization_id)
        self.is_out = False
        self.at = 0
        self.marks: list[tuple[int, int]] = []  # where in these bytes the entry of which chunk stands
        self.held = b""
        self.following = self._bytes(enter_at)

    def read(self, size: int) -> bytes:
        while len(self.held) < size and not self.is_out:
            more = next(self.following, None)
            if more is None:
                self.is_out = True
            else:
                self.held += more
        given, self.held = self.held[:size], self.held[size:]
        return given

    def note(self, packet: Any, entries: list[tuple[float, int]]) -> None:
        """Remember at which second a chunk's entry is heard."""
        while self.marks and packet.pos is not None and packet.pos >= self.marks[0][0]:
            if packet.pts is None or packet.time_base is None:
                return
            entries.append((float(packet.pts * packet.time_base), self.marks.pop(0)[1]))

    def _bytes(self, enter_at: int) -> Iterator[bytes]:
        first = self.pieces[0]
        rest = [one for one in self.pieces if one.index >= enter_at]
        if enter_at > first.index and rest[0].entry is not None:
            yield self._tell(_opened(self.found, first.index, self.by)[: first.entry])
            content = _opened(self.found, rest[0].index, self.by)[rest[0].entry :]
            self.marks.append((self.at, rest[0].index))
            yield self._tell(content)
            rest = rest[1:]
        else:
            rest = list(self.pieces)
        for one in rest:
            content = _opened(self.found, one.index, self.by)
            if one.entry is not None:
                self.marks.append((self.at + one.entry, one.index))
            yield self._tell(content)

    def _tell(self, content: bytes) -> bytes:
        self.at += len(content)
        return content


def _opened(found: VoiceSession, index: int, by: Any) -> bytes:
    """One chunk in clear, read in a unit of work of its own."""
    with acting_as(by):
        row = Chunk.objects.filter(session_id=found.pk, index=index).values_list("sealed", flat=True).first()
    if row is None:
        raise NotSound("A part of this recording is gone.")
    return queries.opened(bytes(row), found, queries.chunk_place(found.pk, index))
