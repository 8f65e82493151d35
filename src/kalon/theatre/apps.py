from django.apps import AppConfig


class TheatreConfig(AppConfig):
    name = "kalon.theatre"
    label = "theatre"

    def ready(self) -> None:
        from kalon.billing.queries import charges
        from kalon.theatre import reactions, tasks  # noqa: F401
        from kalon.theatre.queries import operated

        charges.add(operated)
        reactions.listen()
