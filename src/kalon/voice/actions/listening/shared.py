"""One listener for every web process of this machine: a few seconds of sound in, what they say out, nothing kept.

    with serving(): …                # the listening worker, which has the speech model in memory anyway
    hear_order(sound)                # a web process, over a private socket; the model never grows there

A request and its answer are each four bytes of length and that many bytes: the sound, then JSON.
"""

import io
import json
import socket
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import BoundedSemaphore, Thread
from typing import Any

from django.conf import settings

from kalon.kernel.errors import Invalid, NotReady
from kalon.voice.actions.listening.port import RATE, CannotListen, Quick, Samples

MOST_BYTES = 512 * 1024
LONGEST = 10  # seconds
AT_ONCE = 4  # orders that are listened to or wait; more are told to use the buttons
NO_SOUND = "This is no sound. Hold the button, and speak."
NOBODY = "Nobody listens to spoken commands just now. Use the buttons."
TOO_SLOW = "It took too long to hear this. Use the buttons, or say it again."
BUSY = "Others are being listened to. Use the buttons, or say it again."


def hear_order(sound: bytes) -> str:
    """What is said in a few seconds of sound, in English; nothing where nobody speaks.

    Raises `Invalid` for what is no sound, `NotReady` where nobody listens, or not in time.
    """
    link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    with link:
        link.settimeout(settings.KALON_LISTENER_SECONDS)
        try:
            link.connect(settings.KALON_LISTENER)
            _send(link, sound)
            answer: dict[str, str] = json.loads(_received(link, MOST_BYTES))
        except TimeoutError as error:
            raise NotReady(TOO_SLOW) from error
        except (OSError, ValueError) as error:
            raise NotReady(NOBODY) from error
    if "no_sound" in answer:
        raise Invalid(NO_SOUND, field="sound")
    if "cannot" in answer:
        raise NotReady(answer["cannot"])
    return answer["text"]


@contextmanager
def serving() -> Iterator[None]:
    """Listen to orders in threads of this process meanwhile."""
    place = Path(settings.KALON_LISTENER)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    with _Server(str(place), _Order) as server:
        place.chmod(0o600)
        thread = Thread(target=server.serve_forever, name="orders", daemon=True)
        thread.start()
        try:
            yield
        finally:
            server.shutdown()
            place.unlink(missing_ok=True)


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 32
    places = BoundedSemaphore(AT_ONCE)


class _Order(socketserver.BaseRequestHandler):
    """One order of one web process."""

    server: _Server

    def handle(self) -> None:
        self.request.settimeout(settings.KALON_LISTENER_SECONDS)
        with suppress(OSError, ValueError):  # whoever asked has gone
            sound = _received(self.request, MOST_BYTES)
            if not self.server.places.acquire(blocking=False):
                _send(self.request, json.dumps({"cannot": BUSY}).encode())
                return
            try:
                answer = _heard(sound)
            finally:
                self.server.places.release()
            _send(self.request, json.dumps(answer).encode())


def _heard(sound: bytes) -> dict[str, str]:
    from kalon.voice.actions.listening import engine

    try:
        samples = _samples(sound)
        listener = engine()
        if not listener.speech(samples):
            return {"text": ""}
        if isinstance(listener, Quick):
            return {"text": listener.order(samples)}
        said = listener.recognise(samples, hotwords="", language="en")
    except CannotListen as error:
        return {"cannot": str(error)}
    except ValueError:
        return {"no_sound": ""}
    return {"text": " ".join(line.text for line in said.lines)}


def _samples(sound: bytes) -> Samples:
    """The first seconds of a sound; raises ValueError where it is none."""
    import av
    import numpy

    parts: list[Samples] = []
    have = 0
    try:
        with av.open(io.BytesIO(sound), mode="r") as source:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=RATE)
            for frame in source.decode(audio=0):
                for plain in resampler.resample(frame):
                    parts.append(plain.to_ndarray().reshape(-1))
                    have += plain.samples
                if have > LONGEST * RATE:
                    break
    except (av.error.FFmpegError, IndexError) as error:
        raise ValueError(NO_SOUND) from error
    return numpy.concatenate(parts)[: LONGEST * RATE] if parts else numpy.zeros(0, numpy.float32)


def _send(link: Any, content: bytes) -> None:
    link.sendall(len(content).to_bytes(4, "big") + content)


def _received(link: Any, most: int) -> bytes:
    """What the other side says in one piece; raises ValueError where it is too long, or breaks off."""
    size = int.from_bytes(_exactly(link, 4), "big")
    if size > most:
        raise ValueError("too long")
    return _exactly(link, size)


def _exactly(link: Any, size: int) -> bytes:
    got = bytearray()
    while len(got) < size:
        piece = link.recv(size - len(got))
        if not piece:
            raise ValueError("broken off")
        got += piece
    return bytes(got)
