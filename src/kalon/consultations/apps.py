from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "kalon.consultations"
    label = "consultations"

    def ready(self) -> None:
        from kalon.consultations import reactions

        reactions.listen()
