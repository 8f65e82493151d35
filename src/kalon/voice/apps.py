from django.apps import AppConfig


class VoiceConfig(AppConfig):
    name = "kalon.voice"
    label = "voice"

    def ready(self) -> None:
        from kalon.kernel import live
        from kalon.voice import reactions, tasks  # noqa: F401
        from kalon.voice.lifecycles import VIEW

        live.topic("voice", permission=VIEW)
        reactions.listen()
