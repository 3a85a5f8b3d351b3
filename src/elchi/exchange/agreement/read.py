"""Reads an agreement from JSON, strictly: a policy that is half understood is no policy.

Every key must be there and none may be unknown. A newer version may write a key that narrows what an older one would
let go, so an older node refuses the document and says where, instead of obeying the part that it understands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields
from itertools import product
from types import MappingProxyType
from typing import Any, Final

from elchi.exchange.agreement.document import BODY_VERSION, FORMAT, SUBJECT, Agreement
from elchi.exchange.agreement.fields import RESERVED, is_field, masks_of
from elchi.exchange.agreement.masks import Mask
from elchi.exchange.agreement.parse import Place, load_json
from elchi.exchange.agreement.terms import (
    ANSWER,
    ANSWERED,
    QUESTION,
    Clauses,
    Decision,
    Direction,
    Disclosure,
    FieldRule,
    Grant,
    Rules,
    Side,
)
from elchi.exchange.message import HANDLING, ONWARD, TLP, Handling
from elchi.subjects.wire import KINDS

_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,79}", re.ASCII)
_WORD: Final = re.compile(r"[a-z][a-z0-9_]{0,39}(\.[a-z][a-z0-9_]{0,39})?", re.ASCII)
_CLAUSE: Final = re.compile(r"[A-Za-z0-9]([A-Za-z0-9 ().,/-]{0,30}[A-Za-z0-9)])?", re.ASCII)
_COUNTRY: Final = re.compile(r"[A-Z]{2}", re.ASCII)
_CODE: Final = re.compile(r"[a-z0-9-]{1,64}", re.ASCII)
_NODE: Final = re.compile(r"(?=.{1,32}\Z)[A-Z][A-Z0-9]*(-[A-Z0-9]+){0,4}", re.ASCII)
_FIELD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}(\.[A-Za-z][A-Za-z0-9_]{0,63}){0,4}", re.ASCII)
_MAX_VERSION: Final = 999_999
_MAX_DAYS: Final = 36_500
_MAX_USES: Final = 1_000
"""Ways times purposes times kinds of message of one grant."""
_TOP: Final = (
    "format", "id", "version", "title", "sides", "valid_from", "valid_until", "grants", "disclosure", "handling",
    "retention_days", "onward", "clauses", "articles",
)  # fmt: skip
_Articles = Mapping[str, Mapping[str, str]]
_Check = Callable[[Place, str, Mask | None], None]
"""Says of a rule's field, and its mask, what is wrong with them."""


def read_agreement(content: bytes) -> Agreement:
    """Read the JSON text of an agreement, in UTF-8.

    Raises:
        InvalidInput: `agreement_invalid` with `field` (the place), `rule`, and where they apply `allowed` or `maximum`.
    """
    return agreement_from_json(load_json(content))


def agreement_from_json(told: Any) -> Agreement:
    """Read an agreement from JSON values, as `Agreement.to_json` gives them.

    Raises:
        InvalidInput: as `read_agreement`.
    """
    place = Place(told)
    place.items().get("format", Place(None, "format")).choice((FORMAT,))  # first of all: another format has other keys
    top = place.keys(*_TOP)
    title = top["title"].by_language()
    articles = _articles(top["articles"], title)
    sides = top["sides"].keys("a", "b")
    handling = top["handling"].keys("code", "tlp")
    agreement = Agreement(
        id=top["id"].like(_ID, "agreement_id"),
        version=top["version"].number(_MAX_VERSION),
        title=title,
        side_a=_side(sides["a"]),
        side_b=_side(sides["b"]),
        valid_from=top["valid_from"].date(),
        valid_until=top["valid_until"].date(),
        grants=tuple(_grant(place, articles) for place in top["grants"].each()),
        disclosure=top["disclosure"].member(Disclosure),
        handling_floor=Handling(code=handling["code"].choice(HANDLING), tlp=handling["tlp"].choice(TLP)),
        retention_days=top["retention_days"].number(_MAX_DAYS),
        onward=top["onward"].choice(ONWARD),
        clauses=_clauses(top["clauses"], articles),
        articles=articles,
    )
    _check_whole(agreement, top)
    return agreement


def _check_whole(agreement: Agreement, top: Mapping[str, Place]) -> None:
    if agreement.valid_until < agreement.valid_from:
        top["valid_until"].fail("ends_later")
    a, b = ({**side.to_json(), "name": ""} for side in (agreement.side_a, agreement.side_b))
    if a == b:
        top["sides"].fail("sides_differ")
    covered: set[tuple[Direction, str, str]] = set()
    for place, grant in zip(top["grants"].each(), agreement.grants, strict=True):
        uses = set(product(grant.directions, grant.purposes, grant.message_kinds))
        if covered & uses:
            place.fail("granted_once")
        covered |= uses
    for direction, purpose, kind in covered:
        if kind == QUESTION and (direction.back, purpose, ANSWER) not in covered:
            top["grants"].fail("answer_granted")


def _articles(place: Place, languages: Mapping[str, str]) -> _Articles:
    articles = {}
    for clause, texts in place.items().items():
        if not _CLAUSE.fullmatch(clause):
            texts.fail("clause_name")
        articles[clause] = texts.by_language()
        if articles[clause].keys() != languages.keys():
            texts.fail("languages_of_title")
    return MappingProxyType(articles)


def _clauses(place: Place, articles: _Articles) -> Clauses:
    told = place.keys(*(field.name for field in fields(Clauses)))
    return Clauses(**{name: _clause(one, articles) for name, one in told.items()})


def _clause(place: Place, articles: _Articles) -> str:
    clause = place.text()
    if clause not in articles:
        place.fail("clause_of_articles")
    return clause


def _side(place: Place) -> Side:
    told = place.keys("name", "countries", "agencies", "offices", "nodes")
    side = Side(
        name=told["name"].by_language(),
        countries=told["countries"].all_like(_COUNTRY, "country_letters"),
        agencies=told["agencies"].all_like(_CODE, "code_letters"),
        offices=told["offices"].all_like(_CODE, "code_letters"),
        nodes=told["nodes"].all_like(_NODE, "node_code"),
    )
    if not (side.countries or side.agencies or side.offices or side.nodes):
        place.fail("side_of_somebody")
    return side


def _grant(place: Place, articles: _Articles) -> Grant:
    told = place.keys("directions", "purposes", "message_kinds", "clause", "subjects", "details")
    directions = tuple(one.member(Direction) for one in told["directions"].each())
    if len(set(directions)) != len(directions):
        told["directions"].fail("item_once")
    grant = Grant(
        directions=directions,
        purposes=told["purposes"].all_like(_WORD, "word"),
        message_kinds=told["message_kinds"].all_like(_WORD, "word"),
        clause=_clause(told["clause"], articles),
        subjects=MappingProxyType(
            {kind: _subject(one, kind, articles) for kind, one in told["subjects"].items().items()}
        ),
        details=_rules(told["details"], articles, _check_detail),
    )
    for name in ("directions", "purposes", "message_kinds"):
        if not getattr(grant, name):
            told[name].fail("filled")
    if len(directions) * len(grant.purposes) * len(grant.message_kinds) > _MAX_USES:
        place.fail("max_items", maximum=_MAX_USES)
    for name, one in told["details"].items().items():
        if ANSWER in grant.message_kinds and name in ANSWERED:
            one.fail("said_by_disclosure")
    return grant


def _subject(place: Place, kind: str, articles: _Articles) -> Rules:
    if kind not in KINDS:
        place.fail("one_of", allowed=sorted(KINDS))

    def check(one: Place, name: str, mask: Mask | None) -> None:
        if not is_field(kind, name):
            one.fail("field_path")
        if mask and mask not in masks_of(kind, name):
            one.fail("mask_fits", allowed=[str(fitting) for fitting in masks_of(kind, name)])

    return _rules(place, articles, check)


def _check_detail(place: Place, name: str, _: Mask | None) -> None:
    if "." in name or name in RESERVED or name in (SUBJECT, BODY_VERSION):
        place.fail("field_path")


def _rules(place: Place, articles: _Articles, check: _Check) -> Rules:
    rules = {}
    for name, one in place.items().items():
        if not _FIELD.fullmatch(name):
            one.fail("field_path")
        rules[name] = _rule(one, articles)
        check(one, name, rules[name].mask)
    return MappingProxyType(rules)


def _rule(place: Place, articles: _Articles) -> FieldRule:
    masked = place.items().get("decision", Place(None)).value == Decision.MASKED
    told = place.keys("decision", "mask", "clause") if masked else place.keys("decision", "clause")
    return FieldRule(
        told["decision"].member(Decision),
        _clause(told["clause"], articles),
        told["mask"].member(Mask) if masked else None,
    )
