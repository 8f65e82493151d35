from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "kalon.reports"
    label = "reports"

    def ready(self) -> None:
        from kalon.reports.rules import VIEW
        from kalon.web import navigation

        navigation.add(
            navigation.Entry(
                label="Reports",
                url_name="reports:overview",
                icon="chart-column",
                permission=VIEW,
                group="desk",
                order=90,
            )
        )
