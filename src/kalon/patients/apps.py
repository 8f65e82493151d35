from django.apps import AppConfig


class PatientsConfig(AppConfig):
    name = "kalon.patients"
    label = "patients"
    verbose_name = "Patients"

    def ready(self) -> None:
        from kalon.patients import pages, tasks  # noqa: F401

        pages.plug_in()
