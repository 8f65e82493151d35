from django.apps import AppConfig


class ConsultationsConfig(AppConfig):
    name = "kalon.consultations"
    label = "consultations"

    def ready(self) -> None:
        from kalon.consultations import queries, reactions
        from kalon.scheduling.queries import add_stations
        from kalon.web import navigation

        reactions.listen()
        add_stations(queries.stations)
        navigation.add(
            navigation.Entry(
                label="Consultations",
                url_name="consultations:today",
                icon="stethoscope",
                permission="consultations.read",
                order=25,
            )
        )
