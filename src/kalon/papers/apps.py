from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "kalon.papers"
    label = "papers"

    def ready(self) -> None:
        from kalon.web import navigation

        navigation.add(
            navigation.Entry(
                label="Certificates",
                url_name="papers:certificates",
                icon="badge-check",
                permission="papers.certificates",
                group=navigation.SETTINGS,
                order=70,
            )
        )
