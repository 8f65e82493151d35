"""The API's description is a promise: it changes on purpose, with its snapshot."""

import json
from pathlib import Path

from django.test import Client
from ninja import Schema

SNAPSHOT = Path(__file__).with_name("openapi.json")


def test_the_description_is_the_snapshot():
    from kalon.config.urls import api

    now = json.loads(json.dumps(api.get_openapi_schema(), default=str))
    assert now == json.loads(SNAPSHOT.read_text()), "The API changed. If on purpose: python -m tests.house.redraw"


def test_every_schema_has_a_name_of_its_own():
    """The description knows schemas by their name alone: of two that share one, it would show only the last."""
    from kalon.config.urls import api

    api.get_openapi_schema()
    homes: dict[str, set[str]] = {}
    for schema in _below(Schema):
        if schema.__module__.startswith("kalon.") and not schema.__pydantic_generic_metadata__["origin"]:
            homes.setdefault(schema.__name__, set()).add(schema.__module__)
    assert len(homes) > 100
    assert {name: modules for name, modules in homes.items() if len(modules) > 1} == {}


def _below(schema: type[Schema]) -> list[type[Schema]]:
    return [one for child in schema.__subclasses__() for one in (child, *_below(child))]


def test_the_paths_that_others_script_against_are_there():
    paths = json.loads(SNAPSHOT.read_text())["paths"]
    wanted = {
        "/api/appointments/slots": {"get"},
        "/api/appointments/book": {"post"},
        "/api/appointments/{appointment_id}": {"get", "put"},
        "/api/appointments/{appointment_id}/check-in": {"post"},
        "/api/appointments/{appointment_id}/cancel": {"post"},
        "/api/appointments/{appointment_id}/reschedule": {"post"},
        "/api/appointments/today": {"get"},
        "/api/appointments/calendar": {"get"},
        "/api/doctor-schedules": {"post"},
        "/api/doctor-schedules/{id}": {"get", "put"},  # GET: of a doctor; PUT: one schedule
        "/api/doctor-schedules/generate-slots": {"post"},
        "/api/doctor-schedules/block-slots": {"post"},
        "/api/public/patients/register": {"post"},
        "/api/patient/me": {"get"},
        "/api/patient/consultations": {"get"},
        "/api/patient/bills": {"get"},
        "/api/patient/bills/{bill_id}/pay": {"post"},
    }
    missing = {path: verbs - set(paths.get(path, {})) for path, verbs in wanted.items()}
    assert {path: verbs for path, verbs in missing.items() if verbs} == {}


def test_the_description_is_served(db):
    answer = Client().get("/api/openapi.json")
    assert (answer.status_code, answer.json()["openapi"][:3]) == (200, "3.1")
