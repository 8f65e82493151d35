"""Fixtures of the whole suite: a database cloned from a template that is migrated once."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from tests.environment import HERE

from kalon.config import provision
from kalon.config.postgres import superuser_dsn

ROOT = Path(__file__).resolve().parent


def pytest_configure() -> None:
    """Hash passwords quickly: what is tested is that they are asked for, not how long they take."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def template() -> str:
    """A database with all migrations applied, remade when any migration or the SQL behind it changes."""
    digest = hashlib.sha256()
    for file in sorted(
        [
            *ROOT.glob("src/kalon/*/migrations/*.py"),
            *ROOT.glob("src/kalon/kernel/**/*.py"),
            *ROOT.glob("src/kalon/*/models/*.py"),
            *ROOT.glob("requirements/base.txt"),
            ROOT / "src/kalon/config/provision.py",
        ]
    ):
        digest.update(file.read_bytes())
    name = f"kalon_template_{digest.hexdigest()[:12]}"
    with (HERE.var / "template.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not _exists(name):
            _make_template(name)
    return name


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


@pytest.fixture
def own_database(template: str, django_db_blocker: Any) -> Iterator[str]:
    """A database for one test alone: commits stay, several connections and servers see it; dropped afterwards."""
    from django.db import connections

    name = f"{os.environ['KALON_DATABASE']}_own"
    _clone(template, name)
    before = connections["default"].settings_dict["NAME"]
    with django_db_blocker.unblock():
        _point(name)
        os.environ["KALON_DATABASE"], kept = name, os.environ["KALON_DATABASE"]
        yield name
        os.environ["KALON_DATABASE"] = kept
        _point(before)
    _drop(name)


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
    import subprocess
    import sys

    for old in _names("kalon_template_"):
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
    with _server() as link:
        return [
            row[0] for row in link.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [prefix])
        ]


def _exists(name: str) -> bool:
    return name in _names(name)


def _clone(template: str, name: str) -> None:
    _drop(name)
    statement = sql.SQL("CREATE DATABASE {} OWNER kalon_owner TEMPLATE {} STRATEGY file_copy")
    with (HERE.var / "template.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # a template may not be in use while it is copied
        with _server() as link:
            link.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def _drop(name: str) -> None:
    with _server() as link:
        link.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _point(name: str) -> None:
    from django.db import connections

    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
