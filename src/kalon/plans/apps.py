from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "kalon.plans"
    label = "plans"

    def ready(self) -> None:
        from kalon.kernel.constraints import speaks
        from kalon.plans import pages, reactions, tasks  # noqa: F401
        from kalon.plans.models.guards import SENTENCES

        speaks(*SENTENCES)
        reactions.listen()
        pages.plug_in()
