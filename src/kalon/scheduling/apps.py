from django.apps import AppConfig


class SchedulingConfig(AppConfig):
    name = "kalon.scheduling"
    label = "scheduling"
    verbose_name = "Scheduling"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kalon.kernel import live
        from kalon.scheduling import reactions, tasks  # noqa: F401  (jobs register themselves by being imported)
        from kalon.scheduling.lifecycles import VIEW
        from kalon.scheduling.pages import places

        live.topic("visits", permission=VIEW)
        reactions.listen()
        places.plug_in()
