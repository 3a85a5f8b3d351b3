"""Addresses of the directory."""

from django.urls import path

from elchi.console.directory import changes, views

urlpatterns = [
    path("directory/", views.directory, name="directory"),
    path("directory/duty/", views.duty, name="directory_duty"),
    path("directory/agencies/<slug:code>/", views.agency, name="directory_agency"),
    path("directory/offices/", views.offices, name="directory_offices"),
    path("directory/offices/<slug:code>/", views.office, name="directory_office"),
    path("directory/crossings/", views.crossings, name="directory_crossings"),
    path("directory/crossings/<slug:code>/", views.crossing, name="directory_crossing"),
    path("directory/export/<slug:what>/", views.export, name="directory_export"),
    path("directory/add/agency/", changes.add_agency, name="directory_add_agency"),
    path("directory/add/office/", changes.add_office, name="directory_add_office"),
    path("directory/add/crossing/", changes.add_crossing, name="directory_add_crossing"),
    path("directory/agencies/<slug:code>/change/", changes.change_agency, name="directory_change_agency"),
    path("directory/agencies/<slug:code>/desks/add/", changes.add_contact, name="directory_add_contact"),
    path("directory/offices/<slug:code>/change/", changes.change_office, name="directory_change_office"),
    path("directory/crossings/<slug:code>/change/", changes.change_crossing, name="directory_change_crossing"),
    path("directory/crossings/<slug:code>/status/", changes.set_status, name="directory_set_status"),
    path("directory/desks/<int:contact_id>/change/", changes.change_contact, name="directory_change_contact"),
    path("directory/desks/<int:contact_id>/remove/", changes.remove_contact, name="directory_remove_contact"),
]
