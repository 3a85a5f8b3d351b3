"""Verbs that say who may use a list, for what, and what its entries ask for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db import transaction

from elchi.errors import Conflict, InvalidInput
from elchi.node.audit.services import record
from elchi.node.audit.verbs import Verb
from elchi.node.directory.models import Agency
from elchi.node.officers.acting import Acting
from elchi.node.officers.rules import Right
from elchi.node.watchlists.live import tell_change
from elchi.node.watchlists.models import ACTIONS, HANDLING, LOADED_ORIGINS, TLP, Watchlist
from elchi.node.watchlists.rules import knows_list
from elchi.node.watchlists.services._versions import find_list, refuse_own

NAME: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}", re.ASCII)
_MAX_DAYS: Final = 3650
_MAX_TITLE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesOfUse:
    """Who may use a list, for what, and what to do with who is found on it."""

    title: str
    owner: str = ""
    """Code of the agency that answers for it."""
    agencies: tuple[str, ...] = ()
    """Codes of those whose officers may use it; empty for all."""
    purposes: tuple[str, ...] = ()
    """Empty for all."""
    action: str = "refer"
    handling: str = "H0"
    tlp: str = "CLEAR"
    stale_after_days: int = 30
    four_eyes: bool = False
    """A new version waits for a second officer. A national list's always does."""


def add_list(
    *, by: Acting, name: str, origin: str, rules: RulesOfUse, titles: Mapping[str, str] | None = None
) -> Watchlist:
    """Make a list known, before its first version comes.

    Args:
        by: may LIST_LOAD.
        name: lower-case letters, digits, `_` and `-`, at most 64.
        origin: `international`, `national` or `notices`; lists of own entries make themselves.
        rules: of its use.
        titles: by language, where it has more than one.

    Raises:
        NotAllowed: `right_missing`.
        InvalidInput: `list_name`, `list_rules`.
        Conflict: `list_exists`.
    """
    by.require(Right.LIST_LOAD)
    if not NAME.fullmatch(name) or name.startswith("own-"):
        raise InvalidInput("list_name", field="list", rule="lower_case_letters_digits")
    if origin not in LOADED_ORIGINS:
        raise InvalidInput("list_rules", field="origin", rule="one_of", allowed=list(LOADED_ORIGINS))
    if Watchlist.objects.filter(pk=name).exists():
        raise Conflict("list_exists", field="list", list=name)
    with transaction.atomic():
        values = _values(rules) | {"titles": dict(titles or {}), "four_eyes": rules.four_eyes or origin == "national"}
        row = Watchlist(name=name, origin=origin, **values)
        _refuse_to_hide(by, row)
        row.save(force_insert=True)
        record(Verb.ADD_LIST, by=by, on=f"list:{name}", origin=origin, **_told(rules))
    tell_change()
    return row


def change_list(*, by: Acting, name: str, rules: RulesOfUse) -> Watchlist:
    """Change the rules of a list's use. Where four eyes decide, only who may approve changes them.

    Raises:
        NotAllowed: `right_missing`.
        NotFound: `list_unknown`.
        InvalidInput: `list_rules`.
        Conflict: `own_list`.
    """
    by.require(Right.LIST_LOAD)
    row = find_list(name, by)
    refuse_own(row)
    if row.four_eyes:
        by.require(Right.LIST_APPROVE)
    with transaction.atomic():
        before = _told(rules_of(row))
        values = _values(rules)
        if values["title"] != row.title:
            row.titles = {}  # the officer says what it is called now, in all languages
        for field, value in values.items():
            setattr(row, field, value)
        row.four_eyes = rules.four_eyes or row.origin == "national"
        _refuse_to_hide(by, row)
        row.save()
        changed = {field: value for field, value in _told(rules).items() if before[field] != value}
        record(
            Verb.CHANGE_LIST, by=by, on=f"list:{name}", before={field: before[field] for field in changed}, **changed
        )
    tell_change()
    return row


def found_list(
    *, by: Acting, name: str, titles: Mapping[str, str] | None = None, origin: str = "national"
) -> Watchlist:
    """Give a list, made known if this is its first file: as a national one, which needs two officers."""
    if Watchlist.objects.filter(pk=name).exists():
        return find_list(name, by)
    owner = by.agency if Agency.objects.filter(code=by.agency).exists() else ""
    is_national = origin == "national"
    title = titles["en"] if titles else name
    rules = RulesOfUse(title=title, owner=owner if is_national else "", tlp="AMBER" if is_national else "CLEAR")
    return add_list(by=by, name=name, origin=origin, rules=rules, titles=titles)


def rules_of(row: Watchlist) -> RulesOfUse:
    """Give the rules of a list's use as they are."""
    return RulesOfUse(
        title=row.title, owner=row.owner.code if row.owner else "", agencies=tuple(row.agencies),
        purposes=tuple(row.purposes), action=row.action, handling=row.handling, tlp=row.tlp,
        stale_after_days=row.stale_after_days, four_eyes=row.four_eyes,
    )  # fmt: skip


def _refuse_to_hide(by: Acting, row: Watchlist) -> None:
    """Refuse rules under which who makes them knows of the list no longer: he could not take them back."""
    if by.officer is not None and not knows_list(by, row):
        field = "owner" if row.action == "discreet" else "agencies"
        raise InvalidInput("list_rules", field=field, rule="hides_from_yourself")


def _values(rules: RulesOfUse) -> dict[str, Any]:
    """Give the columns of a row, or refuse."""
    for field, value, allowed in (
        ("action", rules.action, ACTIONS), ("handling", rules.handling, HANDLING), ("tlp", rules.tlp, TLP),
    ):  # fmt: skip
        if value not in allowed:
            raise InvalidInput("list_rules", field=field, rule="one_of", allowed=list(allowed))
    title = " ".join(rules.title.split())
    if not title or len(title) > _MAX_TITLE:
        raise InvalidInput("list_rules", field="title", rule="length")
    if not 1 <= rules.stale_after_days <= _MAX_DAYS:
        raise InvalidInput("list_rules", field="stale_after_days", rule="number_in_range")
    agencies = dict(Agency.objects.filter(code__in={rules.owner, *rules.agencies}).values_list("code", "pk"))
    if rules.action == "discreet" and not rules.owner:
        raise InvalidInput("list_rules", field="owner", rule="discreet_needs_owner")
    for field, codes in (("owner", {rules.owner} - {""}), ("agencies", set(rules.agencies))):
        if not codes <= agencies.keys():
            raise InvalidInput("list_rules", field=field, rule="no_such_agency")
    return {
        "title": title, "owner_id": agencies.get(rules.owner), "agencies": sorted(set(rules.agencies)),
        "purposes": sorted(set(rules.purposes)), "action": rules.action, "handling": rules.handling,
        "tlp": rules.tlp, "stale_after_days": rules.stale_after_days,
    }  # fmt: skip


def _told(rules: RulesOfUse) -> dict[str, Any]:
    return {field: list(value) if isinstance(value, tuple) else value for field, value in asdict(rules).items()}
