"""What an officer says of a manifest."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from elchi.console.templatetags.elchi import crossing_name
from elchi.locale import Words
from elchi.node.checks.manifests import Told
from elchi.node.checks.rules import DIRECTIONS, PURPOSES
from elchi.node.directory.queries import crossings
from elchi.screening.manifest import FORMATS

_LABELS: Final = {
    "file": "manifests.file",
    "format": "manifests.format",
    "purpose": "manifests.purpose",
    "crossing": "manifests.crossing",
    "direction": "manifests.direction",
}


class ManifestForm(forms.Form):
    """A file, and what it is."""

    file = forms.FileField()
    format = forms.ChoiceField(required=False)
    purpose = forms.ChoiceField()
    crossing = forms.ChoiceField(required=False)
    direction = forms.ChoiceField()

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "format": [("", words.text("manifests.by_suffix"))]
            + [(name, words.text(f"format_name.{name}")) for name in sorted(set(FORMATS.values()))],
            "purpose": [(one, words.text(f"purpose.{one}")) for one in PURPOSES],
            "crossing": [("", words.text("manifests.no_crossing"))]
            + [(one.code, crossing_name(words, one)) for one in crossings()],
            "direction": [(one, words.text(f"direction.{one}")) for one in DIRECTIONS],
        }
        for name, field in self.fields.items():
            field.label = words.text(_LABELS[name])
            if isinstance(field, forms.ChoiceField):
                field.choices = choices[name]

    def told(self) -> Told:
        """Give what was said."""
        names = ("format", "purpose", "crossing", "direction")
        return Told(**{name: self.cleaned_data[name] for name in names})
