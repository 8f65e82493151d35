from django.apps import AppConfig


class ChartsConfig(AppConfig):
    name = "kalon.charts"
    label = "charts"

    def ready(self) -> None:
        from kalon.charts.lifecycles import VIEW
        from kalon.charts.pages.panel import charts_panel, charts_tab, story, traceable
        from kalon.consultations.queries import completeness, consult_page
        from kalon.patients.queries import page as patient_page
        from kalon.patients.queries import timeline

        consult_page.add_panel(charts_panel, column="main", order=30)
        completeness.add(completeness.Check("traceability", "Traceability", traceable, order=45, blocking=True))
        patient_page.add_tab(patient_page.Tab("charts", "Charts", render=charts_tab, permission=VIEW, order=45))
        timeline.add(timeline.Source("charts", "Charts", story, permission=VIEW, order=35))
