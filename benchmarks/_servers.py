"""A database for one case alone, and the product's web server on it."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg


@contextmanager
def database(name: str) -> Iterator[Any]:
    """An empty database with all tables, dropped afterwards; the installation it is in."""
    os.environ["KALON_DATABASE"] = name
    os.environ["DJANGO_SETTINGS_MODULE"] = "kalon.config.settings"
    from kalon.config import postgres, provision
    from kalon.config.installation import Installation

    here = Installation.from_environment()
    lease = postgres.ensure(here)
    sql(here, "postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    provision.database(here)
    import django

    django.setup()
    provision.tables()
    try:
        yield here
    finally:
        from django.db import connections

        for alias in connections:
            connections[alias].close()
        sql(here, "postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        if lease is not None:
            lease.close()


def sql(here: Any, database: str, statement: str) -> list[Any]:
    from kalon.config import postgres

    with psycopg.connect(postgres.superuser_dsn(here), dbname=database, autocommit=True) as link:
        cursor = link.execute(statement)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


@contextmanager
def served() -> Iterator[int]:
    """The product's web server, with the workers and threads of `./kalon serve`, on the loopback."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--backpressure", "64", "--no-access-log",
        "--log-level", "warning",
        "kalon.config.wsgi:application",
    ]  # fmt: skip
    server = subprocess.Popen(command)
    try:
        _wait_until_it_answers(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def _wait_until_it_answers(port: int, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise SystemExit("The web server ended by itself; start `./kalon serve` to see why.")
        try:
            link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            link.request("GET", "/healthz")
            if link.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("The web server did not answer within a minute.")
