"""Addresses of private matches."""

from django.urls import path

from elchi.modules.private_match.pages import views

urlpatterns = [
    path("private-match/", views.matches, name="private_matches"),
    path("private-match/ask/", views.ask, name="ask_privately"),
    path("private-match/budgets/", views.budgets, name="match_budgets"),
    path("private-match/budgets/<str:partner>/", views.budget, name="match_budget"),
    path("private-match/<int:match_id>/", views.match, name="private_match"),
    path("private-match/<int:match_id>/contact/", views.contact, name="open_match_contact"),
    path("private-match/contacts/<int:contact_id>/", views.close, name="match_contact"),
]
