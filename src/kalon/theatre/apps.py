from django.apps import AppConfig


class TheatreConfig(AppConfig):
    name = "kalon.theatre"
    label = "theatre"

    def ready(self) -> None:
        from kalon.theatre import reactions, tasks  # noqa: F401

        reactions.listen()
