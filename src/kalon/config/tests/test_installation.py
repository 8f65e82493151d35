"""The folder of an installation and its secrets."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kalon.config.installation import SOCKET_PATH_LIMIT, Installation


def test_a_secret_is_made_once_and_readable_by_its_owner_only(tmp_path):
    here = Installation(tmp_path / "var")
    with ThreadPoolExecutor(8) as several:
        values = set(several.map(here.secret, ["context"] * 40))
    file = tmp_path / "var" / "secrets" / "context"
    assert values == {file.read_text()}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_two_installations_have_different_secrets(tmp_path):
    first, second = Installation(tmp_path / "a"), Installation(tmp_path / "b")
    assert first.secret("django") != second.secret("django")


def test_a_long_folder_gets_a_short_socket():
    long = Installation(Path("/srv") / ("x" * 120))
    assert len(str(long.socket_dir)) <= SOCKET_PATH_LIMIT
    assert long.socket_dir != Installation(Path("/srv") / ("y" * 120)).socket_dir
    assert Installation(Path("/srv/clinic")).socket_dir == Path("/srv/clinic/run")


def test_another_server_is_reached_as_the_address_says(tmp_path, monkeypatch):
    monkeypatch.delenv("KALON_DATABASE")
    here = Installation(tmp_path, "postgresql://clinic:secret@db.example:6432/house")
    settings = here.database("kalon_app")
    assert (settings["HOST"], settings["PORT"], settings["NAME"]) == ("db.example", "6432", "house")
    assert here.dsn("kalon_portal").startswith("postgresql://kalon_portal:")
    assert here.dsn("kalon_portal").endswith("@db.example:6432/house")
