from django.apps import AppConfig


class EntitlementsConfig(AppConfig):
    name = "kalon.entitlements"
    label = "entitlements"

    def ready(self) -> None:
        from kalon.entitlements import reactions
        from kalon.entitlements.lifecycles import MANAGE, VIEW
        from kalon.entitlements.pages import panels
        from kalon.entitlements.queries.going_on import going_on
        from kalon.patients.queries import joining, timeline
        from kalon.patients.queries import page as patient_page
        from kalon.scheduling.queries import visit_page
        from kalon.web import navigation

        reactions.register()
        joining.add(going_on)
        patient_page.add_panel(panels.on_patient, column="side", order=42)
        patient_page.add_tab(patient_page.Tab("packages", "Packages", render=panels.tab, permission=VIEW, order=62))
        timeline.add(timeline.Source("packages", "Packages", panels.story, permission=VIEW, order=52))
        visit_page.add_panel(panels.on_visit, order=38)
        navigation.add(
            navigation.Entry(
                label="Packages", url_name="entitlements:expiring", icon="package", permission=VIEW, order=84
            )
        )
        navigation.add(
            navigation.Entry(
                label="Gift vouchers", url_name="entitlements:vouchers", icon="gift", permission=VIEW, order=85
            )
        )
        navigation.add(
            navigation.Entry(
                label="Memberships", url_name="entitlements:memberships", icon="badge-check", permission=VIEW, order=86
            )
        )
        navigation.add(
            navigation.Entry(
                label="Memberships on offer",
                url_name="entitlements:offers",
                icon="badge-percent",
                permission=MANAGE,
                group="settings",
                order=49,
            )
        )
        navigation.add(
            navigation.Entry(
                label="Package terms",
                url_name="entitlements:terms",
                icon="package-check",
                permission=MANAGE,
                group="settings",
                order=48,
            )
        )
