"""What an officer says of a manifest."""

from __future__ import annotations

from typing import Any

from django import forms

from elchi.console.forms import OneOf, WordsForm
from elchi.console.templatetags.elchi import crossing_name
from elchi.errors import ElchiError
from elchi.locale import Words
from elchi.node.checks.manifests import Told
from elchi.node.checks.rules import DIRECTIONS, PURPOSES
from elchi.node.directory.queries import crossings
from elchi.screening.manifest import FORMATS


class ManifestForm(WordsForm):
    """A file, and what it is."""

    room = "manifests"
    file = forms.FileField()
    format = OneOf(sorted(set(FORMATS.values())), "format_name", nothing="manifests.by_suffix", required=False)
    purpose = OneOf(PURPOSES, "purpose")
    crossing = forms.ChoiceField(required=False)
    direction = OneOf(DIRECTIONS, "direction")

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        places = [(one.code, crossing_name(words, one)) for one in crossings()]
        self.offer("crossing", places, nothing="manifests.no_crossing")

    def refuse(self, error: ElchiError) -> None:
        """Say all at the file: what is wrong is in it."""
        self.add_error("file", self.words.error(error.code, error.params))

    def told(self) -> Told:
        """Give what was said."""
        names = ("format", "purpose", "crossing", "direction")
        return Told(**{name: self.cleaned_data[name] for name in names})
