from django.apps import AppConfig


class PhotosConfig(AppConfig):
    name = "kalon.photos"
    label = "photos"

    def ready(self) -> None:
        from kalon.photos import tasks  # noqa: F401  (so that the worker knows the jobs)
