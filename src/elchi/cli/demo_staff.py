"""The invented people of a demo node, what they put on lists, and what they decide. Nobody of them lives."""

from __future__ import annotations

import dataclasses
import datetime as dt
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, Final

from elchi.cli.node import who_is_here
from elchi.errors import Conflict

if TYPE_CHECKING:
    from elchi.node.officers.acting import Acting

_HERE: Final = files(__package__)
CROSSING: Final = "BCP001"
"""Kordai and Ak-Jol, on the road from Almaty to Bishkek."""
_WANTED: Final = {
    "en": "Wanted persons", "ru": "Розыск", "kk": "Іздеудегілер", "ky": "Издөөдөгүлөр", "tg": "Ҷустуҷӯшудагон",
    "uz": "Qidiruvdagilar", "tk": "Gözlenýänler",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Member:
    """One of the staff."""

    sign_in_name: str
    name: str
    role: str
    agency: str = "kz-border"


STAFF: Final = (
    Member("first.line", "Айдана Сейтқали", "first_line"),
    Member("second.line", "Тимур Абенов", "second_line"),
    Member("supervisor", "Гульмира Касенова", "supervisor"),
    Member("list.keeper", "Данияр Оспанов", "list_keeper"),
    Member("analyst", "Жанна Ли", "analyst"),
    Member("programme", "Marta Lindqvist", "programme"),
    Member("auditor", "Ерлан Мусин", "auditor"),
    Member("agreement.keeper", "Асель Нурланова", "agreement_keeper"),
    Member("customs", "Санжар Рахимов", "second_line", "kz-customs"),
)
PATIENCE: Final = 30.0
"""Seconds for which something is waited for: messages take milliseconds."""
_ROLES: Final = ("first_line", "second_line", "supervisor", "list_keeper", "agreement_keeper")
_NAMES: Final[Mapping[str, Sequence[str]]] = {
    "KG": ("Чолпон Садырова", "Бакыт Асанов", "Гүлзат Осмонова", "Эмил Жолдошев", "Нургүл Бекова"),
    "TJ": ("Мадина Раҳимова", "Фирӯз Назаров", "Зарина Юсупова", "Далер Саидов", "Шаҳло Каримова"),
    "UZ": ("Jasur Toshmatov", "Dilshod Ergashev", "Nigora Yusupova", "Otabek Rahmonov", "Malika Sodiqova"),
    "": ("Aizhan Testova", "Rustam Testov", "Olga Testova", "Kairat Testov", "Leyla Testova"),
}  # fmt: skip


def neighbours(country: str) -> tuple[Member, ...]:
    """Give the staff of another state's node, or of the hub; all of the agency of the node."""
    return tuple(Member(role.replace("_", "."), name, role) for role, name in zip(_ROLES, _NAMES[country], strict=True))


def hire(
    members: Sequence[Member], agencies: Sequence[str], password: str, language: str, crossings: Sequence[str]
) -> dict[str, Acting]:
    """Let invented officers begin at the office of the node that is open.

    Args:
        members: who they are; those of no agency in `agencies` are of the first.
        agencies: whose office it is, the lead first.
        password: of all of them, and of the administrator.
        language: in which they read.
        crossings: of the office.
    """
    from elchi.node.directory import queries as directory
    from elchi.node.directory.services import change_office
    from elchi.node.here import here
    from elchi.node.officers import queries, services
    from elchi.node.officers.cards import OfficerCard

    by, office = who_is_here(), here().code.lower()
    card = directory.office_card(directory.office_of(office))
    card = dataclasses.replace(card, agencies=tuple(agencies), crossings=tuple(crossings))
    change_office(by=by, code=office, card=card)
    officers = [
        services.add_officer(
            by=by,
            sign_in_name=one.sign_in_name,
            card=OfficerCard(
                name=one.name,
                agency=one.agency if one.agency in agencies else agencies[0],
                office=office,
                roles=[one.role],
            ),
            language=language,
        )[0]
        for one in members
    ]
    hired = {}
    for officer in (*officers, *queries.active_administrators()):
        hired[officer.sign_in_name] = queries.acting_of(officer, via="console")
        services.change_password(by=hired[officer.sign_in_name], password=password)
    return hired


def acting(sign_in_name: str) -> Acting:
    """Give one of the staff of the node that is open, as he acts at the console."""
    from elchi.node.officers.queries import Wanted, acting_of, officers_of

    return acting_of(officers_of(Wanted(text=sign_in_name)).get(), via="console")


def wait_for(look: Callable[[], Any]) -> Any:
    """Look until something is there, and give it.

    Raises:
        Conflict: `demo_not_made` if nothing comes.
    """
    ends_at = time.monotonic() + PATIENCE
    while (found := look()) is None:
        if time.monotonic() > ends_at:
            raise Conflict("demo_not_made", reason="run.log")
        time.sleep(0.02)
    return found


@dataclass(frozen=True, slots=True)
class Decision:
    """What the second line decides on what was found for a line of the shift."""

    after: int
    """Minutes after the check."""
    outcome: str
    reason: str
    threats: tuple[str, ...] = ()
    note: str = ""
    """In the case that it opens."""


DECISIONS: Final = {
    "06:41": Decision(11, "negative", "Another man: the passport and the patronymic differ."),
    "08:33": Decision(
        19, "positive", "Plate and engine number are those of the stolen car.", ("stolen_vehicle",),
        "The driver says that he bought the car in good faith.",
    ),
    "11:50": Decision(
        42, "unsure", "The birth date is near, the photograph is old. Headquarters is asked.", ("terrorism",)
    ),
}  # fmt: skip


class Staff:
    """The staff at work."""

    def __init__(self, password: str, language: str) -> None:
        """Let them begin.

        Args:
            password: of all of them, and of the administrator.
            language: in which they read.
        """
        self._acting = hire(STAFF, ("kz-border", "kz-customs"), password, language, (CROSSING,))

    def __getitem__(self, sign_in_name: str) -> Acting:
        return self._acting[sign_in_name]

    def load_wanted(self) -> Any:
        """Load the list of the invented ministry: the keeper brings it, the supervisor lets it in."""
        from elchi.node.watchlists import services
        from elchi.node.watchlists.offers import ListFile
        from elchi.node.watchlists.services.rules_of_use import RulesOfUse

        with as_file(_HERE / "demo_wanted.csv") as path:
            file = ListFile(path=path, format="csv")
            keeper, rules = self["list.keeper"], RulesOfUse(title=_WANTED["en"], owner="kz-border", tlp="AMBER")
            services.add_list(by=keeper, name="wanted", origin="national", rules=rules, titles=_WANTED)
            version = services.load_list(by=keeper, name="wanted", file=file)
        return services.approve_version(by=self["supervisor"], version_id=version.pk)

    def add_entries(self, today: dt.date) -> tuple[str, ...]:
        """Put three own entries in force: a stolen car, a wanted man, and a van that customs follows without a word."""
        from elchi.node.watchlists.own import OwnDraft
        from elchi.node.watchlists.services import create_entry

        def put(who: str, schema: str, action: str, properties: Mapping[str, Sequence[str]], authority: str) -> str:
            draft = OwnDraft(
                schema=schema,
                properties={name: tuple(values) for name, values in properties.items()},
                action=action,
                legal_basis="Invented order 117, for training",
                authority=authority,
                instructions="",
                expires_date=today + dt.timedelta(days=90),
            )
            return str(create_entry(by=self[who], draft=draft).key)

        police, customs = "Invented police department", "Invented customs department"
        wanted = {"name": ["Кенжебеков Самат Ерболович"], "birthDate": ["1986-04-02"], "nationality": ["KZ"]}
        return (
            put("list.keeper", "Vehicle", "stop", {"registrationNumber": ["05 KG 321 DEM"]}, police),
            put("list.keeper", "Person", "stop", wanted, police),
            put("customs", "Vehicle", "discreet", {"registrationNumber": ["770 DEM 02"]}, customs),
        )

    def judge(self, line: str, finding_id: int) -> dict[str, str]:
        """Have the second line decide on what was found for a line of `DECISIONS`.

        Returns:
            What was decided, and the number of the case that it opened.
        """
        from elchi.node.cases.queries import open_cases_for
        from elchi.node.cases.services import add_note
        from elchi.node.checks.services import judge_finding

        by, decision = self["second.line"], DECISIONS[line]
        made = judge_finding(
            by=by, finding_id=finding_id, outcome=decision.outcome, reason=decision.reason, threats=decision.threats
        )
        if decision.note:
            case = open_cases_for(by).get(origin=f"finding:{finding_id}")
            add_note(by=by, case_id=case.pk, text=decision.note)
        return {"outcome": decision.outcome, "case": made.case}

    def relieve(self) -> None:
        """Begin the shift that is on now."""
        from elchi.node.checks.services import start_shift

        start_shift(by=self["first.line"], purpose="border_check", direction="entry", crossing_code=CROSSING)

    def submit_manifest(self, rows: str) -> None:
        """Give the node a manifest, which its worker screens."""
        from elchi.node.checks.manifests import Told
        from elchi.node.checks.services import submit_manifest

        terms = Told(purpose="border_check", direction="entry", crossing=CROSSING)
        submit_manifest(by=self["second.line"], name="bus-117.csv", file=[rows.encode()], terms=terms)
