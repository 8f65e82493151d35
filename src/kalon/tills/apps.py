from django.apps import AppConfig


class TillsConfig(AppConfig):
    name = "kalon.tills"
    label = "tills"

    def ready(self) -> None:
        from kalon.kernel.constraints import speaks
        from kalon.tills.models.guards import SENTENCES

        speaks(*SENTENCES)
