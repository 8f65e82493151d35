"""An outside voice, as a program of its own: reads {"text", "file", "speed", "language"} by the line, writes WAV files.

    PYTHON_WITH_A_VOICE benchmarks/_speak.py < lines        # pip install hibari-tts, or apt install espeak-ng
English is said by hibari-tts where it is there; Hindi by espeak-ng, which says it in Devanagari. `--languages` names
what can be said here. Nothing of it is part of the product, and it imports nothing of the product.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module

ROBOTS = {"en": "en-gb", "hi": "hi"}


@cache
def voice(language: str) -> Callable[[str, str, float], None]:
    if language == "en":
        try:
            made = import_module("hibari").Hibari(threads=2)
        except ImportError:
            pass
        else:
            return lambda text, file, speed: made.save(text, file, speed=speed, seed=0)
    return lambda text, file, speed: robot(text, file, speed, ROBOTS[language])


def robot(text: str, file: str, speed: float, name: str) -> None:
    espeak = shutil.which("espeak-ng")
    if espeak is None:
        raise SystemExit(3)
    subprocess.run([espeak, "-v", name, "-s", str(round(150 * speed)), "-w", file, text], check=True)


def languages() -> dict[str, str]:
    """What can be said here, and by which voice."""
    found = dict.fromkeys(ROBOTS, "espeak-ng") if shutil.which("espeak-ng") else {}
    try:
        import_module("hibari")
    except ImportError:
        return found
    return {**found, "en": "hibari-tts"}


if __name__ == "__main__":
    if "--languages" in sys.argv:
        print(json.dumps(languages()))
        raise SystemExit(0)
    for line in sys.stdin:
        wanted = json.loads(line)
        voice(wanted["language"])(wanted["text"], wanted["file"], wanted["speed"])
