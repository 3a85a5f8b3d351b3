"""Addresses of the door to INTERPOL. What is asked about never stands in one."""

from django.urls import path

from elchi.modules.interpol.pages import ask, board, hits, reports

urlpatterns = [
    path("interpol_ask/", ask.ask, name="interpol_ask"),
    path("interpol_ask/queries/<int:query_id>/", ask.query, name="interpol_query"),
    path("interpol_ask/<slug:kind>/", ask.ask, name="interpol_ask_kind"),
    path("interpol_hits/", hits.hits, name="interpol_hits"),
    path("interpol_hits/<int:hit_id>/", hits.hit, name="interpol_hit"),
    path("interpol_hits/<int:hit_id>/move/", hits.move, name="move_interpol_hit"),
    path("interpol_hits/requests/<int:request_id>/", hits.asked, name="interpol_request"),
    path("interpol_hits/requests/<int:request_id>/answer/", hits.answer, name="answer_interpol_request"),
    path("interpol/", board.board, name="interpol"),
    path("interpol/points/register/", board.register, name="register_access_point"),
    path("interpol/points/<str:code>/", board.point, name="access_point"),
    path("interpol/points/<str:code>/move/", board.move, name="move_access_point"),
    path("interpol/rules/", board.rules, name="access_rules"),
    path("interpol/rules/change/", board.change_rules, name="change_access_rules"),
    path("interpol/reports/", reports.reports, name="reported_documents"),
    path("interpol/reports/propose/", reports.propose, name="propose_report"),
    path("interpol/reports/publish/", reports.publish, name="publish_reports"),
    path("interpol/reports/<int:report_id>/decide/", reports.decide, name="decide_report"),
]
