"""Where the pages of quotes stand: the desk's, the settings', and the patient's own."""

from django.urls import path

from kalon.quotes.pages import bundles, desk, own, plan, settings, writing

app_name = "quotes"

urlpatterns = [
    path("quotes", desk.quote_list, name="list"),
    path("quotes/<uuid:pk>", desk.quote, name="quote"),
    path("quotes/<uuid:pk>.pdf", desk.paper, name="paper"),
    path("quotes/<uuid:pk>/version", desk.version, name="version"),
    path("quotes/<uuid:pk>/options", desk.add_option, name="add_option"),
    path("quotes/<uuid:pk>/terms", desk.terms, name="terms"),
    path("quotes/<uuid:pk>/send", desk.send, name="send"),
    path("quotes/<uuid:pk>/withdraw", desk.withdraw, name="withdraw"),
    path("quotes/<uuid:pk>/sign", desk.sign, name="sign"),
    path("quotes/<uuid:pk>/hand-over", desk.hand_over, name="hand_over"),
    path("quotes/<uuid:pk>/paper", desk.accept_paper, name="accept_paper"),
    path("quotes/<uuid:pk>/decline", desk.decline, name="decline"),
    path("quotes/<uuid:pk>/bill", desk.bill, name="bill"),
    path("quotes/questions/<uuid:pk>", desk.answer, name="answer"),
    path("quotes/options/<uuid:pk>", writing.option, name="option"),
    path("quotes/options/<uuid:pk>/remove", desk.remove_option, name="remove_option"),
    path("quotes/options/<uuid:pk>/lines", writing.add_line, name="add_line"),
    path("quotes/lines/<uuid:pk>", writing.line, name="line"),
    path("quotes/lines/<uuid:pk>/remove", writing.remove_line, name="remove_line"),
    path("quotes/settings", settings.policy, name="policy"),
    path("quotes/settings/services/<uuid:service_id>", settings.defaults, name="defaults"),
    path("quotes/bundles", bundles.bundles, name="bundles"),
    path("quotes/bundles/new", bundles.new, name="new_bundle"),
    path("quotes/bundles/<uuid:pk>", bundles.bundle, name="bundle"),
    path("quotes/bundles/<uuid:pk>/retire", bundles.retire, name="retire_bundle"),
    path("consultations/<uuid:consultation_id>/bundles/<uuid:pk>", bundles.plan, name="plan_bundle"),
    path("plans/<uuid:plan_id>/quote", desk.draft, name="draft"),
    path("plans/<uuid:plan_id>/deposit", plan.deposit, name="deposit"),
    path("plans/<uuid:plan_id>/waive", plan.waive, name="waive"),
    path("plans/<uuid:plan_id>/waive/end", plan.end_waiver, name="end_waiver"),
    path("plans/<uuid:plan_id>/self-pay", plan.self_pay, name="self_pay"),
    path("my/quotes", own.quotes, name="mine"),
    path("my/quotes/<uuid:pk>", own.quote, name="my_quote"),
    path("my/quotes/<uuid:pk>.pdf", own.paper, name="my_paper"),
    path("my/quotes/<uuid:pk>/decline", own.decline, name="my_decline"),
    path("my/quotes/<uuid:pk>/ask", own.ask, name="my_ask"),
    path("my/quotes/<uuid:pk>/deposit", own.deposit, name="my_deposit"),
]
