"""Where the tests run: a real PostgreSQL of their own, started before Django is set up and shared by the workers."""

import os
from pathlib import Path

if "KALON_TESTING" not in os.environ:  # the workers inherit the folder as it is
    clinic = os.environ.get("KALON_VAR") or Path(__file__).resolve().parents[1] / "var"
    os.environ["KALON_VAR"] = str(Path(clinic).absolute() / "test")  # never the server that holds a clinic's data
    os.environ["KALON_TESTING"] = "1"
os.environ["KALON_CARELESS"] = "1"
os.environ["KALON_DEMO"] = "1"
os.environ["DJANGO_SETTINGS_MODULE"] = "kalon.config.settings"
os.environ["KALON_DATABASE"] = f"kalon_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}_{os.getpid()}"

from kalon.config import postgres
from kalon.config.installation import Installation

HERE = Installation.from_environment()
LEASE = postgres.ensure(HERE)  # held until this process ends
