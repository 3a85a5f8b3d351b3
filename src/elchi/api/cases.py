"""Cases: open one, list, read, write a note, move."""

from __future__ import annotations

from ninja import Router

router = Router()
