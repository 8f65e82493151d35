from django.apps import AppConfig


class VoiceConfig(AppConfig):
    name = "kalon.voice"
    label = "voice"

    def ready(self) -> None:
        from kalon.consultations.queries import consult_page
        from kalon.kernel import live
        from kalon.voice import pages, reactions, tasks  # noqa: F401
        from kalon.voice.lifecycles import VIEW

        live.topic("voice", permission=VIEW)
        reactions.listen()
        consult_page.add_panel(pages.card, column="side", order=12)
