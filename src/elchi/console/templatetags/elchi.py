"""Words, dates, numbers and signs in templates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Final

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from elchi.locale import Words

register = template.Library()

_SHAPES: Final[Mapping[str, str]] = {
    "stop": "M15 3h18l12 12v18L33 45H15L3 33V15zM12 20v8h24v-8z",
    "review": "M24 1l23 23-23 23L1 24zM24 15a9 9 0 1 0 0 18a9 9 0 0 0 0-18z",
    "clear": "M24 2a22 22 0 1 0 0 44a22 22 0 0 0 0-44zM11 24.5l4.5-4.5 5.5 5.5 11.5-12.5 4.5 4.5-16 17z",
}
_ICONS: Final[Mapping[str, str]] = {
    "scan": "M4 8V5h4M16 5h4v3M4 16v3h4M16 19h4v-3M7 12h10",
    "queue": "M4 6h10M4 12h7M4 18h10M17 9l4 3-4 3",
    "rows": "M4 5h16v14H4zM4 10h16M4 15h16M10 5v14",
    "folder": "M3 7h6l2 3h10v9H3zM7 14h10",
    "scales": "M12 3v18M4 8h5l-2-2M4 8l3 2M20 16h-5l2-2M20 16l-3 2",
    "list": "M6 3h9l4 4v14H6zM9 11h7M9 15h7",
    "people": "M8 11a3 3 0 1 0 0-6a3 3 0 0 0 0 6zM3 20c0-4 2-6 5-6s5 2 5 6M15 11h6M15 15h6M15 7h6",
    "pair": "M6 9a3 3 0 1 0 0 6a3 3 0 0 0 0-6zM18 9a3 3 0 1 0 0 6a3 3 0 0 0 0-6zM9 12h6",
    "map": "M3 6l6-2 6 2 6-2v14l-6 2-6-2-6 2zM9 4v14M15 6v14",
    "bars": "M4 20h16M7 20v-6M12 20V6M17 20v-9",
    "badge": "M6 3h12v18H6zM12 12a2.5 2.5 0 1 0 0-5a2.5 2.5 0 0 0 0 5zM9 17c0-2 1-3 3-3s3 1 3 3",
    "eye": "M2 12c3-5 6-7 10-7s7 2 10 7c-3 5-6 7-10 7s-7-2-10-7zM12 15a3 3 0 1 0 0-6a3 3 0 0 0 0 6z",
    "node": "M4 4h16v6H4zM4 14h16v6H4zM8 7h.01M8 17h.01",
    "lock": "M6 11h12v9H6zM8 11V8a4 4 0 0 1 8 0v3",
}

_LIKENESS: Final[Mapping[str, str]] = {
    "same": "frame.likeness_same",
    "close": "frame.likeness_close",
    "differs": "frame.likeness_differs",
    "none": "frame.likeness_none",
}


@register.simple_tag(takes_context=True, name="t")
def say(context: Context, key: str, **params: Any) -> str:
    """Say a message of the locale: `{% t "checks.done" count=3 %}`."""
    return _words(context).text(key, **params)


@register.simple_tag(takes_context=True)
def word(context: Context, vocabulary: str, value: Any) -> str:
    """Say a value of a vocabulary: `{% word "role" role %}` is the message `role.first_line`."""
    key = f"{vocabulary}.{value}"
    said = _words(context).text(key)
    return str(value) if said == key else said


@register.simple_tag(takes_context=True)
def named(context: Context, row: Any) -> str:
    """Give the name of an agency, office, country or list in the officer's language, else one that he reads."""
    return name_of(_words(context), row)


def name_of(words: Words, row: Any) -> str:
    """Give the name of a row in the language of the words, else in one that its officers read."""
    names = getattr(row, "names", None) or getattr(row, "titles", None) or {}
    for code in _read_by(words):
        if names.get(code):
            return str(names[code])
    return str(getattr(row, "title", "") or getattr(row, "name", ""))  # the name of a list is its key


@register.simple_tag(takes_context=True)
def crossing(context: Context, row: Any) -> SafeString:
    """Write the name of a crossing, of both its sides."""
    return format_html("<bdi>{}</bdi>", crossing_name(_words(context), row))


def crossing_name(words: Words, row: Any) -> str:
    """Give the name of a crossing, of both its sides; empty for no crossing."""
    return " – ".join(crossing_names(words, row)) if row is not None else ""


def crossing_names(words: Words, row: Any) -> tuple[str, ...]:
    """Give the name of each side of a crossing in the language of the words, else in one that its officers read."""
    said = next((row.names[code] for code in _read_by(words) if any(row.names.get(code, ()))), ("", ""))
    return tuple(name for name in (said[0] or row.name_a, said[1] or row.name_b) if name)


@register.simple_tag(takes_context=True)
def day(context: Context, value: dt.date | dt.datetime | str | None) -> str:
    """Write a date as the language does."""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value)
    return _words(context).date(value if isinstance(value, str) else value.isoformat()) if value else ""


@register.simple_tag(takes_context=True)
def when(context: Context, value: dt.datetime | None) -> SafeString | str:
    """Write a time as `<time>`: the date as the language does, and hours and minutes."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    shown = f"{_words(context).date(local.date().isoformat())} {local:%H:%M}"
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), shown)


@register.simple_tag
def clock(value: dt.datetime | None) -> SafeString | str:
    """Write the time of day as `<time>`."""
    if value is None:
        return ""
    local = timezone.localtime(value)
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), f"{local:%H:%M}")


@register.simple_tag(takes_context=True)
def lately(context: Context, value: dt.datetime) -> SafeString | str:
    """Write the time of day as `<time>`, with its date where that is not today."""
    return clock(value) if timezone.localdate(value) == timezone.localdate() else when(context, value)


@register.simple_tag(takes_context=True)
def number(context: Context, value: float | None, digits: int | None = None) -> str:
    """Write a number as the language does."""
    return "" if value is None else _words(context).number(value, digits)


@register.simple_tag(takes_context=True)
def verdict(context: Context, band: str) -> SafeString:
    """Show a verdict in a row: shape, colour and word."""
    band = band.lower()
    return format_html('<span class="v {}">{}{}</span>', band, _shape(band), _words(context).band(band.upper()))


@register.simple_tag
def shape(band: str) -> SafeString:
    """Draw the shape of a verdict: octagon, lozenge or disc."""
    return _shape(band.lower())


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the menu: one of ours by its name, or a path that a module brings."""
    return format_html(
        '<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d="{}"/></svg>', _ICONS.get(name, name)
    )


@register.simple_tag(takes_context=True)
def likeness(context: Context, kind: str) -> SafeString:
    """Draw the lozenge between two values: `same` full, `close` half, `differs` hollow, `none` a dash."""
    label = _words(context).text(_LIKENESS[kind])
    paths = {
        "same": '<path d="M8 1l7 7-7 7-7-7z" fill="currentColor"/>',
        "close": '<path d="M8 1v14l-7-7z" fill="currentColor"/><path d="M8 1.7l6.3 6.3L8 14.3 1.7 8z" fill="none" '
        'stroke="currentColor" stroke-width="1.6"/>',
        "differs": '<path d="M8 2l6 6-6 6-6-6z" fill="none" stroke="currentColor" stroke-width="2"/>',
        "none": '<path d="M5 8h6" stroke="currentColor" stroke-width="2"/>',
    }
    drawn = SafeString(paths[kind])
    return format_html('<svg class="loz" viewBox="0 0 16 16" role="img" aria-label="{}">{}</svg>', label, drawn)


@register.simple_tag(takes_context=True)
def page_address(context: Context, **changes: Any) -> str:
    """Give this page's address with parameters changed: `{% page_address page=3 %}`; an empty value takes one away."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


def _shape(band: str) -> SafeString:
    return format_html(
        '<svg viewBox="0 0 48 48" aria-hidden="true"><path fill="currentColor" fill-rule="evenodd" d="{}"/></svg>',
        _SHAPES.get(band, _SHAPES["review"]),
    )


def _read_by(words: Words) -> tuple[str, ...]:
    """Give the languages that an officer reads, his own first."""
    return tuple(dict.fromkeys((words.language, "en" if words.language == "en" else "ru", "en")))


def _words(context: Context) -> Words:
    words: Words = context["words"]
    return words
