from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "kalon.consultations"
    label = "consultations"

    def ready(self) -> None:
        from kalon.consultations import queries, reactions
        from kalon.consultations.lifecycles import CONSULTATION
        from kalon.consultations.pages import diagnosis_card, story
        from kalon.consultations.queries import completeness, consult_page, own_checks
        from kalon.patients.queries import timeline
        from kalon.scheduling.queries import add_stations
        from kalon.web import navigation

        reactions.listen()
        timeline.add(
            timeline.Source("consultations", "Consultations", story, permission="consultations.read", order=20)
        )
        add_stations(queries.stations)
        CONSULTATION.also_requires("close", completeness.before_signing)
        for check in own_checks.CHECKS:
            completeness.add(check)
        consult_page.add_panel(diagnosis_card, column="side", order=10)
        navigation.add(
            navigation.Entry(
                label="Consultations",
                url_name="consultations:today",
                icon="stethoscope",
                permission="consultations.read",
                order=25,
            )
        )
        navigation.add(
            navigation.Entry(
                label="Note templates",
                url_name="consultations:templates",
                icon="notebook-text",
                permission="consultations.templates",
                group="settings",
                order=45,
            )
        )
