"""What a supervisor says of retention."""

from __future__ import annotations

from typing import Any, Final

from django import forms

from elchi.console.forms import WordsForm
from elchi.errors import InvalidInput
from elchi.locale import Words
from elchi.node.checks.retention import LIMITS, REASON, check_terms

LABELS: Final = {
    "clear_days": "retention.clear_days",
    "clear_subject_hours": "retention.clear_subject_hours",
    "finding_days": "retention.finding_days",
    "negative_days": "retention.negative_days",
    "manifest_days": "retention.manifest_days",
    "closed_case_days": "retention.closed_case_days",
    "sign_in_days": "retention.sign_in_days",
}
HINTS: Final = {
    "clear_days": "retention.clear_days_hint",
    "clear_subject_hours": "retention.clear_subject_hours_hint",
    "finding_days": "retention.finding_days_hint",
    "negative_days": "retention.negative_days_hint",
    "manifest_days": "retention.manifest_days_hint",
    "closed_case_days": "retention.closed_case_days_hint",
    "sign_in_days": "retention.sign_in_days_hint",
}


class RetentionForm(WordsForm):
    """Each term of a policy, and why."""

    def __init__(self, words: Words, *args: Any, **kwargs: Any) -> None:
        super().__init__(words, *args, **kwargs)
        for name, (least, most) in LIMITS.items():
            widget = forms.NumberInput(attrs={"min": least, "max": most, "inputmode": "numeric"})
            hint = words.text("retention.limits", hint=words.text(HINTS[name]), least=least, most=most)
            self.put(name, forms.IntegerField(label=LABELS[name], help_text=hint, widget=widget))
        text = forms.Textarea(attrs={"rows": 2})
        self.put("reason", forms.CharField(label="retention.reason", max_length=REASON, widget=text))

    def clean(self) -> dict[str, Any]:
        """Hold the limits of the policy."""
        said = self.cleaned_data
        if not self.errors:
            try:
                check_terms(said)
            except InvalidInput as error:
                self.refuse(error)
        return said

    def terms(self) -> dict[str, int]:
        """Give the terms said."""
        return {name: self.cleaned_data[name] for name in LIMITS}
