"""Agreements as policy: who may tell whom what, for what, field by field, by which clause. Default deny.

`read_agreement` gives an `Agreement`; its `permit` is the only maker of outgoing subjects, its `admit` what the
receiver asks. docs/protocol/04-agreement.md is the specification.
"""

from elchi.exchange.agreement.choose import choose_agreement
from elchi.exchange.agreement.compare import Change, Effect, compare
from elchi.exchange.agreement.document import FORMAT, Agreement
from elchi.exchange.agreement.fields import known_fields
from elchi.exchange.agreement.masks import CUT, MASKED, Mask
from elchi.exchange.agreement.permit import Conditions, Permit
from elchi.exchange.agreement.read import agreement_from_json, read_agreement
from elchi.exchange.agreement.sift import Because, FieldDecision, unmasked
from elchi.exchange.agreement.simulate import Outcome, PastMessage, Simulation, simulate
from elchi.exchange.agreement.template import Template, templates
from elchi.exchange.agreement.terms import Decision, Direction, Disclosure, FieldRule, Grant, Party, Side, Use

__all__ = [
    "CUT",
    "FORMAT",
    "MASKED",
    "Agreement",
    "Because",
    "Change",
    "Conditions",
    "Decision",
    "Direction",
    "Disclosure",
    "Effect",
    "FieldDecision",
    "FieldRule",
    "Grant",
    "Mask",
    "Outcome",
    "Party",
    "PastMessage",
    "Permit",
    "Side",
    "Simulation",
    "Template",
    "Use",
    "agreement_from_json",
    "choose_agreement",
    "compare",
    "known_fields",
    "read_agreement",
    "simulate",
    "templates",
    "unmasked",
]
