"""Addresses of the operations of an office."""

from django.urls import path

from elchi.modules.operations.pages import imports, incidents, picture, units

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
    path("picture/", picture.picture, name="picture"),
    path("picture/register/", picture.register, name="office_register"),
    path("picture/level/", picture.set_level, name="set_section_level"),
    path("units/", units.unit_list, name="units"),
    path("units/mandate/", units.mandate, name="mandate"),
    path("units/mandate/change/", units.change_mandate, name="change_mandate"),
    path("units/tasks/give/", units.give_task, name="give_task"),
    path("units/tasks/<int:task_id>/", units.unit_task, name="unit_task"),
    path("units/tasks/<int:task_id>/move/", units.move_task, name="move_task"),
    path("units/unit/<slug:code>/", units.unit, name="unit"),
    path("units/unit/<slug:code>/change/", units.change_unit, name="change_unit"),
    path("units/unit/<slug:code>/parts/", units.change_parts, name="change_unit_parts"),
]
