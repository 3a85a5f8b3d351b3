"""Templates hold no sentence: what people read comes from the catalogues."""

from __future__ import annotations

import re
from pathlib import Path

NAMES = frozenset(("Elchi", "TLP", "SHA", "PDF", "Esc", "Enter", "Ctrl", "Alt"))
"""What is called the same in every language: names, formats, and what stands on keys."""
SAID = re.compile(r"\b(?:aria-label|aria-description|title|placeholder|alt|label)=[\"']([^\"']*)[\"']")
CODE = (
    (re.compile(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", re.DOTALL), ""),
    (re.compile(r"{%.*?%}|{{.*?}}", re.DOTALL), " "),
    (re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL), " "),
)
WORD = re.compile(r"[^\W\d_]{2,}")


def _read(template: str) -> set[str]:
    """Give the words that a template itself says, in its text and in what is read aloud."""
    for pattern, instead in CODE:
        template = pattern.sub(instead, template)
    shown = re.sub(r"<[^>]*>|&\w+;", " ", template)
    return {word for text in (shown, *SAID.findall(template)) for word in WORD.findall(text)}


def test_a_sentence_would_be_found() -> None:
    assert _read('<p title="Nine">{% t "frame.x" %} lives <b lang="en">{{ left }}</b></p>') == {"Nine", "lives"}


def test_templates_say_nothing_of_their_own(root: Path) -> None:
    own = {path.name: _read(path.read_text(encoding="utf-8")) - NAMES for path in (root / "src").rglob("*.html")}
    assert {name: words for name, words in own.items() if words} == {}
