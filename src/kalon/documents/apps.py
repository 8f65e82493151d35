from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "kalon.documents"
    label = "documents"

    def ready(self) -> None:
        from kalon.documents import pages, queries
        from kalon.documents.lifecycles import VERIFY, VIEW
        from kalon.patients.queries import page as patient_page
        from kalon.patients.queries import timeline
        from kalon.web import navigation

        timeline.add(timeline.Source("documents", "Documents", pages.story, permission=VIEW, order=40))
        patient_page.add_tab(patient_page.Tab("documents", "Documents", render=pages.tab, permission=VIEW, order=45))
        navigation.add(
            navigation.Entry(
                label="Documents",
                url_name="documents:waiting",
                icon="files",
                permission=VERIFY,
                order=45,
                badge=queries.waiting_count,
            )
        )
