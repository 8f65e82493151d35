"""Write what is generated from the code: lifecycle diagrams and the OpenAPI snapshot.

Run: python -m tests.house.redraw
"""

import json
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def redraw() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kalon.config.settings")
    import django

    django.setup()
    from kalon.config.urls import api
    from kalon.kernel.lifecycle import REGISTRY, mermaid

    folder = ROOT / "docs" / "lifecycles"
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.mmd"):
        old.unlink()
    for label, lifecycle in REGISTRY.items():
        (folder / f"{label.lower()}.mmd").write_text(mermaid(lifecycle))
    schema = json.dumps(api.get_openapi_schema(), indent=1, sort_keys=True, default=str)
    (ROOT / "tests" / "house" / "openapi.json").write_text(schema + "\n")


if __name__ == "__main__":
    redraw()
