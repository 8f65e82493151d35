"""`demo` and `serve`: web server, worker and live stream as children of this process; Ctrl-C ends them all."""

import argparse
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Mapping
from contextlib import suppress

from kalon.config import postgres
from kalon.config.cli import ready
from kalon.config.installation import Installation

PR_SET_PDEATHSIG = 1
PATIENCE_SECONDS = 90
RESTARTS, WITHIN_SECONDS = 5, 60  # a part that ends more often than this is beyond help


def demo(arguments: list[str]) -> int:
    """Everything from nothing: the clinic of the demonstration, with one login for each role."""
    port = _port("demo", arguments)
    here = Installation.from_environment()
    _say("Building the pages' assets …")
    from kalon.web import assets

    assets.build()
    _say("Starting the database …")
    return _serve(here, port, ready.demonstration(here))


def serve(arguments: list[str]) -> int:
    """Serve an installation that exists."""
    port = _port("serve", arguments)
    here = Installation.from_environment()
    from kalon.web import assets

    assets.build()
    return _serve(here, port, ready.everything(here))


def _port(verb: str, arguments: list[str]) -> int:
    """The port asked for; known to be free before anything slow begins."""
    parser = argparse.ArgumentParser(prog=f"./kalon {verb}")
    usual = int(os.environ.get("KALON_PORT", "8000"))
    parser.add_argument("--port", type=int, default=usual, help="0 takes a free one")
    port: int = parser.parse_args(arguments).port or _free_port()
    _must_be_free(port, verb)
    return port


def _serve(here: Installation, port: int, lease: object) -> int:
    address = f"http://127.0.0.1:{port}"
    live_port = int(os.environ.get("KALON_LIVE_PORT") or _free_port())
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kalon.config.settings",
        "KALON_VAR": str(here.var),
        "KALON_LIVE_PORT": str(live_port),
    }
    (here.var / "static").mkdir(exist_ok=True)
    parts = {
        "live stream": _Part(_live(live_port), environment),
        "web server": _Part(_web(port), environment),
        "worker": _Part(_worker(), environment, orphaned=signal.SIGKILL),
        "listener": _Part([sys.executable, "-m", "kalon.config.listener"], environment, orphaned=signal.SIGKILL),
    }
    try:
        _wait_until_ready(address, parts)
        print(f"ready {address}", flush=True)
        while True:
            time.sleep(0.3)
            for name, part in parts.items():
                if part.ended():
                    _say(f"The {name} ended by itself; starting it again.")
                    part.restart(name)
    except KeyboardInterrupt:
        return 0
    finally:
        for part in parts.values():
            part.ask_to_end()
        for part in parts.values():
            part.end()
        _let_go(here, lease)


class _Part:
    """A child process and whatever it starts: one process group, ended with its parent."""

    def __init__(self, command: list[str], environment: Mapping[str, str], orphaned: int = signal.SIGTERM) -> None:
        self.command, self.environment, self.orphaned = command, environment, orphaned
        self.restarts: deque[float] = deque(maxlen=RESTARTS)
        self.process = self._started()

    def _started(self) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            self.command, env=self.environment, start_new_session=True, preexec_fn=self._die_with_parent
        )

    def _die_with_parent(self) -> None:
        """Have the system end this child when its parent is killed (a worker would wait for the database instead)."""
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, self.orphaned)

    def ended(self) -> bool:
        return self.process.poll() is not None

    def restart(self, name: str) -> None:
        self._signal(signal.SIGKILL)  # what it left behind
        now = time.monotonic()
        if len(self.restarts) == RESTARTS and now - self.restarts[0] < WITHIN_SECONDS:
            raise SystemExit(f"The {name} keeps ending. The lines above say why; ./kalon doctor helps.")
        self.restarts.append(now)
        self.process = self._started()

    def ask_to_end(self) -> None:
        self._signal(signal.SIGTERM)

    def end(self) -> None:
        """Wait a little, then insist."""
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            _say("A part does not end; ending it by force.")
        self._signal(signal.SIGKILL)
        self.process.wait()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError):  # the whole group is gone already
            os.killpg(self.process.pid, number)


def _web(port: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--backpressure", "64", "--respawn-failed-workers",
        "--no-access-log", "--log-level", "warning",
        "kalon.config.wsgi:application",
    ]  # fmt: skip


def _live(port: int) -> list[str]:
    """Streams to open screens: one process for all of them; those still open are cut when it ends."""
    return [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--workers-kill-timeout", "1s", "--backlog", "1024", "--respawn-failed-workers",
        "--no-access-log", "--log-level", "warning", "--no-ws",
        "kalon.config.live:application",
    ]  # fmt: skip


def _worker() -> list[str]:
    """Everything but listening to speech, which takes long and keeps no message waiting in a process of its own."""
    procrastinate = [sys.executable, "-m", "django", "procrastinate", "worker"]
    return [*procrastinate, "--queues", "default", "--concurrency", "2"]


def _wait_until_ready(address: str, parts: Mapping[str, _Part]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if any(part.ended() for part in parts.values()):
            raise SystemExit("The server ended before it answered. The lines above say why; ./kalon doctor helps.")
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"The server did not answer within {PATIENCE_SECONDS} seconds. Run ./kalon doctor.")


def _let_go(here: Installation, lease: object) -> None:
    if lease is not None:
        lease.close()  # type: ignore[attr-defined]
        postgres.wait_until_stopped(here)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _must_be_free(port: int, verb: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SystemExit(f"Port {port} is in use. Choose another: ./kalon {verb} --port {port + 1}") from None


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
