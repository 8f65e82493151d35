"""The repository itself: its rooms, its imports, its documents, its tables."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver

from kalon.kernel.lifecycle import REGISTRY, Staged, mermaid
from kalon.kernel.triggers import Declared

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "kalon"
CONTEXTS = (
    "people", "codes", "patients", "catalog", "documents", "papers", "messaging", "scheduling", "consultations",
    "orders", "plans", "consents", "inventory", "photos", "charts", "ledger", "pricing", "billing",
    "prescribing", "quotes", "entitlements", "installments", "voice", "tills", "reports", "portal",
    "purchasing", "theatre",
)  # fmt: skip
ROOMS = {
    "__init__", "lifecycles", "events", "models", "rules", "queries", "actions", "forms", "pages", "urls", "templates",
    "api", "fhir", "tasks", "reactions", "admin", "apps", "migrations", "tests",
}  # fmt: skip


def test_contexts_have_the_rooms_of_the_house_and_no_others():
    strange = [
        f"{context}/{entry.name}"
        for context in CONTEXTS
        for entry in (SOURCE / context).iterdir()
        if entry.stem not in ROOMS and not entry.name.startswith((".", "__pycache__"))
    ]
    assert strange == []


def test_imports_go_one_way_and_through_the_doors():
    linter = Path(sys.executable).parent / "lint-imports"
    paths = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}"}
    done = subprocess.run([linter], cwd=ROOT, env=paths, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_every_context_says_what_it_owns():
    for context in CONTEXTS:
        text = (SOURCE / context / "__init__.py").read_text()
        assert text.startswith('"""') and "own" in text.lower(), f"{context}/__init__.py does not say what it owns"


def test_every_table_says_who_may_reach_its_rows():
    bare = [
        model._meta.db_table
        for app in ("kernel", *CONTEXTS)
        for model in apps.get_app_config(app).get_models()
        if model._meta.managed
        and not any(
            isinstance(rule, Declared) and "GRANT" in rule.make(model._meta.db_table)
            for rule in model._meta.constraints
        )
    ]
    assert bare == []


def test_a_table_with_a_status_has_its_lifecycle_in_the_database():
    for model in apps.get_models():
        if issubclass(model, Staged) and ".tests." not in model.__module__:
            assert model._meta.label in REGISTRY, f"{model._meta.label} has a status and no lifecycle"
            names = {rule.name for rule in model._meta.constraints}
            table = model._meta.db_table
            assert {f"{table}_status_moves", f"{table}_history"} <= names


@pytest.mark.parametrize("label", sorted(REGISTRY))
def test_the_diagrams_are_current(label):
    file = ROOT / "docs" / "lifecycles" / f"{label.lower()}.mmd"
    drawn = mermaid(REGISTRY[label])
    assert file.exists() and file.read_text() == drawn, "Run: python -m tests.house.redraw"


def test_every_permission_that_is_asked_for_can_be_granted():
    from kalon.people.rules import PATIENT_PERMISSIONS, PERMISSIONS

    asked = {move.permission for lifecycle in REGISTRY.values() for move in lifecycle.moves}
    asked |= {view.permission for view in _views() if getattr(view, "permission", None)}
    assert asked - set(PERMISSIONS) - set(PATIENT_PERMISSIONS) == set()


def test_every_page_says_who_may_open_it():
    ours = [view for view in _views() if view.__module__.startswith("kalon.") and ".pages" in view.__module__]
    silent = sorted(
        {
            f"{v.__module__}.{v.__name__}"
            for v in ours
            if not hasattr(v, "permission") and not v.__module__.startswith("kalon.web")
        }
    )
    assert len(ours) > 20
    assert silent == []


def test_templates_hold_no_script_or_style():
    found = []
    for file in SOURCE.rglob("templates/**/*.html"):
        text = file.read_text()
        if re.search(
            r"<script(?![^>]*\s(src=|type=\"application/json\"))|<(?!c-)\w+[^>]*\sstyle=\"|\son(click|load|change|input|submit)=\"|javascript:",
            text,
        ):
            found.append(str(file.relative_to(ROOT)))
    assert found == []


def test_a_comment_of_a_template_ends_on_its_line():
    """Over two lines it would be printed, for everybody to read."""
    printed = [
        str(file.relative_to(ROOT))
        for file in SOURCE.rglob("templates/**/*.html")
        if any("{#" in line and "#}" not in line for line in file.read_text().splitlines())
    ]
    assert printed == []


def test_files_stay_readable():
    long = [
        f"{file.relative_to(ROOT)}: {count}"
        for file in SOURCE.rglob("*.py")
        if "migrations" not in file.parts and (count := len(file.read_text().splitlines())) > 400
    ]
    assert long == []


def test_nothing_of_this_machine_is_written_down():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    lines = [
        name
        for name in tracked
        if name.endswith((".lock", "package-lock.json")) and '"resolved"' in (ROOT / name).read_text()
    ]
    assert lines == []


def _views(resolver: URLResolver | None = None) -> list:
    found = []
    for entry in (resolver or get_resolver()).url_patterns:
        if isinstance(entry, URLPattern):
            found.append(entry.callback)
        else:
            found += _views(entry)
    return found
