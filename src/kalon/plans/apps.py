from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "kalon.plans"
    label = "plans"

    def ready(self) -> None:
        from kalon.plans import pages, reactions, tasks  # noqa: F401

        reactions.listen()
        pages.plug_in()
