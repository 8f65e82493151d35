from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "kalon.orders"
    label = "orders"

    def ready(self) -> None:
        from kalon.consultations.queries import consult_page
        from kalon.orders import pages, queries
        from kalon.orders.lifecycles import VIEW
        from kalon.patients.queries import page as patient_page
        from kalon.patients.queries import timeline
        from kalon.web import navigation

        consult_page.add_panel(pages.panel, column="side", order=40)
        patient_page.add_tab(patient_page.Tab("results", "Results", render=pages.tab, permission=VIEW, order=40))
        timeline.add(timeline.Source("orders", "Orders", pages.story, permission=VIEW, order=30))
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
