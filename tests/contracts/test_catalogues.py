"""The catalogues of words: whole in every language, nothing in them that nobody says, compiled as they are written."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from elchi.locale import LANGUAGES, Words
from elchi.node.federation.kinds import kinds

VOCABULARIES = (
    "access_reason", "act", "act_kept", "act_state", "act_where", "action", "agency_kind", "agreement_deed",
    "agreement_hint", "agreement_state", "alert", "alert_state", "answer", "asked", "asset", "audit_fault",
    "availability", "bad_line", "band", "because", "case_reason", "case_state", "class", "clock", "competence",
    "concealment", "config_fault", "confirmation_step", "counted", "crossing_kind", "crossing_status", "custody",
    "custody_end", "custody_fault", "custody_move", "day", "decision", "deed", "detection", "difference", "direction",
    "disclosure", "document_fault", "document_letter", "duty", "effect", "entity_field", "entry_state", "event",
    "evidence_missing", "factor", "fault", "field", "finding_state", "format_name", "goods", "goods_form", "goods_type",
    "guidance", "guidance_word", "hand_over", "handling", "hit_act", "impact", "import_field", "incident_kind",
    "instrument", "interpol", "invitation", "key_use", "kind", "lane", "language", "lead_reason", "lead_state", "level",
    "link", "list_field", "list_format", "log_fault", "log_kind", "log_reference", "mandate_reason", "manifest_state",
    "mark_kind", "mask", "match", "match_state", "match_suspicion", "matter", "matter_tried", "matters", "measure",
    "menu", "message_kind", "message_lane", "message_outcome", "message_state", "node_caution", "node_fault",
    "office_kind", "onward",
    "operation_at", "operation_kind", "operation_move", "operations", "origin", "outcome", "packaging", "part",
    "partner_caution", "partner_state", "period", "person_end", "person_role", "phase", "place", "point_kind",
    "point_move", "point_state", "practice", "precision", "property", "purpose", "query_source", "query_state", "queue",
    "reach", "reaction", "regional", "regional_by", "regional_item", "regional_tab", "regional_told", "register_status",
    "report", "report_field", "report_hint", "report_state", "reported", "request_kind", "results_by", "right", "role",
    "room", "rule", "said", "said_by", "schema", "score", "sex", "shared_mark", "side", "side_state", "simulated",
    "status", "stock", "stock_group", "stock_unit", "subject_part", "subject_role", "talk_act", "talk_do", "talk_state",
    "talks", "task_at", "task_move", "task_state", "template", "theme", "threat", "trace", "traffic",
    "transport", "urgency", "verb", "version_state", "via",
)  # fmt: skip
"""Keys whose second part comes with a parameter, or is the name of a form's field; each must stand in the code."""


WHOLE = ("en", "ru")
"""Languages of everything."""
FIRST_LINE = ("checks", "findings", "frame", "log", "said")
"""Catalogues of what a first-line officer meets, and of the ready sentences of the desk; every language has them."""


@pytest.fixture(scope="module")
def catalogues(root: Path) -> dict[str, Catalog]:
    """All words of a language in one catalogue."""
    return {language: _merged(sorted(_folder(root, language).glob("*.po"))) for language in LANGUAGES}


@pytest.mark.parametrize("language", WHOLE)
def test_every_kind_of_message_has_words(language: str) -> None:
    keys = [f"message_kind.{kind}" for kind in kinds()]
    assert {key for key in keys if Words(language).text(key) == key} == set()


def _merged(paths: list[Path]) -> Catalog:
    catalogues = [_read(path) for path in paths]
    merged = Catalog(locale=catalogues[0].locale, header_comment="")
    merged.mime_headers = catalogues[0].mime_headers  # its plural forms
    ids = [message.id for catalogue in catalogues for message in catalogue if message.id]
    assert len(ids) == len({str(one) for one in ids}), "a key stands in two catalogues"
    for catalogue in catalogues:
        assert catalogue.plural_forms == catalogues[0].plural_forms, "two catalogues count otherwise"
        for message in catalogue:
            if message.id:
                merged[message.id] = message
    return merged


@pytest.fixture(scope="module")
def strings(root: Path, trees: Mapping[Path, ast.Module]) -> set[str]:
    nodes = [node for tree in trees.values() for node in ast.walk(tree)]
    parts = (part for node in nodes if isinstance(node, ast.ClassDef) for part in node.body)
    fields = {
        target.id for part in parts if isinstance(part, ast.Assign) for target in part.targets
        if isinstance(target, ast.Name)
    }  # fmt: skip
    patterns = (path.read_text(encoding="utf-8") for path in (root / "src").rglob("agreement/templates/*.json"))
    fields |= {name for text in patterns for name in re.findall(r'"(\w+)":', text)}  # what they let go has words too
    return fields | {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


@pytest.fixture(scope="module")
def said(root: Path, trees: Mapping[Path, ast.Module]) -> set[str]:
    """The keys of `words.text("key", ...)` in the code, of `{% t "key" ... %}` in the templates, of fields of forms."""
    templates = (path.read_text(encoding="utf-8") for path in (root / "src").rglob("*.html"))
    shown = {key for text in templates for key in re.findall(r"{%-?\s*t [\"']([\w.]+)[\"']", text)}
    calls = (node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.Call))
    labels = {key for tree in trees.values() for node in ast.walk(tree) for key in _labels(node)}
    return (
        shown
        | labels
        | {
            call.args[0].value
            for call in calls
            if isinstance(call.func, ast.Attribute) and call.func.attr == "text"
            if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
        }
    )


def _labels(form: ast.AST) -> Iterator[str]:
    """Give the keys of the fields of a form that names its `room`: those that have no label of their own."""
    lines = [line for line in form.body if isinstance(line, ast.Assign)] if isinstance(form, ast.ClassDef) else []
    given = {line.targets[0].id: line.value for line in lines if isinstance(line.targets[0], ast.Name)}
    room = given.get("room")
    if isinstance(room, ast.Constant) and isinstance(room.value, str):
        for name, field in given.items():
            if isinstance(field, ast.Call) and "label" not in {keyword.arg for keyword in field.keywords}:
                yield f"{room.value}.{name}"


def _folder(root: Path, language: str) -> Path:
    return root / "src/elchi/locale" / language / "LC_MESSAGES"


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, abort_invalid=True)


def _keys(catalogue: Catalog, room: str = "") -> set[str]:
    return {key for key in _texts(catalogue) if not room or key.partition(".")[0] == room}


def _texts(catalogue: Catalog) -> dict[str, tuple[str, ...]]:
    """Give each key its text, or its texts where it has plural forms."""
    return {
        message.id if isinstance(message.id, str) else message.id[0]: (
            (message.string,) if isinstance(message.string, str) else tuple(message.string or ())
        )
        for message in catalogue
        if message.id
    }


def _params(texts: tuple[str, ...]) -> set[str]:
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_language_has_the_same_keys(root: Path, catalogues: dict[str, Catalog]) -> None:
    first_line = _keys(_merged([_folder(root, "en") / f"{name}.po" for name in FIRST_LINE]))
    wanted = {language: _keys(catalogues["en"]) if language in WHOLE else first_line for language in LANGUAGES}
    assert {language: sorted(wanted[language] ^ _keys(one)) for language, one in catalogues.items()} == {
        language: [] for language in LANGUAGES
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_catalogue_holds_what_its_english_one_holds(root: Path, language: str) -> None:
    differing = {
        path.name: sorted(_keys(_read(path)) ^ _keys(_read(_folder(root, "en") / path.name)))
        for path in _folder(root, language).glob("*.po")
    }
    assert {name: keys for name, keys in differing.items() if keys} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_empty_or_doubtful(catalogues: dict[str, Catalog], language: str) -> None:
    catalogue = catalogues[language]
    assert [key for key, texts in _texts(catalogue).items() if not all(texts)] == []
    assert [message.id for message in catalogue if message.fuzzy and message.id] == []
    assert list(catalogue.obsolete) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_forms_are_all_there(catalogues: dict[str, Catalog], language: str) -> None:
    catalogue = catalogues[language]
    forms = {key: len(texts) for key, texts in _texts(catalogue).items() if len(texts) > 1}
    assert forms == dict.fromkeys(forms, catalogue.num_plurals)


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_words_are_those_written(root: Path, language: str) -> None:
    written = sorted(_folder(root, language).glob("*.po"))
    assert [path.stem for path in written] == sorted(path.stem for path in _folder(root, language).glob("*.mo"))
    for path in written:
        with path.with_suffix(".mo").open("rb") as file:
            compiled = read_mo(file)
        assert _texts(compiled) == _texts(_read(path)), f"{path.name} is newer: run make words"
        assert compiled.plural_forms == _read(path).plural_forms


@pytest.mark.parametrize("language", LANGUAGES)
def test_languages_use_the_same_params(catalogues: dict[str, Catalog], language: str) -> None:
    english, here = _texts(catalogues["en"]), _texts(catalogues[language])
    differing = {
        key: (sorted(_params(english[key])), sorted(_params(texts)))
        for key, texts in here.items()
        if _params(english[key]) != _params(texts) and not key.startswith("format.")
    }
    assert differing == {}


def test_every_error_has_words_and_every_word_an_error(
    error_calls: tuple[Any, ...], catalogues: dict[str, Catalog]
) -> None:
    assert {f"error.{call.code}" for call in error_calls} == _keys(catalogues["en"], "error")


def test_words_of_errors_use_params_of_their_row(root: Path, catalogues: dict[str, Catalog]) -> None:
    page = (root / "docs/errors.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `(\w+)` \| \w+ \| (.*?) \| ", page, re.MULTILINE))
    unknown = {
        key: sorted(_params(texts) - set(re.findall(r"`(\w+)`", rows.get(key.removeprefix("error."), ""))))
        for key, texts in _texts(catalogues["en"]).items()
        if key.startswith("error.")
    }
    assert {key: params for key, params in unknown.items() if params} == {}


def test_every_rule_has_words(error_calls: tuple[Any, ...], catalogues: dict[str, Catalog]) -> None:
    rules = {f"rule.{call.rule}" for call in error_calls if call.rule}
    assert sorted(rules - _keys(catalogues["en"], "rule")) == []


def test_rules_take_no_params(catalogues: dict[str, Catalog]) -> None:
    assert {key for key, texts in _texts(catalogues["en"]).items() if key.startswith("rule.") and _params(texts)} == (
        set()
    )


def test_every_reason_has_words_and_every_word_a_reason(root: Path, catalogues: dict[str, Catalog]) -> None:
    page = (root / "docs/evidence.md").read_text(encoding="utf-8")
    listed = set(re.findall(r"`((?:name|birth_date|sex|nationality|birth_place|key|issuer|kind|weak)_[a-z_]+)`", page))
    assert {f"reason.{code}" for code in listed} == _keys(catalogues["en"], "reason")


def test_every_key_said_has_words(said: set[str], catalogues: dict[str, Catalog]) -> None:
    assert sorted(said - _keys(catalogues["en"])) == []


def test_no_words_that_nobody_says(said: set[str], strings: set[str], catalogues: dict[str, Catalog]) -> None:
    unsaid = [
        key
        for key in sorted(_keys(catalogues["en"]) - said - strings)
        if key.partition(".")[0] not in ("error", "reason")
        if not (key.partition(".")[0] in VOCABULARIES and key.partition(".")[2] in strings)
    ]
    assert unsaid == []
