"""`demo` and `serve`: the web server and the worker as children of this process; Ctrl-C ends them all."""

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
from types import FrameType

from kalon.config import postgres
from kalon.config.cli import ready
from kalon.config.installation import Installation

PR_SET_PDEATHSIG = 1
PATIENCE_SECONDS = 90


def demo(arguments: list[str]) -> int:
    """Everything from nothing: the clinic of the demonstration, with one login for each role."""
    os.environ["KALON_DEMO"] = "1"
    options = _options("demo", arguments)
    here = Installation.from_environment()
    _say("Building the pages' assets …")
    from kalon.web import assets

    assets.build()
    _say("Starting the database …")
    lease = ready.everything(here)
    from kalon.config import seed

    seed.load()
    print("\n".join(seed.logins()), flush=True)
    return _serve(here, options.port, lease)


def serve(arguments: list[str]) -> int:
    """Serve an installation that exists."""
    options = _options("serve", arguments)
    here = Installation.from_environment()
    from kalon.web import assets

    assets.build()
    return _serve(here, options.port, ready.everything(here))


def _options(verb: str, arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"./kalon {verb}")
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("KALON_PORT", "8000")), help="0 takes a free one"
    )
    return parser.parse_args(arguments)


def _serve(here: Installation, wanted: int, lease: object) -> int:
    port = wanted or _free_port()
    _must_be_free(port)
    address = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "kalon.config.settings", "KALON_VAR": str(here.var)}
    children = [_child(_web(port), environment), _child(_worker(), environment)]
    signal.signal(signal.SIGTERM, _as_interrupt)
    try:
        _wait_until_ready(address, children)
        print(f"ready {address}", flush=True)
        while all(child.poll() is None for child in children):
            time.sleep(0.3)
        print("A part of the server ended by itself; stopping the rest.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    finally:
        _end(children)
        _let_go(here, lease)


def _web(port: int) -> list[str]:
    return [
        sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "2", "--blocking-threads", "4", "--backpressure", "64", "--no-access-log", "--log-level", "warning",
        "kalon.config.wsgi:application",
    ]  # fmt: skip


def _worker() -> list[str]:
    return [sys.executable, "-m", "django", "procrastinate", "worker", "--concurrency", "2"]


def _child(command: list[str], environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, env=environment, start_new_session=True, preexec_fn=_die_with_parent)


def _die_with_parent() -> None:
    """Have the system end this child when its parent is killed."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _as_interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _wait_until_ready(address: str, children: "list[subprocess.Popen[bytes]]") -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if any(child.poll() is not None for child in children):
            raise SystemExit("The server ended before it answered. The lines above say why; ./kalon doctor helps.")
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2) as answer:  # noqa: S310
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"The server did not answer within {PATIENCE_SECONDS} seconds. Run ./kalon doctor.")


def _end(children: "list[subprocess.Popen[bytes]]") -> None:
    for child in children:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGTERM)
    for child in children:
        try:
            child.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


def _let_go(here: Installation, lease: object) -> None:
    if lease is not None:
        lease.close()  # type: ignore[attr-defined]
        postgres.wait_until_stopped(here)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _must_be_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise SystemExit(f"Port {port} is in use. Choose another: ./kalon demo --port {port + 1}") from None


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)
