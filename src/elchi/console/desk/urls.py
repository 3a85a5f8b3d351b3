"""Addresses of the desk."""

from __future__ import annotations

from django.urls import path

from elchi.console.desk import alerts, asking, views

urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("desk/news/", views.list_news, name="desk_news"),
    path("desk/new/", asking.new, name="new_request"),
    path("desk/<int:conversation_id>/", views.conversation, name="conversation"),
    path("desk/<int:conversation_id>/news/", views.news, name="conversation_news"),
    path("desk/<int:conversation_id>/preview/", asking.preview, name="preview_request"),
    path("desk/<int:conversation_id>/drop/", asking.drop, name="drop_draft"),
    path("desk/<int:conversation_id>/withdraw/", views.withdraw, name="withdraw_request"),
    path("desk/<int:conversation_id>/release/", views.release, name="release_conversation"),
    path("desk/alerts/", alerts.alerts, name="office_alerts"),
    path("desk/alerts/raise/", alerts.raise_alert, name="raise_alert"),
    path("desk/alerts/standing/", alerts.standing_now, name="standing_alerts"),
    path("desk/alerts/<int:alert_id>/", alerts.alert, name="office_alert"),
    path("desk/alerts/<int:alert_id>/acknowledge/", alerts.acknowledge, name="acknowledge_alert"),
    path("desk/alerts/<int:alert_id>/withdraw/", alerts.withdraw, name="withdraw_alert"),
    path("desk/files/<int:file_id>/", views.file, name="shared_file"),
]
