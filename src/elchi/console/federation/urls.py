"""Addresses of partners, keys, agreements and messages."""

from django.urls import path

from elchi.console.federation import agreements, drafts, keys, messages, partners

urlpatterns = [
    path("partners/", partners.partners, name="partners"),
    path("partners/invite/", partners.invite, name="partner_invite"),
    path("partners/take/", partners.take, name="partner_take"),
    path("partners/file/", partners.file, name="partner_file"),
    path("partners/file/codes/", partners.codes, name="partner_codes"),
    path("partners/file/download/", partners.download, name="partner_download"),
    path("partners/invitations/<int:invitation_id>/withdraw/", partners.withdraw, name="partner_withdraw"),
    path("partners/messages/", messages.queue, name="partner_queue"),
    path("partners/messages/<slug:message_id>/", messages.message, name="partner_message"),
    path("partners/messages/<slug:message_id>/evidence/", messages.evidence, name="partner_evidence"),
    path("partners/messages/<slug:message_id>/<slug:code>/withdraw/", messages.withdraw, name="partner_take_back"),
    path("partners/keys/", keys.keys, name="partner_keys"),
    path("partners/keys/paper/", keys.paper, name="partner_paper"),
    path("partners/keys/addresses/", keys.addresses, name="partner_addresses"),
    path("partners/keys/agencies/", keys.spoken_for, name="partner_spoken_for"),
    path("partners/keys/<slug:algorithm>/change/", keys.rotate, name="partner_key_rotate"),
    path("partners/keys/<slug:kid>/revoke/", keys.revoke, name="partner_key_revoke"),
    path("partners/agreements/", agreements.agreements, name="agreements"),
    path("partners/agreements/new/", drafts.new, name="agreement_new"),
    path("partners/agreements/<int:version_id>/", agreements.agreement, name="agreement"),
    path("partners/agreements/<int:version_id>/simulate/", agreements.simulator, name="agreement_simulate"),
    path("partners/agreements/<int:version_id>/write/", drafts.write, name="agreement_write"),
    path("partners/agreements/<int:version_id>/amend/", drafts.amend, name="agreement_amend"),
    path("partners/agreements/<int:version_id>/file/", agreements.document, name="agreement_file"),
    path("partners/agreements/<int:version_id>/<slug:deed>/", agreements.act, name="agreement_act"),
    path("partners/<slug:code>/", partners.partner, name="partner"),
    path("partners/<slug:code>/compare/", partners.compare, name="partner_compare"),
    path("partners/<slug:code>/agencies/", partners.spoken_for, name="partner_confirm_agencies"),
    path("partners/<slug:code>/reach/", partners.reach, name="partner_reach"),
    path("partners/<slug:code>/suspend/", partners.suspend, name="partner_suspend"),
    path("partners/<slug:code>/resume/", partners.resume, name="partner_resume"),
    path("partners/<slug:code>/end/", partners.end, name="partner_end"),
]
