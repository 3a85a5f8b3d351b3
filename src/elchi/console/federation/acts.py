"""A form that does one thing, and then leads on: the same page for all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect

from elchi.console.forms import WordsForm
from elchi.console.kit import AtDoor, show


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """What the page says of it."""

    title: str
    """Key of the words: also of the button."""
    back: str
    """Address."""
    hint: str = ""
    """Key of the words: what it does."""
    is_grave: bool = False


def fill_in(
    request: AtDoor, deed: Deed, form: WordsForm, act: Callable[[dict[str, Any]], str], done: str = ""
) -> HttpResponseBase:
    """Show a form, and do what it asks.

    Args:
        request: that asks.
        deed: what the page says.
        form: bound if it was sent.
        act: does it, and gives the address that follows.
        done: key of what is said then.
    """
    if request.method == "POST" and (place := form.attempt(act)) is not None:
        if done:
            messages.success(request, request.words.text(done))
        return redirect(place)
    status = 422 if form.errors else 200
    return show(request, "federation/form.html", {"form": form, "deed": deed}, status=status)
