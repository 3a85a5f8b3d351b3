"""Values of a comparison in templates."""

from __future__ import annotations

from typing import Any, Final

from django import template
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from elchi.console.templatetags.elchi import name_of
from elchi.locale import Words
from elchi.node.directory.queries import countries
from elchi.screening.keys import country_of

register = template.Library()

_DATES: Final = ("birth_date", "deathDate")
_STATES: Final = ("nationality", "birthCountry", "flag")
_CODES: Final = (
    "document_number", "national_id", "registration_number", "plate", "vin", "container_number", "phone", "email",
)  # fmt: skip


@register.simple_tag(takes_context=True)
def compared(context: Context, row: Any, value: Any) -> SafeString:
    """Write a value of a row (`elchi.node.checks.comparison`), with the letters that differ marked."""
    words: Words = context["words"]
    if row.field in (*_DATES, *_STATES, "sex"):
        shown = '<span class="num">{}</span>' if row.field in _DATES else "{}"
        return format_html(shown, value_text(words, row, value))
    spans = format_html_join("", "{}", ((_span(span),) for span in value.spans))
    return format_html("<bdi{}>{}</bdi>", SafeString(' class="code"') if row.field in _CODES else "", spans)


def value_text(words: Words, row: Any, value: Any) -> str:
    """Say a value of a row without marking: dates, states and sexes in the language of the words."""
    text: str = value.text
    if row.field in _DATES:
        return words.date(text)
    if row.field == "sex":
        said = words.text(f"sex.{text}")
        return text if said == f"sex.{text}" else said
    return _state(words, text) if row.field in _STATES else text


def _span(span: Any) -> SafeString:
    return format_html("<mark>{}</mark>" if span.differs else "{}", span.text)


def _state(words: Words, text: str) -> str:
    """Give the name of a state in the officer's language; the text itself where it names none known here."""
    code = country_of(text).upper()
    found = countries().filter(code=code).first() if code else None
    return name_of(words, found) or code if found else code or text
