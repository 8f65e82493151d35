"""The calendar: a day of twelve columns and 400 visits, asked of the server and drawn, dragged and saved in a browser.

Every visit takes a doctor and a room, so that it is drawn in two columns. The feed is asked for through the whole
stack in one process; the page is then opened in Chromium in front of a threaded server in this same process.
"""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as wall
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks._scratch import installation, median, p99, progress
from benchmarks.pages import _register, _signed_in, asked, statements

SCALE = 400  # visits of the day
COLUMNS = 6  # doctors, and as many rooms
MINUTES = 10
OPENINGS, DRAGS = 7, 5
UNDO = 10.0  # seconds in which a move can be undone; they are waited for, and not counted
FEW = 10

Figures = dict[str, float | int | str]

ALL_DRAWN = """() => {
  const drawn = document.querySelectorAll("article.ec-event.k-cal-ev").length;
  return drawn >= %d ? performance.now() : null;
}"""


@dataclass
class Clinic:
    """What the visits need of the clinic."""

    place: Any
    doctors: list[Any]
    rooms: list[Any]
    zone: ZoneInfo
    on: date

    @property
    def desk(self) -> Any:
        return self.place.by["frontdesk"]

    @property
    def address(self) -> str:
        columns = "".join(f"&doctor={one.pk}" for one in self.doctors) + "".join(f"&room={r.pk}" for r in self.rooms)
        return f"?date={self.on}{columns}"


def run(scale: int) -> Figures:
    """Measure the calendar of a day with `scale` visits."""
    from kalon.web import assets

    assets.build()
    with installation("calendar"):
        here = _clinic()
        client = _signed_in(here)  # type: ignore[arg-type]  # asks for the desk and the place, as the pages do
        feed = f"/appointments/calendar/events{here.address}"
        people = [_register(here, number) for number in range(1, 41)]  # type: ignore[arg-type]
        _book(here, people, range(FEW))
        few = statements(client, feed)
        visits = _book(here, people, range(FEW, scale))
        return {
            "calendar_visits": FEW + len(visits),
            "calendar_columns": 2 * COLUMNS,
            "feed_queries_small": few,
            **asked(client, feed, "feed"),
            **_in_a_browser(here, 2 * (FEW + len(visits))),
        }


# -- making the day


def _clinic() -> Clinic:
    """The clinic of the demonstration with six doctors and six rooms of its own, open from six to nine."""
    from kalon.config.seed.clinic import open_clinic
    from kalon.kernel import clock
    from kalon.people import actions as people
    from kalon.scheduling import actions as scheduling
    from kalon.scheduling.actions import ScheduleLine

    place = open_clinic()
    by, branch = place.system, place.branch
    doctors, rooms = [], []
    for number in range(COLUMNS):
        name = f"Room {number}"
        rooms.append(people.add_room(branch.pk, code=f"B{number}", name=name, kind="OTHER", buffer_minutes=0, by=by))
        doctors.append(people.add_staff(f"Dr Number {number}", kind="DOCTOR", by=by))
        for weekday in range(7):
            line = ScheduleLine(
                weekday=weekday, starts_at=wall(6), ends_at=wall(21), slot_minutes=10, valid_from=date(2020, 1, 1)
            )
            scheduling.set_schedule(doctors[-1].pk, branch.pk, line, by=by)
    zone = ZoneInfo(branch.timezone)
    return Clinic(place, doctors, rooms, zone, clock.today(zone) + timedelta(days=1))


def _book(here: Clinic, people: list[Any], numbers: range) -> list[Any]:
    """Visits of ten minutes, one doctor after another; the last hours of the day stay free to be dragged to."""
    from kalon.scheduling import actions
    from kalon.scheduling.actions import BookingRequest

    made = []
    for number in numbers:
        column, turn = number % COLUMNS, number // COLUMNS
        start = datetime.combine(here.on, wall(6), here.zone) + timedelta(minutes=MINUTES * turn)
        request = BookingRequest(
            patient_id=people[number % len(people)],
            branch_id=here.place.branch.pk,
            doctor_id=here.doctors[column].pk,
            room_id=here.rooms[column].pk,
            start=start,
            minutes=MINUTES,
        )
        made.append(actions.book(request, by=here.desk))
        progress(len(made), len(numbers), "visits")
    return made


# -- a browser


def _in_a_browser(here: Clinic, elements: int) -> Figures:
    from playwright.sync_api import sync_playwright

    from kalon.config.cli.browser import FLAGS, find

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in this thread; we never await
    cookie = _cookie(here)
    with _served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        context = browser.new_context(viewport={"width": 1600, "height": 1000}, base_url=address)
        context.add_cookies([{"name": cookie[0], "value": cookie[1], "url": address}])
        page = context.new_page()
        page.set_default_timeout(60_000)
        opened = [_open(page, here, elements) for _ in range(OPENINGS)]
        drags = [_drag(page, here, turn) for turn in range(DRAGS)]
        browser.close()
    return {
        "browser_openings": len(opened),
        "browser_elements": elements,
        "first_paint_median_ms": median([paint for paint, _ in opened]),
        "all_drawn_median_ms": median([drawn for _, drawn in opened]),
        "all_drawn_worst_ms": p99([drawn for _, drawn in opened]),
        "drags": len(drags),
        "drag_to_kept_median_ms": median([kept for kept, _ in drags]),
        "drag_to_saved_median_ms": median([saved for _, saved in drags]),
    }


def _open(page: Any, here: Clinic, elements: int) -> tuple[float, float]:
    """Open the page: seconds to the first paint, seconds until every visit is drawn in both of its columns."""
    page.goto(f"/appointments/calendar{here.address}")
    drawn = page.wait_for_function(ALL_DRAWN % elements).json_value()
    paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0")
    return paint / 1000, drawn / 1000


def _drag(page: Any, here: Clinic, turn: int) -> tuple[float, float]:
    """Drop a visit in free hours: seconds until its time is kept, and until it is saved, the undo aside."""
    event = page.locator("article.ec-event.ec-draggable:not([data-linked])").nth(turn)
    event.scroll_into_view_if_needed()
    box = event.bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(box["x"] + 32, box["y"] + 60, steps=3)
    page.evaluate("document.querySelector('.ec-main').scrollTop = 1e6")
    main = page.locator(".ec-main").bounding_box()
    page.mouse.move(box["x"] + 32, main["y"] + main["height"] - 60 - 24 * turn, steps=3)
    dropped = time.perf_counter()
    page.mouse.up()
    page.locator("[data-undo-move]").wait_for()
    kept = time.perf_counter() - dropped
    page.mouse.move(2, 2)  # not over the notice, which would wait
    page.locator("[data-undo-move]").wait_for(state="detached")
    page.locator(".k-cal-ev.is-pending").first.wait_for(state="detached")
    return kept, time.perf_counter() - dropped - UNDO


def _cookie(here: Clinic) -> tuple[str, str]:
    """The session of somebody at the desk: its name and its value."""
    from django.conf import settings

    client = _signed_in(here)  # type: ignore[arg-type]
    return settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def _served() -> Iterator[str]:
    """The product's own application on a free port, in threads."""
    from wsgiref.simple_server import WSGIRequestHandler

    from django.core.servers.basehttp import ThreadedWSGIServer
    from django.db import connections

    from kalon.config.wsgi import application

    class Quiet(WSGIRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    def answer(environ: Any, start_response: Any) -> Any:
        try:
            return application(environ, start_response)
        finally:
            connections.close_all()

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(answer)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
