"""Addresses of the operations of an office."""

from django.urls import path

from elchi.modules.operations.pages import imports, incidents

urlpatterns = [
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/record/", incidents.record, name="record_incident"),
    path("incidents/imports/", imports.imports, name="seizure_imports"),
    path("incidents/imports/<int:import_id>/", imports.one, name="seizure_import"),
    path("incidents/imports/<int:import_id>/drop/", imports.drop, name="drop_import"),
    path("incidents/reports/", imports.reports, name="incident_reports"),
    path("incidents/reports/<slug:name>/", imports.take, name="take_report"),
    path("incidents/<int:incident_id>/", incidents.incident, name="incident"),
    path("incidents/<int:incident_id>/amend/", incidents.amend, name="amend_incident"),
    path("incidents/<int:incident_id>/withdraw/", incidents.withdraw, name="withdraw_incident"),
    path("incidents/<int:incident_id>/leads/", incidents.decide, name="decide_lead"),
    path("incidents/<int:incident_id>/case/", incidents.open_case, name="open_incident_case"),
    path("incidents/<int:incident_id>/protect/", incidents.protect, name="protect_person"),
    path("incidents/<int:incident_id>/protected/", incidents.protected, name="protected_file"),
]
