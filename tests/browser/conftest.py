"""A clinic that answers on a real port, and real browsers in front of it.

The clinic's clock is held by the test (`house.time`), on the server as well as in the database, so that a visit of
Tuesday at ten can be lived on any day. Browsers, server and clinic are shared by the tests of this folder.
"""

import os
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler

import conftest as databases
import pytest
from django.core.servers.basehttp import ThreadedWSGIServer

from kalon.config.cli.browser import find as find_browser
from kalon.config.seed.clinic import open_clinic
from kalon.kernel import clock
from kalon.web import assets
from tests.browser.browsers import SLOW, Browsers
from tests.browser.house import House
from tests.journeys.story import MONDAY_EVENING, Story

MISSING = (
    "These tests drive a real browser and found none. Run: apt-get install -y chromium   "
    "(or name one: export KALON_BROWSER=/path/to/chromium)"
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker drives the browser, so that two cores are not shared by two of them."""
    for item in items:
        if "/tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.xdist_group("browser"))


@pytest.fixture(scope="package")
def house(template: str, django_db_blocker: Any) -> Iterator[House]:
    """The clinic on a port of its own, with a database of its own."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright keeps an event loop in this thread; we never await
    assets.build()
    name = os.environ["KALON_DATABASE"].replace("kalon_test_", "kalon_test_browser_", 1)
    databases._clone(template, name)
    kept = os.environ["KALON_DATABASE"]
    with django_db_blocker.unblock():
        databases._point(name)
        os.environ["KALON_DATABASE"] = name
        with clock.at(MONDAY_EVENING):
            story = Story(open_clinic())
        with Serving(story) as made:
            yield made
        os.environ["KALON_DATABASE"] = kept
        databases._point(kept)
    databases._drop(name)


@pytest.fixture(scope="package")
def browsers(house: House) -> Iterator[Browsers]:
    """The browser in which every person of a story gets a window of their own."""
    program = find_browser()
    if not program:
        pytest.fail(MISSING)
    with Browsers(program, house) as made:
        yield made


class Serving:
    """The product's own WSGI application on a free port, in threads, with the house's clock."""

    def __init__(self, story: Story) -> None:
        from kalon.config.wsgi import application

        self.house = House(story=story, time=MONDAY_EVENING, address="")
        self.server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
        self.server.set_app(self._at_its_time(application))
        self.server.daemon_threads = True
        self.house.address = f"http://localhost:{self.server.server_port}"

    def __enter__(self) -> House:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.house

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _at_its_time(self, application: Callable[..., Any]) -> Callable[..., Any]:
        def answer(environ: dict[str, Any], start_response: Any) -> Any:
            if SLOW and environ["PATH_INFO"].endswith(".js"):
                time.sleep(SLOW / 5)  # a script comes late; what is pressed before it is not lost
            with clock.at(self.house.tick()):
                return application(environ, start_response)

        return answer


class Quiet(WSGIRequestHandler):
    """Says nothing on the terminal."""

    def log_message(self, format: str, *args: object) -> None:
        pass
