"""Addresses of the regional module."""

from django.urls import path

from elchi.modules.regional.pages import bulletin, inbox, operations, registers, space, warnings

urlpatterns = [
    path("regional/", inbox.inbox, name="regional"),
    path("regional/inbox/<int:item_id>/", inbox.item, name="regional_item"),
    path("regional/bulletin/", bulletin.bulletin, name="regional_bulletin"),
    path("regional/bulletin/csv/", bulletin.as_csv, name="regional_bulletin_csv"),
    path("regional/bulletin/pdf/", bulletin.as_pdf, name="regional_bulletin_pdf"),
    path("regional/warnings/", warnings.warnings, name="regional_warnings"),
    path("regional/warnings/new/", warnings.warn, name="regional_warn"),
    path("regional/warnings/corridor/", warnings.corridor, name="regional_corridor"),
    path("regional/operations/", operations.operations, name="regional_operations"),
    path("regional/operations/new/", operations.new, name="regional_new_operation"),
    path("regional/operations/<int:operation_id>/", operations.one, name="regional_operation"),
    path("regional/space/", space.space, name="regional_space"),
    path("regional/space/put/<slug:kind>/", space.put, name="regional_put"),
    path("regional/space/<int:entity_id>/", space.entity, name="regional_entity"),
    path("regional/space/<int:entity_id>/withdraw/", space.withdraw, name="regional_withdraw"),
    path("regional/registers/", registers.registers, name="regional_registers"),
    path("regional/registers/authority/", registers.authority, name="regional_authority"),
    path("regional/registers/authority/<int:authority_id>/", registers.authority, name="regional_change_authority"),
    path("regional/registers/organisation/", registers.organisation, name="regional_organisation"),
]
