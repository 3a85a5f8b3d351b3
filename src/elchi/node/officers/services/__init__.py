"""Verbs of officers."""

from elchi.node.officers.services.factors import (
    change_factor,
    change_password,
    reset_factors,
    reset_password,
    spend_code,
)
from elchi.node.officers.services.officers import add_officer, change_officer, let_go, take_back
from elchi.node.officers.services.own import choose_language, choose_theme
from elchi.node.officers.services.sign_ins import (
    begin_sign_in,
    end_other_sessions,
    finish_sign_in,
    forget_attempt,
    lock_screen,
    pass_password,
    refuse_sign_in,
    sign_out,
    unlock_officer,
    unlock_screen,
)
from elchi.node.officers.services.tokens import issue_token, revoke_token, use_token

__all__ = [
    "add_officer",
    "begin_sign_in",
    "change_factor",
    "change_officer",
    "change_password",
    "choose_language",
    "choose_theme",
    "end_other_sessions",
    "finish_sign_in",
    "forget_attempt",
    "issue_token",
    "let_go",
    "lock_screen",
    "pass_password",
    "refuse_sign_in",
    "reset_factors",
    "reset_password",
    "revoke_token",
    "sign_out",
    "spend_code",
    "take_back",
    "unlock_officer",
    "unlock_screen",
    "use_token",
]
