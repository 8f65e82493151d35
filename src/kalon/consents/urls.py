"""Where the pages of consents stand: the desk's, the settings', and the patient's own."""

from django.urls import path

from kalon.consents.pages import desk, handing, own, planned, saying, sessions, waiting, words

app_name = "consents"

urlpatterns = [
    path("consents/for/<uuid:patient_id>", desk.prepare, name="prepare"),
    path("consents/of-plan/<uuid:plan_id>", planned.ask, name="ask_of_plan"),
    path("consents/of-session/<uuid:session_id>", sessions.ask, name="ask_of_session"),
    path("consents/<uuid:pk>", desk.consent, name="consent"),
    path("consents/<uuid:pk>.pdf", desk.paper, name="paper"),
    path("consents/<uuid:pk>/present", desk.present, name="present"),
    path("consents/<uuid:pk>/language", desk.language, name="language"),
    path("consents/<uuid:pk>/read", desk.read_part, name="read_part"),
    path("consents/<uuid:pk>/ask", desk.ask_about, name="ask_about"),
    path("consents/<uuid:pk>/questions/<uuid:question_id>", desk.answer, name="answer"),
    path("consents/<uuid:pk>/sign", desk.sign, name="sign"),
    path("consents/<uuid:pk>/say", saying.say, name="say"),
    path("consents/<uuid:pk>/said", saying.said, name="said"),
    path("consents/<uuid:pk>/code", desk.send_code, name="send_code"),
    path("consents/<uuid:pk>/noted", waiting.note, name="note_end"),
    path("consents/waiting", waiting.waiting, name="waiting"),
    path("consents/<uuid:pk>/hand-over", handing.hand_over, name="hand_over"),
    path("consents/<uuid:pk>/revoke", desk.revoke, name="revoke"),
    path("consents/<uuid:pk>/void", desk.void, name="void"),
    path("consent-forms", words.forms_list, name="forms"),
    path("consent-forms/of-procedure/<uuid:pk>", words.of_procedure, name="of_procedure"),
    path("consent-forms/built-in", words.built_in, name="built_in"),
    path("consent-forms/new", words.add, name="add_form"),
    path("consent-forms/<uuid:pk>", words.form, name="form"),
    path("consent-forms/<uuid:pk>/procedures", words.procedures, name="procedures"),
    path("consent-forms/<uuid:pk>/versions", words.begin, name="begin"),
    path("consent-forms/versions/<uuid:pk>/terms", words.terms, name="terms"),
    path("consent-forms/versions/<uuid:pk>/publish", words.publish, name="publish"),
    path("consent-forms/versions/<uuid:pk>/withdraw", words.withdraw, name="withdraw"),
    path("consent-forms/versions/<uuid:pk>/texts", words.add_language, name="add_language"),
    path("consent-forms/versions/<uuid:pk>/texts/<slug:language>", words.text, name="text"),
    path("consent-forms/versions/<uuid:pk>/texts/<slug:language>/remove", words.remove, name="remove_text"),
    path("my/consents", own.consents, name="mine"),
    path("my/consents/<uuid:pk>", own.consent, name="my_consent"),
    path("my/consents/<uuid:pk>.pdf", own.paper, name="my_paper"),
    path("my/consents/<uuid:pk>/read", own.read_part, name="my_read_part"),
    path("my/consents/<uuid:pk>/ask", own.ask_about, name="my_ask_about"),
    path("my/consents/<uuid:pk>/code", own.send_code, name="my_send_code"),
    path("my/consents/<uuid:pk>/language", own.language, name="my_language"),
    path("my/consents/<uuid:pk>/withdraw", own.withdraw, name="my_withdraw"),
]
