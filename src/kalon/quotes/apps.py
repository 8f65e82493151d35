from django.apps import AppConfig


class QuotesConfig(AppConfig):
    name = "kalon.quotes"
    label = "quotes"

    def ready(self) -> None:
        from kalon.billing.queries import add_bought, charges
        from kalon.plans.lifecycles import PLAN
        from kalon.quotes import pages, reactions, tasks  # noqa: F401
        from kalon.quotes.queries import money_in_order
        from kalon.quotes.queries.charges import agreed, in_the_quote

        PLAN.also_requires("schedule", money_in_order)
        PLAN.also_requires("schedule_signed", money_in_order)
        charges.add(agreed)
        add_bought(in_the_quote)
        reactions.listen()
        pages.plug_in()
