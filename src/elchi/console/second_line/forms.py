"""What an officer says of a finding."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from elchi.console.forms import OneOf, WordsForm
from elchi.console.templatetags.elchi import name_of
from elchi.errors import ElchiError
from elchi.locale import Words
from elchi.node.cases.rules import CLASSES, THREATS
from elchi.node.checks.findings import NEEDLE, list_titles
from elchi.node.checks.rules import OUTCOMES
from elchi.node.checks.services.judge import REASON
from elchi.node.officers.acting import Acting

KINDS: Final = ("person", "vehicle", "document", "organisation", "consignment")


class JudgementForm(WordsForm):
    """A judgement, its reason, and what a case needs that it opens."""

    room = "second_line"
    outcome = OneOf(OUTCOMES, "outcome", widget=forms.RadioSelect, label="second_line.your_judgement")
    reason = forms.CharField(max_length=REASON, widget=forms.Textarea(attrs={"rows": 3}))
    threat = OneOf(THREATS, "threat", nothing="–", required=False)
    classification = OneOf(CLASSES, "class", required=False)

    def __init__(self, words: Words, *args: Any, standing: str = "", **kwargs: Any) -> None:
        """Make the form; `standing` is the outcome that is to be overruled."""
        super().__init__(words, *args, **kwargs)
        self.offer("outcome", [(one, words.text(f"outcome.{one}")) for one in OUTCOMES if one != standing])

    def terms(self) -> dict[str, Any]:
        """Give what was said, as the verbs take it."""
        said = self.cleaned_data
        return {
            "outcome": said["outcome"],
            "reason": said["reason"],
            "classification": said["classification"] or None,
            "threats": [said["threat"]] if said["threat"] else [],
        }

    def refuse(self, error: ElchiError) -> None:
        """Say of threats at the field of the one that an officer can name."""
        if error.params.get("field") == "threats":
            self.add_error("threat", self.words.text("second_line.threat_missing"))
        else:
            super().refuse(error)


class FilterForm(WordsForm):
    """Which findings of the queue."""

    room = "second_line"
    list = forms.ChoiceField(required=False)
    kind = OneOf(KINDS, "kind", nothing="second_line.all_kinds", required=False)
    text = forms.CharField(required=False, max_length=NEEDLE)

    def __init__(self, by: Acting, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        titles = [(name, name_of(words, row)) for name, row in list_titles(by).items()]
        self.offer("list", titles, nothing="second_line.all_lists")

    def wanted(self) -> dict[str, str]:
        """Give the filters, as `open_findings` takes them; what is no filter is none."""
        said = self.cleaned_data if self.is_valid() else {}
        return {"watchlist": said.get("list", ""), "kind": said.get("kind", ""), "text": said.get("text", "").strip()}
