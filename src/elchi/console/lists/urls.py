"""Addresses of lists. A list's own pages stand below `lists/list/`, so that no name of a list hides another page."""

from django.urls import path

from elchi.console.lists import deciding, loading, own, views

urlpatterns = [
    path("lists/", views.lists, name="lists"),
    path("lists/new/", views.add, name="list_new"),
    path("lists/shipped/<slug:name>/", loading.load_shipped, name="list_shipped"),
    path("lists/list/<slug:name>/", views.one, name="list"),
    path("lists/list/<slug:name>/rules/", views.rules, name="list_rules"),
    path("lists/list/<slug:name>/search/", views.search, name="list_search"),
    path("lists/list/<slug:name>/entry/<path:entry_id>", views.entry, name="list_entry"),
    path("lists/list/<slug:name>/load/", loading.load, name="list_load"),
    path("lists/list/<slug:name>/columns/", loading.columns, name="list_columns"),
    path("lists/list/<slug:name>/remove/", deciding.remove, name="list_remove"),
    path("lists/list/<slug:name>/back/<int:to_version>/", deciding.roll_back, name="list_roll_back"),
    path("lists/version/<int:version_id>/", deciding.version, name="list_version"),
    path("lists/version/<int:version_id>/search/", deciding.search, name="list_version_search"),
    path("lists/version/<int:version_id>/cancel/", loading.cancel, name="list_cancel"),
    path("lists/version/<int:version_id>/bad/", deciding.bad_lines, name="list_bad_lines"),
    path("lists/version/<int:version_id>/approve/", deciding.approve, name="list_approve"),
    path("lists/version/<int:version_id>/reject/", deciding.reject, name="list_reject"),
    path("lists/own/", own.entries, name="own_entries"),
    path("lists/own/new/", own.create, name="own_entry_new"),
    path("lists/own/<slug:key>/", own.entry, name="own_entry"),
    path("lists/own/<slug:key>/amend/", own.amend, name="own_entry_amend"),
    path("lists/own/<slug:key>/withdraw/", own.withdraw, name="own_entry_withdraw"),
]
