"""Every verb that the audit knows. A service that changes or discloses something records one of these."""

from __future__ import annotations

from elchi.node.plug import AnyVerb, modules


class Verb(AnyVerb):
    """What was done: `room.verb_object`."""

    # officers
    SIGN_IN = "officers.sign_in"
    SIGN_OUT = "officers.sign_out"
    REFUSE_SIGN_IN = "officers.refuse_sign_in"
    LOCK_SCREEN = "officers.lock_screen"
    UNLOCK_SCREEN = "officers.unlock_screen"
    ADD_OFFICER = "officers.add_officer"
    CHANGE_OFFICER = "officers.change_officer"
    RESET_PASSWORD = "officers.reset_password"  # noqa: S105  the name of a verb
    CHANGE_PASSWORD = "officers.change_password"  # noqa: S105  the name of a verb
    CHANGE_FACTOR = "officers.change_factor"
    ISSUE_TOKEN = "officers.issue_token"  # noqa: S105  the name of a verb
    REVOKE_TOKEN = "officers.revoke_token"  # noqa: S105  the name of a verb
    # directory
    LOAD_REFERENCE = "directory.load_reference"
    ADD_AGENCY = "directory.add_agency"
    CHANGE_AGENCY = "directory.change_agency"
    ADD_OFFICE = "directory.add_office"
    CHANGE_OFFICE = "directory.change_office"
    ADD_CROSSING = "directory.add_crossing"
    CHANGE_CROSSING = "directory.change_crossing"
    ADD_CONTACT = "directory.add_contact"
    CHANGE_CONTACT = "directory.change_contact"
    REMOVE_CONTACT = "directory.remove_contact"
    # watchlists
    ADD_LIST = "watchlists.add_list"
    CHANGE_LIST = "watchlists.change_list"
    OFFER_LIST = "watchlists.offer_list"
    CANCEL_OFFER = "watchlists.cancel_offer"
    LOAD_LIST = "watchlists.load_list"
    APPROVE_VERSION = "watchlists.approve_version"
    REJECT_VERSION = "watchlists.reject_version"
    ROLL_BACK_LIST = "watchlists.roll_back_list"
    REMOVE_LIST = "watchlists.remove_list"
    CREATE_ENTRY = "watchlists.create_entry"
    AMEND_ENTRY = "watchlists.amend_entry"
    WITHDRAW_ENTRY = "watchlists.withdraw_entry"
    EXPIRE_ENTRIES = "watchlists.expire_entries"
    READ_ENTRY = "watchlists.read_entry"
    SEARCH_ENTRIES = "watchlists.search_entries"
    MEND_LISTS = "watchlists.mend_lists"
    # checks
    START_SHIFT = "checks.start_shift"
    END_SHIFT = "checks.end_shift"
    SUBMIT_CHECK = "checks.submit_check"
    READ_CHECK = "checks.read_check"
    JUDGE_FINDING = "checks.judge_finding"
    OVERRULE_JUDGEMENT = "checks.overrule_judgement"
    FORGET_NEGATIVE = "checks.forget_negative"
    EXPORT_JUDGEMENTS = "checks.export_judgements"
    PRINT_SLIP = "checks.print_slip"
    SUBMIT_MANIFEST = "checks.submit_manifest"
    CANCEL_MANIFEST = "checks.cancel_manifest"
    SCREEN_MANIFEST = "checks.screen_manifest"
    EXPORT_MANIFEST = "checks.export_manifest"
    RESCREEN_CHECKS = "checks.rescreen_checks"
    READ_ALERT = "checks.read_alert"
    CHANGE_RETENTION = "checks.change_retention"
    APPLY_RETENTION = "checks.apply_retention"
    SEARCH_LISTS = "checks.search_lists"
    # cases
    OPEN_CASE = "cases.open_case"
    READ_CASE = "cases.read_case"
    CHANGE_CASE = "cases.change_case"
    MOVE_CASE = "cases.move_case"
    ADD_SUBJECT = "cases.add_subject"
    ADD_NOTE = "cases.add_note"
    ADD_FILE = "cases.add_file"
    READ_FILE = "cases.read_file"
    REMOVE_FILE = "cases.remove_file"
    ADD_TASK = "cases.add_task"
    CHANGE_TASK = "cases.change_task"
    ASSIGN_OFFICER = "cases.assign_officer"
    RELEASE_OFFICER = "cases.release_officer"
    LINK_CASES = "cases.link_cases"
    UNLINK_CASES = "cases.unlink_cases"
    EXPORT_CASE = "cases.export_case"
    REMOVE_CASE = "cases.remove_case"
    # partners and keys
    MAKE_KEYS = "federation.make_keys"
    ROTATE_KEY = "federation.rotate_key"
    REVOKE_KEY = "federation.revoke_key"
    RENEW_KEYS = "federation.renew_keys"
    CHANGE_ADDRESSES = "federation.change_addresses"
    INVITE_PARTNER = "federation.invite_partner"
    WITHDRAW_INVITATION = "federation.withdraw_invitation"
    JOIN_PARTNER = "federation.join_partner"
    CONFIRM_PARTNER = "federation.confirm_partner"
    CHANGE_PARTNER = "federation.change_partner"
    SUSPEND_PARTNER = "federation.suspend_partner"
    RESUME_PARTNER = "federation.resume_partner"
    END_PARTNER = "federation.end_partner"
    HEAR_STANDING = "federation.hear_standing"
    TAKE_KEYS = "federation.take_keys"
    DOUBT_KEYS = "federation.doubt_keys"
    KEEP_EQUIVOCATION = "federation.keep_equivocation"
    # messages
    SEND_MESSAGE = "federation.send_message"
    RECEIVE_MESSAGE = "federation.receive_message"
    REFUSE_MESSAGE = "federation.refuse_message"
    SEND_BACK = "federation.send_back"
    TAKE_RECEIPT = "federation.take_receipt"
    NOTE_REFUSED = "federation.note_refused"
    # audit
    SEARCH_AUDIT = "audit.search_audit"
    EXPORT_AUDIT = "audit.export_audit"
    SIGN_DAY = "audit.sign_day"
    # installation
    MAKE_NODE = "node.make_node"
    BACK_UP_NODE = "node.back_up_node"
    RESTORE_NODE = "node.restore_node"
    UPGRADE_NODE = "node.upgrade_node"


def all_verbs() -> tuple[AnyVerb, ...]:
    """Give the verbs of the node, and after them those of its modules."""
    return (*Verb, *(verb for module in modules() for verb in module.verbs))
