from django.apps import AppConfig


class PhotosConfig(AppConfig):
    name = "kalon.photos"
    label = "photos"

    def ready(self) -> None:
        from kalon.patients.queries import page as patient_page
        from kalon.photos import pages, reactions, tasks  # noqa: F401  (so that the worker knows the jobs)
        from kalon.photos.lifecycles import VIEW
        from kalon.plans.queries import plan_page, session_page

        patient_page.add_tab(patient_page.Tab("photos", "Photos", render=pages.tab, permission=VIEW, order=44))
        plan_page.add_panel(pages.plan_panel, column="main", order=60)
        session_page.add_panel(pages.session_panel, column="main", order=60)
        reactions.listen()
