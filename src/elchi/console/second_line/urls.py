"""Addresses of the second line."""

from django.urls import path

from elchi.console.second_line import alerts, views

urlpatterns = [
    path("second_line/", views.queue, name="second_line"),
    path("second_line/<int:finding_id>/", views.finding, name="finding"),
    path("second_line/<int:finding_id>/judge/", views.judge, name="judge_finding"),
    path("second_line/judgements/<int:judgement_id>/overrule/", views.overrule, name="overrule_judgement"),
    path("second_line/remembered/<int:negative_id>/forget/", views.forget, name="forget_negative"),
    path("second_line/judged/", views.judged, name="judged"),
    path("second_line/judged.csv", views.judged_csv, name="judged_csv"),
    path("second_line/alerts/", alerts.alerts, name="alerts"),
    path("second_line/alerts/<int:alert_id>/read/", alerts.read, name="read_alert"),
]
