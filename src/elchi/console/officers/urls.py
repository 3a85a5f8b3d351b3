"""Addresses of officers."""

from django.urls import path

from elchi.console.officers import own, views

urlpatterns = [
    path("officers/", views.officers, name="officers"),
    path("officers/add/", views.add, name="officer_add"),
    path("officers/rights/", views.rights, name="rights"),
    path("officers/sign-ins/", views.sign_ins, name="sign_ins"),
    path("officers/me/", own.my_account, name="my_account"),
    path("officers/me/end-sessions/", own.end_other_sessions, name="end_other_sessions"),
    path("officers/tokens/<int:token_id>/revoke/", views.revoke_token, name="revoke_token"),
    path("officers/<int:officer_id>/", views.one, name="officer"),
    path("officers/<int:officer_id>/change/", views.change, name="officer_change"),
    path("officers/<int:officer_id>/tokens/", views.issue_token, name="issue_token"),
    path("officers/<int:officer_id>/<slug:verb>/", views.do, name="officer_do"),
]
