"""What the worker does without being asked can be done."""

from __future__ import annotations

from elchi.cli.worker import duties


def test_at_a_node_where_nothing_waits_every_duty_is_done() -> None:
    assert {duty.name: duty.do() or 0 for duty in duties() if duty.name != "apply_retention"} == {
        "screen_manifests": 0,
        "load_queued": 0,
        "renew_keys": 0,
        "start_agreements": 0,
        "expire_messages": 0,
        "remove_kept_messages": 0,
        "rescreen_pending": 0,
        "mend_lists": 0,
        "expire_entries": 0,
        "check_files": 0,
        "expire_files": 0,
        "private matches answered": 0,
        "private matches kept": 0,
        "private matches read": 0,
        "expire_alerts": 0,
        "remind_due": 0,
        "remove_kept_conversations": 0,
        "remove_log_words": 0,
        "clear_sessions": 0,
        "ask_left": 0,
        "watch_points": 0,
        "give_up_owners": 0,
        "expire_queries": 0,
        "remove_queries": 0,
        "keep_incidents": {"acts": 0, "operations": 0, "reports": 0},
        "regional retention": 0,
        "reports of members": 0,
        "sign_days": 0,
        "stamp_heads": 0,
    }
    assert [set(duty.do().values()) for duty in duties() if duty.name == "apply_retention"] == [{0}]
