"""To open a way: the carrier of its kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from elchi.errors import InvalidInput
from elchi.exchange.carrier import Carrier, Way
from elchi.exchange.carriers.bundle import BundleCarrier
from elchi.exchange.carriers.https import HttpsCarrier
from elchi.exchange.carriers.relay import RelayCarrier
from elchi.exchange.carriers.tls import Identity


def open_carrier(way: Way, *, me: str, identity: Identity) -> Carrier:
    """Open a way; nothing is connected yet.

    Args:
        way: whose addresses are `https://host:port` for https and relay, `tls://host:port` or `wss://host` for nats,
            and for bundle the one folder.
        me: code of this node.
        identity: of this node.

    Raises:
        InvalidInput: `way_invalid`: there is no such carrier, or it lacks an address or an extra.
        Conflict: `key_damaged`: the identity cannot be read.
    """
    if not way.addresses:
        raise InvalidInput("way_invalid", field="addresses", rule="missing", party=way.party)
    called: Any = {"addresses": way.addresses, "certificates": way.certificates, "identity": identity}
    match way.carrier:
        case "https":
            return HttpsCarrier(way.party, **called)
        case "relay":
            return RelayCarrier(way.party, **called)
        case "bundle":
            return BundleCarrier(Path(way.addresses[0]), me=me, party=way.party)
        case "nats":
            try:
                from elchi.exchange.carriers.nats import NatsCarrier  # noqa: PLC0415  an extra
            except ImportError:
                raise InvalidInput("way_invalid", field="carrier", rule="extra", party=way.party) from None
            return NatsCarrier(way.party, **called)
    raise InvalidInput("way_invalid", field="carrier", rule="carrier", party=way.party)
