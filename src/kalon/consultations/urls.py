from django.urls import path

from kalon.consultations import pages

app_name = "consultations"

urlpatterns = [
    path("consultations", pages.today, name="today"),
    path("consultations/my-day", pages.my_day, name="dashboard"),
    path("consultations/summaries", pages.summaries, name="summaries"),
    path("consultations/templates", pages.template_list, name="templates"),
    path("consultations/templates/new", pages.add_template, name="template_add"),
    path("consultations/templates/<uuid:pk>", pages.change_template, name="template"),
    path("consultations/templates/<uuid:pk>/retire", pages.retire_template, name="template_retire"),
    path("consultations/<uuid:pk>", pages.consultation, name="consultation"),
    path("consultations/<uuid:pk>/triage", pages.triage, name="triage"),
    path("consultations/<uuid:pk>/vitals/<uuid:vitals_id>/seen", pages.see_alerts, name="see_alerts"),
    path("consultations/<uuid:pk>/begin", pages.begin, name="begin"),
    path("consultations/<uuid:pk>/note/<slug:section>", pages.save_section, name="section"),
    path("consultations/<uuid:pk>/note/<slug:section>/settle", pages.settle, name="settle"),
    path("consultations/<uuid:pk>/template", pages.use_template, name="use_template"),
    path("consultations/<uuid:pk>/versions", pages.versions, name="versions"),
    path("consultations/<uuid:pk>/addenda", pages.add_addendum, name="addenda"),
    path("consultations/<uuid:pk>/diagnoses", pages.add_diagnosis, name="diagnoses"),
    path("consultations/<uuid:pk>/diagnoses/search", pages.search_diagnosis, name="diagnosis_search"),
    path("consultations/<uuid:pk>/diagnoses/star", pages.star_code, name="diagnosis_star"),
    path(
        "consultations/<uuid:pk>/diagnoses/<uuid:diagnosis_id>/first", pages.put_diagnosis_first, name="diagnosis_first"
    ),
    path(
        "consultations/<uuid:pk>/diagnoses/<uuid:diagnosis_id>/withdraw",
        pages.withdraw_diagnosis,
        name="diagnosis_withdraw",
    ),
    path("consultations/<uuid:pk>/outcome", pages.record_outcome, name="outcome"),
    path("consultations/<uuid:pk>/summary", pages.sign_summary, name="summary"),
    path("consultations/<uuid:pk>/referral", pages.sign_referral, name="referral"),
    path("consultations/<uuid:pk>/certificate", pages.sign_certificate, name="certificate"),
    path("consultations/<uuid:pk>/reopen", pages.reopen, name="reopen"),
    path("consultations/<uuid:pk>/close", pages.close, name="close"),
]
