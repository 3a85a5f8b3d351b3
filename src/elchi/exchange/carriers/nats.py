"""The carrier over a backbone: a hub of NATS JetStream, with an account and a mailbox for each node.

What is handed over goes to `to.RECEIVER.LANE`, which the hub brings into the receiver's mailbox as `in.SENDER.LANE` if
he lets it; deploy/nats-hub.conf is a hub, docs/protocol/06-bundle-qr-nats.md has the form. A message that the hub has
is `carried` and proves nothing. It stays in the mailbox until its outcome is told. Needs the extra `nats`.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error, MaxPayloadError, NoRespondersError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import APIError, FetchTimeoutError

from elchi.errors import InvalidInput, NotFound, PartnerUnreachable
from elchi.exchange.batch import Item, Limits, Outcome, decode_batch, encode_batch, fill_batch
from elchi.exchange.carrier import Pulled, Pushed
from elchi.exchange.carriers.tls import Identity, client_context
from elchi.exchange.message import LANES, URGENT

MAILBOX: Final = "MBX"
DAYS: Final = 30
ACK_WAIT: Final = 30.0
"""Seconds after which what was fetched and has no outcome is given again."""
PATIENCE: Final = 30.0
_CONSUMERS: Final = {
    "urgent": ([f"in.*.{lane}" for lane in LANES if lane in URGENT], 64),
    "rest": ([f"in.*.{lane}" for lane in LANES if lane not in URGENT], 16),
}
"""Name to what it gives, and how many messages at a time: so that what is urgent overtakes."""
_SLICE: Final = 1.0
"""Seconds for which a pull waits for the urgent before it looks for the rest."""
_FULL: Final = frozenset((10002, 10023, 10028, 10047, 10077))
"""Codes of JetStream: the mailbox or the account has no room."""
_log: Final = logging.getLogger(__name__)


class NatsCarrier:
    """A hub.

    Args:
        party: code of the hub.
        addresses: `tls://host:port` or `wss://host:port`, tried in this order.
        certificates: DER, that it may present.
        identity: of this node.
        patience: seconds without an answer after which the hub counts as gone.
    """

    name = "nats"

    def __init__(
        self,
        party: str,
        *,
        addresses: Sequence[str],
        certificates: Sequence[bytes],
        identity: Identity,
        patience: float = PATIENCE,
    ) -> None:
        if not addresses:
            raise InvalidInput("way_invalid", field="addresses", rule="missing", party=party)
        self._party, self._addresses, self._patience = party, list(addresses), patience
        self._context = client_context(identity, certificates, protocols=())
        self._lock = asyncio.Lock()
        self._client: Client | None = None
        self._boxes: dict[str, JetStreamContext.PullSubscription] = {}
        self._here: dict[str, tuple[Item, Msg]] = {}
        """Hash to what was fetched and has no outcome yet."""
        self._given: set[str] = set()
        """Of that, what a pull has given."""

    async def push(self, items: Sequence[Item]) -> Pushed:
        """Hand over items."""
        async with self._connected() as client:
            if not items:
                await client.flush(timeout=round(self._patience) or 1)
            return Pushed(tuple(await asyncio.gather(*(self._hand_over(client, item) for item in items))))

    async def pull(self, *, wait: float, size: int) -> Pulled:
        """Fetch what lies in the mailbox of this node, the urgent first."""
        async with self._connected():
            until = asyncio.get_running_loop().time() + wait
            slice_ = 0.0
            while True:
                left = until - asyncio.get_running_loop().time()
                await self._fetch("urgent", min(max(left, 0.0), slice_))
                if not self._fresh():
                    await self._fetch("rest", 0.0)
                    if self._fresh():
                        await self._fetch_overtaking()
                slice_, fresh = _SLICE, self._fresh()
                if fresh or left <= 0:
                    items = fill_batch(fresh, limits=Limits(content=size))
                    self._given.update(item.sha256 for item in items)
                    return Pulled(items, more=bool(fresh))

    async def acknowledge(self, taken: Pushed) -> None:
        """Hand over the receipts, then clear what was taken from the mailbox."""
        if taken.back:
            await self.push(taken.back)
        async with self._connected():
            known = [self._here[one.sha256][1] for one in taken.outcomes if one.sha256 in self._here]
            await asyncio.gather(*(message.ack_sync(timeout=round(self._patience) or 1) for message in known))
            for outcome in taken.outcomes:
                self._here.pop(outcome.sha256, None)
                self._given.discard(outcome.sha256)

    async def key_document(self, party: str, *, after_version: int) -> bytes | None:
        """Give none: new keys come as messages.

        Raises:
            NotFound: `party_unknown`.
        """
        del after_version  # a hub has none
        raise NotFound("party_unknown", party=party)

    async def close(self) -> None:
        """Let go of the connection, and of what was fetched: the next one finds it in the mailbox at once."""
        client, self._client = self._client, None
        here, self._here = self._here, {}
        self._boxes.clear()
        self._given.clear()
        if client is not None:
            with suppress(Error, OSError, TimeoutError):
                if here and client.is_connected:
                    await asyncio.gather(*(message.nak() for _, message in here.values()))
                    await client.flush(timeout=1)
            await _let_go(client)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Client]:
        """Give the connection; when it fails it is given up, and the next call makes another."""
        client: Client | None = None
        try:
            async with self._lock:
                if self._client is None or not self._client.is_connected:
                    await self.close()
                    self._client = client = await self._connect()
                    await self._open_mailbox(client)
                client = self._client
            yield client
        except APIError as error:
            _log.warning("exchange.hub_refused", extra={"party": self._party, "code": str(error.err_code)})
            await self._give_up(client)
            raise self._unreachable("busy") from None
        except TimeoutError:  # of asyncio and of nats
            await self._give_up(client)
            raise self._unreachable("timeout") from None
        except (Error, OSError, EOFError):
            await self._give_up(client)
            raise self._unreachable("cut") from None

    async def _give_up(self, client: Client | None) -> None:
        """Let go of a connection that failed, unless another one has taken its place."""
        if client is self._client:
            await self.close()

    async def _connect(self) -> Client:
        for address in self._addresses:
            client = Client()
            try:
                await client.connect(
                    address,
                    tls=self._context,
                    tls_hostname=self._party,  # not looked at: the certificate is the name
                    connect_timeout=round(self._patience / 6) or 1,
                    allow_reconnect=False,
                    max_reconnect_attempts=1,  # else a first connection that fails is tried for two minutes
                    reconnect_time_wait=0,
                    ping_interval=10,
                    max_outstanding_pings=2,
                    error_cb=_noted,
                    pending_size=8 << 20,
                )
            except (Error, OSError, TimeoutError):
                await _let_go(client)
                continue
            except asyncio.CancelledError:
                await _let_go(client)
                raise
            return client
        raise self._unreachable("connect")

    async def _open_mailbox(self, client: Client) -> None:
        """Make the mailbox of this node where there is none yet; one that is there cannot be changed by this."""
        stream = client.jetstream(timeout=self._patience)
        await stream.add_stream(
            StreamConfig(
                name=MAILBOX,
                subjects=["in.>"],
                retention=RetentionPolicy.WORK_QUEUE,
                storage=StorageType.FILE,
                discard=DiscardPolicy.NEW,
                max_age=DAYS * 86_400,
                deny_delete=True,
                deny_purge=True,
            )
        )
        for name, (subjects, _) in _CONSUMERS.items():
            config = ConsumerConfig(
                durable_name=name,
                filter_subjects=subjects,
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=ACK_WAIT,
                max_ack_pending=256,
            )
            await stream.add_consumer(MAILBOX, config)
            self._boxes[name] = await stream.pull_subscribe_bind(consumer=name, stream=MAILBOX)

    async def _hand_over(self, client: Client, item: Item) -> Outcome:
        try:
            answer = await client.request(f"to.{item.to}.{item.lane}", encode_batch([item]), timeout=self._patience)
        except NoRespondersError:  # the receiver does not let us, or has no mailbox yet
            return Outcome(item.sha256, "rejected", "not_carried")
        except MaxPayloadError:
            return Outcome(item.sha256, "rejected", "batch_too_large")
        try:
            told = json.loads(answer.data)
        except (ValueError, RecursionError):
            told = None
        if not isinstance(told, dict) or not isinstance(told.get("error", {}), dict):
            raise self._unreachable("answer")
        if "error" not in told:
            return Outcome(item.sha256, "carried")
        if told["error"].get("err_code") in _FULL:
            return Outcome(item.sha256, "rejected", "quota_exceeded")
        raise self._unreachable("busy")

    async def _fetch_overtaking(self) -> None:
        """Fetch the urgent that was here before the rest, and that a busy hub gave too late to be seen."""
        told = await self._boxes["urgent"].consumer_info()
        held = sum(item.lane in URGENT for item, _ in self._here.values())
        late = max((told.num_ack_pending or 0) - held, 0)  # given after the look had ended: it is in the queue here
        if count := min((told.num_pending or 0) + late, _CONSUMERS["urgent"][1]):
            await self._fetch("urgent", _SLICE if told.num_pending else 0.0, count)

    async def _fetch(self, name: str, wait: float, most: int = 0) -> None:
        """Fetch messages of one kind to where pulls give them from; at most some, else as many as go at a time."""
        try:
            messages = await self._boxes[name].fetch(most or _CONSUMERS[name][1], timeout=max(wait, 0.05))
        except (FetchTimeoutError, TimeoutError):
            return
        for message in messages:
            try:
                items = decode_batch(message.data)
            except InvalidInput as error:
                _log.warning("exchange.hub_message_damaged", extra={"party": self._party, "code": error.code})
                await message.term()
                continue
            for item in items:
                self._here[item.sha256] = (item, message)
                self._given.discard(item.sha256)

    def _fresh(self) -> list[Item]:
        """Give what was fetched and not given, the urgent first."""
        items = [item for sha256, (item, _) in self._here.items() if sha256 not in self._given]
        return sorted(items, key=lambda item: LANES.index(item.lane))

    def _unreachable(self, reason: str) -> PartnerUnreachable:
        return PartnerUnreachable("partner_unreachable", party=self._party, reason=reason)


async def _let_go(client: Client) -> None:
    """Close a connection, also one on which nothing moves any more."""
    with suppress(Error, OSError, TimeoutError):
        async with asyncio.timeout(1):
            await client.close()


async def _noted(error: Exception) -> None:
    _log.warning("exchange.hub_failed", extra={"code": type(error).__name__})
