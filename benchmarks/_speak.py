"""An outside voice, as a program of its own: reads {"text", "file", "speed"} by the line, writes each as a WAV file.

    PYTHON_WITH_A_VOICE benchmarks/_speak.py < lines        # pip install hibari-tts, or apt install espeak-ng
Nothing of it is part of the product, and it imports nothing of the product.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module


def voice() -> Callable[[str, str, float], None]:
    try:
        made = import_module("hibari").Hibari(threads=2)
    except ImportError:
        return robot
    return lambda text, file, speed: made.save(text, file, speed=speed, seed=0)


def robot(text: str, file: str, speed: float) -> None:
    espeak = shutil.which("espeak-ng")
    if espeak is None:
        raise SystemExit(3)
    subprocess.run([espeak, "-v", "en-gb", "-s", str(round(150 * speed)), "-w", file, text], check=True)


if __name__ == "__main__":
    say = voice()
    for line in sys.stdin:
        wanted = json.loads(line)
        say(wanted["text"], wanted["file"], wanted["speed"])
