from django.apps import AppConfig


class KernelConfig(AppConfig):
    name = "kalon.kernel"
    label = "kernel"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kalon.kernel import joined  # noqa: F401  (the lookup of all records of one person)
