"""What an officer says of a finding."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from elchi.console.templatetags.elchi import name_of
from elchi.errors import ElchiError
from elchi.locale import Words
from elchi.node.cases.rules import CLASSES, THREATS
from elchi.node.checks.findings import NEEDLE, list_titles
from elchi.node.checks.rules import OUTCOMES
from elchi.node.checks.services.judge import REASON
from elchi.node.officers.acting import Acting

KINDS: Final = ("person", "vehicle", "document", "organisation", "consignment")


class JudgementForm(forms.Form):
    """A judgement, its reason, and what a case needs that it opens."""

    outcome = forms.ChoiceField(widget=forms.RadioSelect)
    reason = forms.CharField(max_length=REASON, widget=forms.Textarea(attrs={"rows": 3}))
    threat = forms.ChoiceField(required=False)
    classification = forms.ChoiceField(required=False)

    def __init__(self, words: Words, *args: Any, standing: str = "", **kwargs: Any) -> None:
        """Make the form; `standing` is the outcome that is to be overruled."""
        super().__init__(*args, **kwargs)
        self.words = words
        labels = {
            "outcome": words.text("second_line.your_judgement"),
            "reason": words.text("second_line.reason"),
            "threat": words.text("second_line.threat"),
            "classification": words.text("second_line.classification"),
        }
        choices = {
            "outcome": [(one, words.text(f"outcome.{one}")) for one in OUTCOMES if one != standing],
            "threat": [("", "–"), *((one, words.text(f"threat.{one}")) for one in THREATS)],
            "classification": [(one, words.text(f"class.{one}")) for one in CLASSES],
        }
        for name, field in self.fields.items():
            field.label = labels[name]
            field.error_messages["required"] = words.text("rule.missing")
            if isinstance(field, forms.ChoiceField):
                field.choices = choices[name]
                field.error_messages["invalid_choice"] = words.text("rule.one_of")

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
        """Show an error of the verb where it belongs."""
        field = str(error.params.get("field"))
        if field == "threats":
            self.add_error("threat", self.words.text("second_line.threat_missing"))
            return
        params = {name: value for name, value in error.params.items() if name not in ("field", "allowed")}
        self.add_error(field if field in self.fields else None, self.words.error(error.code, params))


class FilterForm(forms.Form):
    """Which findings of the queue."""

    list = forms.ChoiceField(required=False)
    kind = forms.ChoiceField(required=False)
    text = forms.CharField(required=False, max_length=NEEDLE)

    def __init__(self, by: Acting, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = [(name, name_of(words, row)) for name, row in list_titles(by).items()]
        choices = {
            "list": [("", words.text("second_line.all_lists")), *titles],
            "kind": [("", words.text("second_line.all_kinds")), *((one, words.text(f"kind.{one}")) for one in KINDS)],
        }
        labels = {
            "list": words.text("second_line.list"),
            "kind": words.text("second_line.kind"),
            "text": words.text("second_line.text"),
        }
        for name, field in self.fields.items():
            field.label = labels[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices[name]

    def wanted(self) -> dict[str, str]:
        """Give the filters, as `open_findings` takes them; what is no filter is none."""
        said = self.cleaned_data if self.is_valid() else {}
        return {"watchlist": said.get("list", ""), "kind": said.get("kind", ""), "text": said.get("text", "").strip()}
