from django.apps import AppConfig


class TillsConfig(AppConfig):
    name = "kalon.tills"
    label = "tills"

    def ready(self) -> None:
        from kalon.billing.queries import charges
        from kalon.consultations.queries import consult_page
        from kalon.kernel.constraints import speaks
        from kalon.scheduling.lifecycles import Status as Visit
        from kalon.scheduling.queries import rows, visit_page
        from kalon.tills import reactions, tasks  # noqa: F401
        from kalon.tills.lifecycles import TAKE, VIEW
        from kalon.tills.models.guards import SENTENCES
        from kalon.tills.pages.same_day import consultation_card, visit_card
        from kalon.tills.pages.visit import checkout_card
        from kalon.tills.queries.sources import charted
        from kalon.web import navigation

        speaks(*SENTENCES)
        charges.add(charted)
        reactions.listen()
        rows.add(
            rows.Step(
                word="Checkout",
                icon="wallet",
                url_name="tills:visit",
                states=(Visit.IN_PROGRESS, Visit.COMPLETED),
                permission=TAKE,
            )
        )
        visit_page.add_panel(checkout_card, order=35)
        visit_page.add_panel(visit_card, order=36)
        consult_page.add_panel(consultation_card, column="side", order=45)
        navigation.add(
            navigation.Entry(label="Cash and day close", url_name="tills:desk", icon="wallet", permission=VIEW,
                             group="desk", order=82)
        )  # fmt: skip
