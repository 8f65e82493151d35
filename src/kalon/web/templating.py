"""How templates are found and compiled: components first, then partials, compiled once."""

from typing import Any

BUILTINS = [
    "django_cotton.templatetags.cotton",
    "template_partials.templatetags.partials",
    "kalon.web.templatetags.shell",
    "kalon.web.templatetags.words",
]
PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
    "kalon.web.context.shell",
]
FINDERS = [
    "django_cotton.cotton_loader.Loader",
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]


def templates(*, debug: bool = False, processors: list[str] | None = None) -> list[dict[str, Any]]:
    """The value of Django's TEMPLATES; `processors` are added to those of the shell."""
    return [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [],
            "OPTIONS": {
                "debug": debug,
                "builtins": BUILTINS,
                "context_processors": [*PROCESSORS, *(processors or [])],
                "loaders": [
                    ("template_partials.loader.Loader", [("django.template.loaders.cached.Loader", FINDERS)]),
                ],
            },
        }
    ]
