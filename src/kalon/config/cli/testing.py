"""`test`, `check`, `journey`, `bench`: proving and measuring."""

import argparse
import inspect
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from importlib import import_module
from pathlib import Path

from kalon.config.cli import browser, ready
from kalon.config.installation import Installation

ROOT = Path(__file__).resolve().parents[4]
LONGEST_DAY = "test_every_page"
HALVES = ("first_half", "second_half")  # in which the longest day is lived
LONG_DAYS = ("test_surgical_journey", "test_voice_journey")


def test(arguments: list[str]) -> int:
    """The whole suite on every core, against a real PostgreSQL and a real browser."""
    from kalon.web import assets

    assets.build()
    program = browser.find_or_bring(Installation.from_environment().var / "browser")
    environment = {**os.environ, "KALON_BROWSER": program, "PYTHONPATH": str(ROOT / "src")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # or each of some fifty processes compiles all of it anew
    python = [sys.executable, "-m", "pytest"]
    if arguments:
        return subprocess.call([*python, *arguments], cwd=ROOT, env=environment)
    cores = os.cpu_count() or 2
    side_by_side = ["-n", str(cores), "--dist", "loadfile", "--no-loadscope-reorder", "--ignore=tests/browser"]
    worst = subprocess.call([*python, *side_by_side], cwd=ROOT, env=environment)
    with ThreadPoolExecutor(cores) as pool:
        days = [pool.submit(_day, [*python, *day], environment) for day in _days()]
        for day in as_completed(days):
            code, told = day.result()
            print(told, flush=True)
            worst = max(worst, code)
    return worst


def _days() -> list[list[str]]:
    """Each file of browser tests lives a day of its own, in a process of its own, in a clinic nobody has lived in.

    Most of such a day is waiting, so that as many are lived at once as there are cores; the longest begins first.
    """
    files = sorted(str(file.relative_to(ROOT)) for file in (ROOT / "tests/browser").glob("test_*.py"))
    longest = next(file for file in files if LONGEST_DAY in file)
    others = sorted((file for file in files if file != longest), key=lambda file: Path(file).stem not in LONG_DAYS)
    return [*([longest, "-k", half] for half in HALVES), *([file] for file in others)]


def _day(command: list[str], environment: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(
        command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return done.returncode, done.stdout


def journey(arguments: list[str]) -> int:
    """The executable stories."""
    chosen = ["-k", " and ".join(arguments)] if arguments else []
    return test(["tests/journeys", "-v", *chosen])


def check(arguments: list[str]) -> int:
    """Everything that can be said without running a use case."""
    argparse.ArgumentParser(prog="./kalon check").parse_args(arguments)
    python = [sys.executable, "-m"]
    steps = {
        "style": [*python, "ruff", "check", "."],
        "format": [*python, "ruff", "format", "--check", "."],
        "types": [*python, "mypy"],
        "imports": [str(Path(sys.executable).parent / "lint-imports")],
        "migrations": [*python, "django", "makemigrations", "--check", "--dry-run"],
        "deployment": [*python, "django", "check", "--deploy", "--fail-level", "WARNING"],
    }
    environment = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "kalon.config.settings",
        "KALON_HTTPS": "1",  # as a clinic is deployed
    }
    lease = ready.database(Installation.from_environment())  # the history of migrations is looked at, too
    failed = []
    for name, command in steps.items():
        print(f"── {name}", flush=True)
        if subprocess.call(command, cwd=ROOT, env=environment):
            failed.append(name)
    if lease:
        lease.close()
    print("All is well." if not failed else f"To mend: {', '.join(failed)}.")
    return 1 if failed else 0


def bench(arguments: list[str]) -> int:
    """Measure one case and write its figures."""
    cases = sorted(file.stem for file in (ROOT / "benchmarks").glob("*.py") if not file.stem.startswith("_"))
    parser = argparse.ArgumentParser(prog="./kalon bench")
    parser.add_argument("case", choices=cases)
    parser.add_argument("--scale", type=int, default=None, help="how much data; each case has its own default")
    parser.add_argument("--json", type=Path, default=None, metavar="FILE")
    parser.add_argument("--keep", type=Path, default=None, metavar="FOLDER", help="search: make the data here once")
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kalon.config.settings")
    case = import_module(f"benchmarks.{options.case}")
    kept = {"kept": options.keep} if options.keep else {}
    if kept and "kept" not in inspect.signature(case.run).parameters:
        parser.error(f"{options.case} makes its data anew each time: leave out --keep.")
    figures = case.run(options.scale or case.SCALE, **kept)
    width = max(map(len, figures))
    for name, value in figures.items():
        print(f"{name:<{width}}  {value}")
    if options.json:
        options.json.write_text(json.dumps({"case": options.case, "figures": figures}, indent=2) + "\n")
    return 0
