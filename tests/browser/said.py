"""What a page says, against the catalogues: no key without words, no sentence of another language."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from playwright.sync_api import Page

_GATHER = """() => {
  const told = [document.title];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    if (!parent.closest("script, style, textarea, bdi, .code, [lang]:not(html)")) told.push(walk.currentNode.data);
  }
  for (const one of document.querySelectorAll("[aria-label], [placeholder], [alt], [title]")) {
    for (const name of ["aria-label", "placeholder", "alt", "title"]) told.push(one.getAttribute(name) || "");
  }
  return told.map(text => text.replace(/\\s+/g, " ").trim()).filter(Boolean);
}"""
_PARAMETER = re.compile(r"\{[^{}]*\}")
_LONG = 7
"""Letters from which on a message is looked for inside a longer text too."""


def texts_of(page: Page) -> list[str]:
    """Give each text of a page, those that only a reader of the screen is told among them."""
    gathered: list[str] = page.evaluate(_GATHER)
    return gathered


@cache
def messages(language: str) -> Mapping[str, str]:
    """Give the messages of a language: those it has itself, by key and plural form."""
    found = {}
    for path in sorted((files("elchi.locale") / language / "LC_MESSAGES").iterdir(), key=lambda path: path.name):
        if path.name.endswith(".mo"):
            with path.open("rb") as file:
                catalogue: dict[object, str] = gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]  # noqa: SLF001  there is no other way to all of them
            found.update({str(key): text for key, text in catalogue.items() if key})
    return found


@cache
def _patterns(language: str, own: str) -> tuple[tuple[str, re.Pattern[str], str], ...]:
    """Give what shows that a page of language `own` says something in another one: longest part, whole, message."""
    ours = [text.casefold() for text in messages(own).values()]
    names = set(messages("en").values()) & set(messages("ru").values())  # PDF is PDF everywhere
    made = []
    for text in set(messages(language).values()) - names:
        parts = _PARAMETER.split(text)
        letters = sum(character.isalpha() for part in parts for character in part)
        if letters < 3 or any(text.casefold() in one for one in ours):
            continue
        inner = ".{0,80}?".join(map(re.escape, parts))
        pattern = rf"(?<!\w){inner}(?!\w)" if letters >= _LONG else rf"^\W*{inner}\W*$"
        made.append((max(parts, key=len).strip().casefold(), re.compile(pattern, re.IGNORECASE), text))
    return tuple(made)


def foreign(texts: Iterable[str], *, own: str, others: Iterable[str]) -> set[tuple[str, str]]:
    """Give the texts that say something in one of other languages, with what they say."""
    patterns = [one for language in others for one in _patterns(language, own)]
    folded = {text: text.casefold() for text in texts}
    return {
        (text, said)
        for text, fold in folded.items()
        for part, pattern, said in patterns
        if part in fold and pattern.search(text)
    }


@cache
def _key() -> re.Pattern[str]:
    keys = sorted({key.split("'")[1] if key.startswith("(") else key for key in messages("en")}, key=len, reverse=True)
    return re.compile(rf"(?<![\w/.@])({'|'.join(map(re.escape, keys))})(?![\w/@])")


def keys_without_words(texts: Iterable[str]) -> set[str]:
    """Give the keys of messages that stand on a page as they are."""
    return {found[0] for text in texts if (found := _key().search(text))}
