from django.apps import AppConfig


class PrescribingConfig(AppConfig):
    name = "kalon.prescribing"
    label = "prescribing"

    def ready(self) -> None:
        from kalon.consultations.queries import add_summary_part, consult_page, dashboard
        from kalon.patients.queries import joining, timeline
        from kalon.patients.queries import page as patient_page
        from kalon.prescribing.lifecycles import DISPENSE, READ, WRITE
        from kalon.prescribing.pages import panels
        from kalon.prescribing.queries import summary_lines
        from kalon.prescribing.queries.going_on import going_on
        from kalon.web import navigation

        joining.add(going_on)
        add_summary_part("Medicines", summary_lines, order=10)
        consult_page.add_panel(panels.builder_card, column="side", order=30)
        consult_page.add_panel(panels.prescribed_before, column="previous", order=30)
        patient_page.add_tab(
            patient_page.Tab("prescriptions", "Prescriptions", render=panels.patient_tab, permission=READ, order=40)
        )
        timeline.add(timeline.Source("prescriptions", "Prescriptions", panels.story, permission=READ, order=30))
        dashboard.add_pending(
            dashboard.Pending(
                "prescriptions", "Prescriptions to sign", icon="pill", url_name="prescribing:list",
                count=panels.unsigned, permission=WRITE, order=30,
            )
        )  # fmt: skip
        navigation.add(
            navigation.Entry(
                label="Prescriptions", url_name="prescribing:list", icon="pill", permission=READ, group="desk", order=45
            )
        )
        navigation.add(
            navigation.Entry(
                label="Dispensing",
                url_name="prescribing:waiting",
                icon="pill-bottle",
                permission=DISPENSE,
                group="desk",
                order=46,
                badge=panels.waiting_count,
            )
        )
