from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "kalon.consultations"
    label = "consultations"

    def ready(self) -> None:
        from kalon.consultations import queries, reactions
        from kalon.consultations.lifecycles import CONSULTATION
        from kalon.consultations.pages import diagnosis_card, story
        from kalon.consultations.queries import completeness, consult_page, dashboard, own_checks
        from kalon.consultations.queries.going_on import going_on
        from kalon.patients.queries import joining, timeline
        from kalon.scheduling.queries import add_stations
        from kalon.web import navigation

        reactions.listen()
        joining.add(going_on)
        timeline.add(
            timeline.Source("consultations", "Consultations", story, permission="consultations.read", order=20)
        )
        add_stations(queries.stations)
        CONSULTATION.also_requires("close", completeness.before_signing)
        for check in own_checks.CHECKS:
            completeness.add(check)
        consult_page.add_panel(diagnosis_card, column="side", order=10)
        read, conduct = "consultations.read", "consultations.conduct"
        dashboard.add_pending(
            dashboard.Pending(
                "vitals", "Abnormal vitals to see", icon="heart-pulse", url_name="consultations:today",
                count=dashboard.unseen_vitals, permission=read, order=10,
            )
        )  # fmt: skip
        dashboard.add_pending(
            dashboard.Pending(
                "notes", "Notes to sign", icon="notebook-pen", url_name="consultations:today",
                count=dashboard.unsigned_notes, permission=read, order=20,
            )
        )  # fmt: skip
        dashboard.add_pending(
            dashboard.Pending(
                "summaries", "Summaries to sign", icon="file-signature", url_name="consultations:summaries",
                count=dashboard.unsigned_summaries, permission="papers.sign", order=25,
            )
        )  # fmt: skip
        dashboard.add_measure(
            dashboard.Measure("patients", "Patients seen", dashboard.patients_seen, permission=read, order=10)
        )
        dashboard.add_measure(
            dashboard.Measure("sessions", "Sessions done here", dashboard.sessions_done, permission=read, order=20)
        )
        navigation.add(
            navigation.Entry(
                label="My day", url_name="consultations:dashboard", icon="sun", permission=conduct, order=15
            )
        )
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
