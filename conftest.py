"""Fixtures of the whole suite: a database cloned from a template that is migrated once."""

import fcntl
import gc
import hashlib
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from pathlib import Path
from threading import Barrier
from typing import Any

import hypothesis
import psycopg
import pytest
from psycopg import sql
from tests.environment import HERE

from kalon.config import provision
from kalon.config.postgres import superuser_dsn

ROOT = Path(__file__).resolve().parent
HANDS = 8  # of `at_once`
LONG = ("test_long", "any_order", "killed", "test_backups", "test_codes", "test_content", "tests/journeys")
TIDY_UP_AFTER = (20_000, 20, 20)  # objects, and how often the older ones with them
TEMPLATES_KEPT = 2  # of other states of the code, for whoever goes back and forth between them


def pytest_configure() -> None:
    """Hash passwords quickly, for only their being asked for is tested; a busy machine is no fault of what is drawn."""
    from django.conf import settings

    hypothesis.settings.register_profile(
        "kalon", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("kalon")
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole files, the longest early: a core that is done must not wait for a long one that began last.

    What needs no database comes first, but for one file that does: one worker makes its tables, the other works on.
    The types are the longest of those. The order within a file stays as it was.
    """
    size = Counter(item.path for item in items)
    on_database = {item.path for item in items if _is_on_database(item)}

    def turn(item: pytest.Item) -> tuple[bool, bool, bool, int, str]:
        file = item.path.relative_to(ROOT).as_posix()
        is_long = any(name in file for name in LONG)
        return "test_types" not in file, item.path in on_database, not is_long, -size[item.path], file

    items.sort(key=turn)
    if on_database:
        small = min(on_database, key=lambda path: (size[path], path))  # the same for every worker
        items.sort(key=lambda item: item.path != small)


def pytest_collection_finish() -> None:
    """What is loaded by now stays, so it is not looked through again whenever memory is tidied up."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*TIDY_UP_AFTER)


def _is_on_database(item: pytest.Item) -> bool:
    made = {"django_db_setup", "template"} & set(getattr(item, "fixturenames", ()))
    return bool(made) or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def template() -> str:
    """The name of a database with all migrations applied, remade when anything changes that decides the tables."""
    rooms = ("migrations/*", "models", "models/*", "lifecycles", "lifecycles/*", "kernel/**/*")
    files = {file for room in rooms for file in ROOT.glob(f"src/kalon/{'' if 'kernel' in room else '*/'}{room}.py")}
    digest = hashlib.sha256()
    for file in sorted({*files, ROOT / "requirements/base.txt", ROOT / "src/kalon/config/provision.py"}):
        if "tests" not in file.parts:
            digest.update(file.read_bytes())
    return f"kalon_template_{digest.hexdigest()[:12]}"


@pytest.fixture(scope="session")
def django_db_setup(template: str, django_db_blocker: Any) -> Iterator[None]:
    """This worker's database: a clone of the template, reached as `kalon_app` like the product does."""
    name = os.environ["KALON_DATABASE"]
    _clone(template, name)
    yield
    from django.db import connections

    with django_db_blocker.unblock():
        for alias in connections:
            connections[alias].close()
    _drop(name)


@pytest.fixture(scope="module")
def made_once(django_db_setup: None, django_db_blocker: Any) -> Iterator[Callable[[Callable[[], Any]], Any]]:
    """Make what the tests of a file begin with, once: each test undoes its own, the file's end undoes this.

    Hand it out with `tests.once.fresh`, for a test may change the rows it holds.
    """
    from django.db import connection, transaction

    with django_db_blocker.unblock(), transaction.atomic():

        def made(make: Callable[[], Any]) -> Any:
            with django_db_blocker.unblock():
                begun = make()
                connection.check_constraints()  # or each test would wait for what was deferred
            return begun

        with django_db_blocker.block():
            yield made
        transaction.set_rollback(True)


@pytest.fixture
def own_database(template: str, django_db_blocker: Any) -> Iterator[str]:
    """A database for one test alone: commits stay, several connections and servers see it; dropped afterwards."""
    from django.db import connections

    name, before = f"{os.environ['KALON_DATABASE']}_own", os.environ["KALON_DATABASE"]
    _clone(template, name)
    kept = {alias: connections[alias] for alias in connections}  # one of them may hold what the file began with
    with django_db_blocker.unblock():
        _point(name)
        yield name
        for alias in connections:
            connections[alias].close()
        _point(before)
        for alias, link in kept.items():
            connections[alias] = link
    _drop(name)


@pytest.fixture
def at_once(django_db_blocker: Any) -> Callable[[Callable[[int], Any]], list[Any]]:
    """Run work(0) … work(7) at the same moment, each on a connection of its own; a refusal is its answer.

    Wants `own_database`: the others see what one of them commits. A held clock is held for all of them.
    """
    from django.db import connections

    from kalon.kernel import clock
    from kalon.kernel.errors import DomainError

    def run(work: Callable[[int], Any]) -> list[Any]:
        start, held = Barrier(HANDS), clock.is_set()

        def one(which: int) -> Any:
            with django_db_blocker.unblock(), clock.at(held) if held else nullcontext():
                try:
                    start.wait()
                    return work(which)
                except DomainError as refusal:
                    return refusal
                finally:
                    connections.close_all()

        with ThreadPoolExecutor(HANDS) as pool:
            return list(pool.map(one, range(HANDS)))

    return run


@pytest.fixture
def as_owner(request: pytest.FixtureRequest) -> Iterator["psycopg.Connection[Any]"]:
    yield from _raw("kalon_owner", request)


@pytest.fixture
def as_app(request: pytest.FixtureRequest) -> Iterator["psycopg.Connection[Any]"]:
    """A plain SQL session as the web application's role: what an attacker with its password would have."""
    yield from _raw("kalon_app", request)


@pytest.fixture
def as_portal(request: pytest.FixtureRequest) -> Iterator["psycopg.Connection[Any]"]:
    yield from _raw("kalon_portal", request)


def _raw(role: str, request: pytest.FixtureRequest) -> Iterator["psycopg.Connection[Any]"]:
    if "own_database" not in request.fixturenames:
        request.getfixturevalue("django_db_setup")
    with psycopg.connect(HERE.dsn(role), autocommit=True) as link:
        yield link


def _make_template(name: str) -> None:
    for old in _names("kalon_template_")[:-TEMPLATES_KEPT]:
        _drop(old)
    making = f"{name}_making"
    _drop(making)
    code = "import django; django.setup(); from kalon.config import provision; provision.tables()"
    environment = {**os.environ, "KALON_DATABASE": making, "PYTHONPATH": os.pathsep.join(sys.path)}
    os.environ["KALON_DATABASE"], kept = making, os.environ["KALON_DATABASE"]
    try:
        provision.database(HERE)
    finally:
        os.environ["KALON_DATABASE"] = kept
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    if done.returncode:
        pytest.exit(f"The migrations do not apply:\n{done.stderr[-4000:]}", returncode=3)
    with _server() as link:
        link.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(making), sql.Identifier(name)))


def _server() -> "psycopg.Connection[Any]":
    return psycopg.connect(superuser_dsn(HERE), autocommit=True)


def _names(prefix: str) -> list[str]:
    """Databases of this server, oldest first."""
    query = "SELECT datname FROM pg_database WHERE starts_with(datname, %s) ORDER BY oid"
    with _server() as link:
        return [row[0] for row in link.execute(query, [prefix])]


def _clone(template: str, name: str) -> None:
    """A database of one's own, as the migrations leave it; makes the template first if need be."""
    statement = sql.SQL("CREATE DATABASE {} OWNER kalon_owner TEMPLATE {} STRATEGY file_copy")
    with (HERE.var / "template.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # a template may not be in use while it is copied
        _drop_orphans()
        _drop(name)
        if template not in _names(template):
            _make_template(template)
        with _server() as link:
            link.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def _drop_orphans() -> None:
    """Databases of test runs that were killed: their names hold the number of a process that is no more."""
    for name in _names("kalon_test_"):
        owner = re.match(r"kalon_test_[a-z0-9]+_(\d+)", name)
        if owner and not Path(f"/proc/{owner[1]}").exists():
            _drop(name)


def _drop(name: str) -> None:
    with _server() as link:
        link.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _point(name: str) -> None:
    """Connect to another database from now on, in this thread and in new ones."""
    from django.db import connections

    os.environ["KALON_DATABASE"] = name
    for alias in connections:
        connections.settings[alias]["NAME"] = name
        connections[alias] = connections.create_connection(alias)
