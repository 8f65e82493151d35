"""From the stop to the draft: ten minutes of a consultation, recorded, listened to by the worker and drafted.

The chunks arrive as a tablet sends them: four seconds of WebM each, no faster than the listener takes them until the
last minute, and that one as fast as people speak. A program of its own, in an installation of its own:
    python -m benchmarks._stop < {"voice": […]}
"""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks import _heard, _scratch
from benchmarks._notes import SCRIPTS
from benchmarks._said import TALK

Figures = dict[str, float | int | str]
SECONDS, LIVE, CHUNK = 600, 60, 4
BEHIND = 30  # seconds of sound that may wait before the next chunk is sent early
PATIENCE = 420
LISTENER = (sys.executable, "-m", "kalon.config.listener")


def figures(command: list[str]) -> Figures:
    """The figures, measured by a program of its own."""
    here = Path(__file__).parents[1]
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks._stop"], input=json.dumps(command), cwd=here, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": f"{here / 'src'}:{here}"}, check=False,
    )  # fmt: skip
    if made.returncode:
        print(made.stderr[-2000:], file=sys.stderr)
        raise SystemExit("The recording from end to end could not be measured.")
    found: Figures = json.loads(made.stdout.splitlines()[-1])
    return found


def measured(command: list[str]) -> Figures:
    with _scratch.installation("voice-stop"):
        sound = _consultation(command)
        doctor, pk = _recording()
        with _listener() as worker:
            stopped, behind, chunks = _streamed(pk, sound, doctor)
            done = _until_drafted(pk, doctor)
            memory = _peak(worker)
        return _told(pk, doctor, done - stopped, behind, chunks) | {"listener_memory_mb": memory}


def _consultation(command: list[str]) -> Any:
    """Ten minutes of consultations, said sentence by sentence."""
    said = [one for script in SCRIPTS for one in re.split(r"(?<=[.?!])\s+", script.said)]
    sound = _heard.joined(_heard.spoken(command, [*said, *TALK]))
    return sound[: SECONDS * _heard.RATE]


def _recording() -> tuple[Any, Any]:
    """A visit going on whose patient agreed, and its recording, begun."""
    from kalon.config.seed import spoken, year
    from kalon.config.seed.clinic import open_clinic
    from kalon.consents import actions as consents
    from kalon.consultations import queries as encounters
    from kalon.kernel import clock
    from kalon.kernel.tenancy import acting_as
    from kalon.patients import actions as patients
    from kalon.patients.rules import PatientDetails
    from kalon.voice import actions

    place = open_clinic()
    zone = ZoneInfo("Asia/Kolkata")
    day = datetime.now(zone) - timedelta(days=1)
    start = (day - timedelta(days=day.weekday() % 6)).replace(hour=10, minute=0, second=0, microsecond=0)
    with clock.at(start - timedelta(days=9)):
        for form in consents.bring_built_in(by=place.by["owner"]):
            consents.publish(form.pk, by=place.by["owner"])
        details = PatientDetails(
            given_name="Kashmira", family_name="Vartak", birth_date="1988-03-14", phone="+919846100001", gender="female"
        )
        patient = patients.register(details, by=place.by["frontdesk"])
    visit = year._comes(place, random.Random(3), patient, start)
    assert visit is not None, "no doctor was free"
    doctor = place.by["doctor"] if visit.doctor_id == place.doctors[0].pk else place.by["surgeon"]
    with clock.at(start + timedelta(minutes=9)):
        spoken._agrees(place, patient)
        with acting_as(doctor):
            found = encounters.of_appointment(visit.pk, seen_by=doctor)
        assert found is not None
        begun = actions.begin(found.pk, by=doctor)
    return doctor, actions.start(begun.pk, by=doctor).pk


@contextmanager
def _listener() -> Iterator[int]:
    """The worker that listens, as the launcher starts it."""
    worker = subprocess.Popen(LISTENER, env=os.environ, stdout=sys.stderr, start_new_session=True)
    try:
        yield worker.pid
    finally:
        os.killpg(worker.pid, signal.SIGTERM)
        worker.wait(30)


def _streamed(pk: Any, sound: Any, doctor: Any) -> tuple[float, float, int]:
    """Send the chunks; when the last one was sent, how much nobody had listened to then, and how many there were."""
    from kalon.voice import actions

    sent, number, began = 0.0, 0, time.perf_counter()
    for number, content in enumerate(_chunks(sound)):
        if sent and (sent >= SECONDS - LIVE or not _caught_up(pk, sent - BEHIND, doctor)):
            time.sleep(max(0.0, CHUNK - (time.perf_counter() - began)))
        began = time.perf_counter()
        actions.take_in(
            pk, actions.Sent(number, sha256(content).hexdigest(), "audio/webm;codecs=opus"), content, by=doctor
        )
        sent += CHUNK
        _scratch.progress(int(min(sent, SECONDS)), SECONDS, "seconds recorded")
    behind = len(sound) / _heard.RATE - _state(pk, doctor)[1] / 1000
    actions.finish(pk, number + 1, by=doctor)
    return began, behind, number + 1


def _caught_up(pk: Any, seconds: float, doctor: Any) -> bool:
    """Whether the listener is so far before a chunk's time has passed."""
    until = time.perf_counter() + CHUNK
    while time.perf_counter() < until:
        if _state(pk, doctor)[1] >= seconds * 1000:
            return True
        time.sleep(0.2)
    return False


def _chunks(sound: Any) -> Iterator[bytes]:
    """WebM as a browser's recorder gives it away: some seconds at a time, only the first with the header."""
    import av
    import numpy

    box = _Drained()
    with av.open(box, "w", format="webm", options={"live": "1", "cluster_time_limit": "1000"}) as target:
        stream = target.add_stream("libopus", rate=48_000, layout="mono")
        size = CHUNK * _heard.RATE
        for first in range(0, len(sound), size):
            for at in range(first, min(first + size, len(sound)), _heard.RATE // 50):
                piece = sound[at : at + _heard.RATE // 50]
                raised = numpy.interp(numpy.arange(3 * len(piece)) / 3, numpy.arange(len(piece)), piece)
                frame = av.AudioFrame.from_ndarray(
                    (raised * 32_767).astype("<i2")[None, :], format="s16", layout="mono"
                )
                frame.sample_rate, frame.pts, frame.time_base = 48_000, 3 * at, Fraction(1, 48_000)
                target.mux(stream.encode(frame))
            if first + size < len(sound) and (content := box.drained()):
                yield content
        target.mux(stream.encode(None))
    yield box.drained()


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


def _state(pk: Any, doctor: Any) -> tuple[str, int]:
    from kalon.kernel.tenancy import acting_as
    from kalon.voice import queries

    with acting_as(doctor):
        found = queries.session(pk, seen_by=doctor)
        return str(found.status), int(found.transcript.heard_ms)


def _until_drafted(pk: Any, doctor: Any) -> float:
    until = time.perf_counter() + PATIENCE
    while time.perf_counter() < until:
        if _state(pk, doctor)[0] == "DRAFTED":
            return time.perf_counter()
        time.sleep(0.05)
    raise SystemExit(f"No draft within {PATIENCE} seconds: {_state(pk, doctor)}")


def _told(pk: Any, doctor: Any, waited: float, behind: float, chunks: int) -> Figures:
    """The figures of a recording that is drafted; the words are made anonymous as for an engine outside."""
    from kalon.kernel.tenancy import acting_as
    from kalon.voice import actions, queries

    with acting_as(doctor):
        found = queries.session(pk, seen_by=doctor)
        lines, draft = queries.lines(found, seen_by=doctor), queries.latest_draft(pk, seen_by=doctor)
        words = found.transcript
        body = queries.draft_body(draft, seen_by=doctor) if draft else {"sections": {}}
    began = time.perf_counter()
    actions.register_people(pk, by=doctor)
    redacted = actions.anonymise(pk, "\n".join(line.text for line in lines), by=doctor)
    took = time.perf_counter() - began
    return {
        "recorded_seconds": round(words.heard_ms / 1000), "recorded_chunks": chunks, "recorded_words": words.words,
        "drafted_lines": sum(map(len, body["sections"].values())), "redacted_words": len(redacted.text.split()),
        "rtf_while_recording": round(words.took_ms / words.heard_ms, 3), "unheard_at_stop_seconds": round(behind, 1),
        "redact_seconds_10min": round(took, 2), "stop_to_draft_seconds_10min": round(waited + took, 2),
        "stop_to_draft_load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def _peak(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return round(next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM:")) / 1024)


if __name__ == "__main__":
    print(json.dumps(measured(json.load(sys.stdin))))
