"""Verbs of officers."""

from elchi.node.officers.services.officers import add_officer, change_officer
from elchi.node.officers.services.own import choose_language
from elchi.node.officers.services.tokens import issue_token, revoke_token, use_token

__all__ = ["add_officer", "change_officer", "choose_language", "issue_token", "revoke_token", "use_token"]
