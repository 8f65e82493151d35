from django.apps import AppConfig


class VoiceConfig(AppConfig):
    name = "kalon.voice"
    label = "voice"

    def ready(self) -> None:
        from kalon.consultations.queries import completeness, consult_page, dashboard
        from kalon.kernel import live
        from kalon.patients.queries import page as patient_page
        from kalon.voice import pages, queries, reactions, tasks  # noqa: F401
        from kalon.voice.lifecycles import ENGINES, KEEP, RECORD, VIEW
        from kalon.web import navigation

        live.topic("voice", permission=VIEW)
        reactions.listen()
        completeness.add(completeness.Check("draft", "Drafted note", queries.draft_decided, order=35))
        consult_page.add_panel(pages.card, column="side", order=12)
        patient_page.add_tab(patient_page.Tab("recordings", "Recordings", render=pages.tab, permission=VIEW, order=46))
        dashboard.add_pending(
            dashboard.Pending(
                "drafts", "Notes to verify", icon="audio-lines", url_name="voice:drafts",
                count=pages.waiting_for, permission=RECORD, order=18,
            )
        )  # fmt: skip
        for label, name, icon, permission, order in (
            ("Recordings kept", "voice:keeping", "audio-lines", KEEP, 52),
            ("Words taken out", "voice:patterns", "eraser", KEEP, 53),
            ("What was sent", "voice:sent_list", "send", VIEW, 54),
            ("Use of engines", "voice:usage", "chart-column", ENGINES, 55),
        ):
            entry = navigation.Entry(
                label=label, url_name=name, icon=icon, permission=permission, group="settings", order=order
            )
            navigation.add(entry)
