"""What a request with an idempotency key was answered: sent again, it is answered the same and not done again."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from elchi.errors import InvalidInput
from elchi.node.officers.models import ApiToken, KeptAnswer


def begin_answer(*, token: str, key: str, request: str) -> KeptAnswer | None:
    """Reserve a key inside the transaction of what is asked; who sends the same meanwhile waits here for its end.

    Args:
        token: prefix of the token.
        key: as the caller chose it.
        request: SHA-256 of method, address and body.

    Returns:
        The answer that was kept, or None when the request is new.

    Raises:
        InvalidInput: `key_reused`, for another request.
    """
    row = KeptAnswer(token=ApiToken.objects.get(prefix=token), key=key, request=request, status=0)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        kept = KeptAnswer.objects.get(token__prefix=token, key=key)
        if kept.request != request:
            raise InvalidInput("key_reused", field="Idempotency-Key", rule="one_request") from None
        return kept
    return None


def keep_answer(*, token: str, key: str, status: int, body: str) -> None:
    """Keep what was answered, in the same transaction."""
    KeptAnswer.objects.filter(token__prefix=token, key=key).update(status=status, body=body)
