"""Between the session and the pages: who acts, in which language, and what he must do before anything else."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from elchi.console.kit import AtDoor
from elchi.locale import Words, best_language
from elchi.node.officers.queries import acting_of

Answer = Callable[[HttpRequest], HttpResponse]


def officer_at_the_door(answer: Answer) -> Answer:
    """Give each request its officer as `acting` and its `words`."""

    def answered(request: HttpRequest) -> HttpResponse:
        at_door = cast("AtDoor", request)
        if request.user.is_authenticated:
            at_door.acting = acting_of(request.user, via="console")
            language = request.user.language
        else:
            wanted = request.headers.get("Accept-Language", "").replace(";", ",").split(",")
            language = best_language([request.COOKIES.get("elchi_language", ""), *wanted])
        at_door.words = Words(language)
        with translation.override(language):
            return answer(request)

    return answered
