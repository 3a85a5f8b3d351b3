"""The part of the demonstration that crosses the border: two states' nodes, one between, and a line that is cut."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from elchi.cli.demo_side import Side
from elchi.screening.finding import Band

if TYPE_CHECKING:
    from elchi.cli.demo_story import Story

HELD: Final = 64 << 20
"""Bytes that the node between holds for each of the two at most."""
NAMES: Final = {
    "KZ-DEMO-1": {"en": "Border Service of Kazakhstan (training)", "ru": "Пограничная служба Казахстана (учебная)"},
    "KG-DEMO-1": {"en": "Border Service of Kyrgyzstan (training)", "ru": "Пограничная служба Кыргызстана (учебная)"},
}
WANTED: Final = {"name": "Токтогулов Эрлан Муратович", "birth_date": "1984-02-11", "number": "AC0000117"}
"""On the list of the other side only, as its officers write him."""
SHOWN: Final = {"name": "TOKTOGULOV ERLAN", "birth_date": "1984-02-11", "number": "AC0000117", "nationality": "KGZ"}
"""The same man, as his passport has him."""
STRANGER: Final = {
    "name": "SATYBALDIEVA AIZADA",
    "birth_date": "1991-06-30",
    "number": "AC0000118",
    "nationality": "KGZ",
}


@dataclass(frozen=True, slots=True)
class Border:
    """Three nodes, and what happens between them."""

    story: Story
    here: Side
    """Where the shift was."""
    there: Side
    """Across the border."""
    between: Side
    """The relay."""

    @classmethod
    def around(cls, story: Story, here: Side, folder: Path, ports: Iterator[int]) -> Border:
        """Say which nodes there are beside the first one; they are made in a folder."""
        there = Side(
            home=folder / "ak-jol", code="KG-DEMO-1", name="Ak-Jol (training)", country="KG",
            organisation="Border Service (training)", agency="kg-border", listen=f"127.0.0.1:{next(ports)}",
            exchange=f"127.0.0.1:{next(ports)}", languages="ru,en,ky", time_zone="Asia/Bishkek",
        )  # fmt: skip
        between = Side(
            home=folder / "relay", code="KZ-RELAY-1", name="Almaty, headquarters (training)", country="KZ",
            organisation="Border Service (training)", agency="kz-border", listen=f"127.0.0.1:{next(ports)}",
            exchange=f"127.0.0.1:{next(ports)}",
        )  # fmt: skip
        return cls(story, here, there, between)

    @contextmanager
    def running(self) -> Iterator[dict[str, Any]]:
        """Join the three, tell the story, and let them run until the block ends."""
        words, told = self.story.words, dict[str, Any]()
        self.story.begin(
            words.text("demo.border"),
            words.text("demo.border.means", there=self.there.code, between=self.between.code),
        )
        for side in (self.there, self.between):
            side.make()
            side.do("begin", agency=side.agency, password=self.story.password, language=words.language)
        self.there.do("want", **WANTED, phone="+996 700 000 001")
        told["fingerprints"] = self._join()
        with ExitStack() as running:
            for side in (self.here, self.there, self.between):
                running.enter_context(side.running())
            told |= {"agreement": self._agree(), "hit": self._ask(), "cut": self._cut()}
            yield told

    def _join(self) -> dict[str, str]:
        """Have each two exchange files and compare what they show; then say who reaches whom how."""
        spoken: dict[str, dict[str, str]] = {side.code: {} for side in (self.here, self.there, self.between)}
        for one, other in ((self.here, self.there), (self.here, self.between), (self.there, self.between)):
            invitation, answer = (self.there.home.with_name(f"{one.code}-{other.code}.{end}") for end in ("1", "2"))
            spoken[other.code][one.code] = one.call("partner", "invite", str(invitation))["spoken"]
            spoken[one.code][other.code] = other.call("partner", "accept", str(invitation), "--answer", str(answer))[
                "spoken"
            ]
            one.call("partner", "accept", str(answer))
        called: dict[str, Any] = {"carriers": [{"kind": "https"}]}
        around = [{"kind": "https"}, {"kind": "relay", "through": self.between.code}, {"kind": "bundle"}]
        relay, held = called | {"is_relay": True}, called | {"relayed_bytes": HELD}
        for side, ways in (
            (self.here, {self.between.code: relay, self.there.code: {"carriers": around}}),
            (self.there, {self.between.code: relay, self.here.code: {"carriers": around}}),
            (self.between, {self.here.code: held, self.there.code: held}),
        ):
            side.do("compare", partners=spoken[side.code], ways=ways)
        groups = spoken[self.here.code][self.there.code]
        joined = {"here": self.here.code, "there": self.there.code, "groups": " ".join(groups.split()[:3])}
        self.story.say(self.story.words.text("demo.joined", **joined))
        return spoken[self.here.code]

    def _agree(self) -> dict[str, str]:
        name = self.here.do("propose", partner=self.there.code, names=NAMES)
        signed, holds = self.there.do("countersign"), self.here.do("in_force")
        self.story.say(self.story.words.text("demo.agreed", agreement=name))
        return {"name": name, "signed": signed, "in_force": holds}

    def _ask(self) -> dict[str, Any]:
        """Check somebody of whom nothing is known here, and is there."""
        words = self.story.words
        checked = self.here.do("check", **SHOWN)
        self._checked(SHOWN, checked)
        answer = self.here.do("answered", check=checked["check"])
        self.story.say(words.text("demo.hit", partner=self.there.code, seconds=words.number(answer["seconds"], 2),
                                  reference=answer["reference"], **answer["contact"]))  # fmt: skip
        case = self.here.do("judged", check=checked["check"])
        self.story.say(words.text("demo.hit_case", case=case))
        return {**checked, **answer, "case": case}

    def _cut(self) -> dict[str, Any]:
        """Cut the other side off, ask it, and bring it back."""
        words = self.story.words
        self.there.stop()
        checked = self.here.do("check", **STRANGER)
        size = self.between.do("held", partner=self.there.code)
        self.story.say("", words.text("demo.cut", partner=self.there.code))
        self._checked(STRANGER, checked)
        self.story.say(words.text("demo.held", between=self.between.code, bytes=size))
        self.there.start()
        answer = self.here.do("answered", check=checked["check"])
        outcome = words.text(f"answer.{answer['state']}")
        self.story.say(words.text("demo.restored", partner=self.there.code, outcome=outcome))
        return {**checked, **answer, "held_bytes": size}

    def _checked(self, who: dict[str, str], checked: dict[str, Any]) -> None:
        words = self.story.words
        fields = {
            name: ", ".join(words.text(f"field.{field}") for field in checked[name]) for name in ("went", "stayed")
        }
        verdict = words.band(Band(checked["verdict"]))
        self.story.say(words.text("demo.asked", name=who["name"], verdict=verdict, partner=self.there.code, **fields))
