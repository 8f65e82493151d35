from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "kalon.orders"
    label = "orders"

    def ready(self) -> None:
        from kalon.consultations.queries import add_summary_part, consult_page, dashboard
        from kalon.orders import pages, queries
        from kalon.orders.lifecycles import REVIEW, VIEW
        from kalon.patients.queries import page as patient_page
        from kalon.patients.queries import timeline
        from kalon.web import navigation

        add_summary_part("Tests we asked for", queries.summary_lines, order=20)
        consult_page.add_panel(pages.panel, column="side", order=40)
        patient_page.add_tab(patient_page.Tab("results", "Results", render=pages.tab, permission=VIEW, order=40))
        timeline.add(timeline.Source("orders", "Orders", pages.story, permission=VIEW, order=30))
        dashboard.add_pending(
            dashboard.Pending(
                "results", "Results to review", icon="flask-conical", url_name="orders:list",
                count=lambda ask: queries.to_review_count(ask.by) or 0, permission=REVIEW, order=40,
            )
        )  # fmt: skip
        navigation.add(
            navigation.Entry(
                label="Results",
                url_name="orders:list",
                icon="flask-conical",
                permission=VIEW,
                order=44,
                badge=queries.to_review_count,
            )
        )
