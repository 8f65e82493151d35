"""A long recording: listened to in stretches, with no more memory at its end than at its beginning.

Forty minutes kept as samples would be 150 MB, six times what may be held.
"""

import gc
import re
from pathlib import Path
from typing import Any

from kalon.kernel import outbox
from kalon.kernel.actors import system
from kalon.voice import actions
from kalon.voice.actions.listening import Heard, use
from kalon.voice.rules.lines import Line
from kalon.voice.tests import sounds
from kalon.voice.tests.conftest import Room

MINUTES_40 = 2_400
GROWS = 24  # MB: what a decoder and its caches may come to hold


class Counting:
    """A listener that hears somebody in every stretch, and says nothing but how long it was."""

    name = "counting"

    def speech(self, samples: Any) -> list[tuple[float, float]]:
        return [(0.0, len(samples) / sounds.RATE)]

    def recognise(self, samples: Any, *, hotwords: str, language: str) -> Heard:
        assert abs(samples).max() > 0.02
        ms = round(len(samples) / 16)
        return Heard((Line(0, ms, f"{ms}"),), "en", 0.99)


def memory() -> float:
    gc.collect()
    found = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found is not None
    return int(found[1]) / 1024


def test_forty_minutes_are_listened_to_in_constant_memory(room: Room):
    found, count = room.recording(), 0
    for part in sounds.for_long(MINUTES_40):
        room.send(found.pk, count, part)
        count += 1
    actions.finish(found.pk, count, by=room.doctor)
    by = system("voice", found.organization_id)
    held: list[float] = []
    stretches = 0
    with use(Counting):
        while actions.hear(found.pk, by=by):
            stretches += 1
            if stretches % 8 == 0:
                held.append(memory())
        outbox.run_due()
    done = room.again(found)
    assert done.status == "DRAFTED" and abs(done.transcript.heard_ms - MINUTES_40 * 1000) < 100
    lines = room.lines(done)
    assert len(lines) == stretches > 80 and sum(int(line.text) for line in lines) == done.transcript.heard_ms
    assert max(held) - held[0] < GROWS, f"from {held[0]:.0f} to {max(held):.0f} MB"
