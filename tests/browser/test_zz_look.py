from pathlib import Path
from typing import Any
import pytest
from tests.browser.test_recording import visit, spoken  # noqa
from tests.browser.browsers import DESKTOP, PHONE, TABLET, UPRIGHT
from kalon.voice import actions as voice
from kalon.voice.actions.listening import Heard, use
from kalon.voice.rules.lines import Line, Word
from kalon.voice.tests.conftest import chunks
from kalon.kernel import clock
from hashlib import sha256
OUT = Path("/tmp/look-verify"); OUT.mkdir(exist_ok=True)
SAID = ["Good morning, how was your skin after the last session?", "Red for one day, then the patch on the left cheek went lighter.",
 "Any blistering or darker marks after sun?", "No. I used the sunscreen. I am allergic to penicillin.", "Left malar patch about forty per cent lighter. This is melasma.",
 "Take cetirizine ten milligrams at night for five days.", "No retinol for five days. Come back in four weeks."]
class Told:
    name = "whisper base"
    def speech(self, samples: Any) -> Any:
        return [(0.1, len(samples) / 16000 - 0.1)]
    def recognise(self, samples: Any, *, hotwords: str, language: str) -> Heard:
        total = len(samples) / 16
        step = total / len(SAID); out = []
        for n, text in enumerate(SAID):
            ws = text.split(); w = step / len(ws)
            words = tuple(Word(t, round(n*step+i*w), round(n*step+(i+1)*w), 0.4 if t.startswith("blist") else 0.9) for i, t in enumerate(ws))
            out.append(Line(round(n*step), round((n+1)*step), text, words))
        return Heard(tuple(out), "en", 0.99)
def recorded(house, visit, finish=True):
    story = house.story
    with clock.at(house.tick()):
        found = voice.begin(visit.pk, by=story.doctor)
        voice.start(found.pk, by=story.doctor)
        parts = chunks()
        for i, p in enumerate(parts):
            voice.take_in(found.pk, voice.Sent(i, sha256(p).hexdigest(), "audio/webm"), p, by=story.doctor)
        voice.finish(found.pk, len(parts), by=story.doctor)
    with use(Told):
        while house.carry_out(): pass
    return found
def shots(browsers, path, name, who="owner@kalon.test", sizes=(("desktop", DESKTOP, False), ("tablet", TABLET, False), ("phone", PHONE, False), ("dark", DESKTOP, True)), act=None):
    for label, size, dark in sizes:
        with browsers.window(size, signed_in=who, dark=dark) as w:
            w.go(path)
            if act: act(w.page)
            w.page.wait_for_timeout(300)
            w.page.screenshot(path=OUT / f"{name}-{label}.png", full_page=label != "tablet")
            bad = w.violations()
            if w.overflow() > 0: bad.append(f"overflow {w.overflow()}")
            print(name, label, bad)
            w.complaints.clear()
def test_look(house, browsers, visit):
    found = recorded(house, visit)
    class Echo:
        name = "an engine outside"
        def __call__(self, text): return "Noted: " + text
    with clock.at(house.tick()):
        voice.register_people(found.pk, by=house.story.doctor)
        one = voice.ask(found.pk, "Brown patches on both cheeks for two years. PATIENT_A7X9K2 uses sunscreen.", Echo(), by=house.story.doctor)
        try: voice.ask(found.pk, "Nandini Iyer, 9846550191, has melasma.", Echo(), by=house.story.doctor)
        except Exception as e: print(e)
        voice.add_pattern(name="Locker", regex=r"\bLK-\d{4}\b", token="[LOCKER_REDACTED]", by=house.story.place.by["owner"])
    shots(browsers, f"/recordings/{found.pk}/read", "recording")
    shots(browsers, f"/patients/{visit.patient_id}/recordings", "tab")
    shots(browsers, "/recordings/sent", "sentlist")
    shots(browsers, f"/recordings/sent/{one.pk}", "sent")
    def tryit(page):
        page.get_by_label("Words to try it on").fill("My name is Ramesh Kumar, call nine eight double two zero four four five five six. Locker LK-4711, take Aspirin 75 mg.")
        page.get_by_role("button", name="Show what would leave").click(); page.wait_for_load_state()
    shots(browsers, "/recordings/patterns", "patterns", act=tryit)
    with clock.at(house.tick()):
        voice.hold(found.pk, "Complaint 12 of 2026", by=house.story.place.by["owner"])
        other = voice.begin(visit.pk, by=house.story.doctor); voice.discard(other.pk, "slip", by=house.story.doctor)
    shots(browsers, "/recordings/keeping", "keeping")
