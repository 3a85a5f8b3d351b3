"""Exhibits: every hand-over is two officers' own act, the chain shows what was changed, photos tell no place."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.api_calls import caller
from tests.factories import acting, make_office, make_officer, signed_in
from tests.node.test_incidents import recorded

from elchi.errors import Conflict, InvalidInput, NotAllowed, NotFound
from elchi.modules.operations import exhibits, services
from elchi.modules.operations.custody import ExhibitCard, Fault, Said
from elchi.modules.operations.models import Exhibit, ExhibitPhoto, ExhibitStep
from elchi.node import files
from elchi.node.audit.models import AuditLine
from elchi.node.officers.acting import Acting
from elchi.node.officers.queries import acting_of
from elchi.node.officers.rules import Role

BAG = ExhibitCard(kind="drug", what="Two packages, brown tape", quantity=Decimal(1981), unit="g", seal="UZ 0017 A",
                  place="Search hall")  # fmt: skip
SEEN = Said(seal="uz0017a")


@pytest.fixture
def officers() -> dict[str, Acting]:
    """Who seizes, who keeps, who commands."""
    made = {name: make_officer(role, name=name) for name, role in
            (("seizer", Role.FIRST_LINE), ("keeper", Role.SECOND_LINE), ("chief", Role.SUPERVISOR))}  # fmt: skip
    return {name: acting_of(officer, via="console") for name, officer in made.items()}


def taken(by: Acting) -> Exhibit:
    return services.take_exhibit(by=by, incident_id=recorded().pk, card=BAG)


def photo(seconds: int = 0) -> bytes:
    """A picture with a place and a time in it, as a telephone makes it."""
    exif = Image.Exif()
    exif[0x0132] = f"2026:03:07 09:30:{seconds:02d}"
    exif.get_ifd(0x8825)[2] = (40.0, 23.0, 1.0)
    made = io.BytesIO()
    Image.new("RGB", (64, 48), "brown").save(made, "JPEG", exif=exif)
    return made.getvalue()


def test_a_hand_over_is_two_steps_of_two_officers(officers: dict[str, Acting]) -> None:
    seizer, keeper = officers["seizer"], officers["keeper"]
    row = taken(seizer)
    services.move_exhibit(by=seizer, exhibit_id=row.pk, move="give", said=Said(seal="UZ 0017 A", to="keeper"))
    assert [one.pk for one in exhibits.exhibits_with("keeper")] == [row.pk]
    with pytest.raises(NotAllowed, match="custody_other_holder"):
        services.move_exhibit(by=seizer, exhibit_id=row.pk, move="take", said=SEEN)
    services.move_exhibit(by=keeper, exhibit_id=row.pk, move="take", said=Said(seal="uz0017a", place="Store 1"))
    row = exhibits.exhibit_of(row.pk)
    assert (row.state, row.holder, row.to, row.place) == ("held", "keeper", "", "Store 1")
    assert [(one.move, one.by, one.holder) for one in row.steps.all()] == [
        ("seize", "seizer", "seizer"), ("give", "seizer", "seizer"), ("take", "keeper", "keeper"),
    ]  # fmt: skip
    assert exhibits.faults_in(row) == ()
    lines = AuditLine.objects.filter(on=f"exhibit:{row.pk}").order_by("sequence")
    assert [one.detail["chain"] for one in lines] == [one.hash for one in row.steps.all()]


def test_who_does_not_have_it_can_do_nothing_with_it(officers: dict[str, Acting]) -> None:
    row = taken(officers["seizer"])
    for move in ("give", "send_out", "reseal", "end"):
        with pytest.raises(NotAllowed, match="custody_other_holder"):
            services.move_exhibit(by=officers["keeper"], exhibit_id=row.pk, move=move, said=SEEN)
    with pytest.raises(NotAllowed, match="right_missing"):
        services.move_exhibit(by=officers["keeper"], exhibit_id=row.pk, move="take_over", said=SEEN)
    with pytest.raises(NotAllowed, match="right_missing"):
        services.move_exhibit(by=acting(Role.ANALYST), exhibit_id=row.pk, move="give", said=SEEN)
    services.move_exhibit(
        by=officers["chief"], exhibit_id=row.pk, move="take_over", said=Said(seal="UZ0017A", note="He is ill")
    )
    assert exhibits.exhibit_of(row.pk).holder == "chief"


def test_a_broken_or_other_seal_needs_a_word(officers: dict[str, Acting]) -> None:
    row = taken(officers["seizer"])
    for said in (Said(seal="UZ0018A", to="keeper"), Said(seal="UZ0017A", is_whole=False, to="keeper")):
        with pytest.raises(InvalidInput) as given:
            services.move_exhibit(by=officers["seizer"], exhibit_id=row.pk, move="give", said=said)
        assert (given.value.params["field"], given.value.params["rule"]) == ("note", "seal_differs")
    for nobody in ("", "nobody", "seizer"):
        with pytest.raises(InvalidInput):
            services.move_exhibit(
                by=officers["seizer"], exhibit_id=row.pk, move="give", said=Said(seal="UZ0017A", to=nobody)
            )
    assert ExhibitStep.objects.count() == 1


def test_to_a_laboratory_and_back_with_less_and_a_new_seal(officers: dict[str, Acting]) -> None:
    keeper = officers["keeper"]
    row = taken(keeper)
    moves = [
        ("send_out", Said(seal="UZ0017A", outside="Laboratory, receipt 117")),
        ("bring_back", Said(seal="LAB-5", note="Sealed by the laboratory", place="Store 1")),
        ("reseal", Said(seal="UZ 0044 B", quantity=Decimal("1976.5"), note="4.5 g were used up")),
        ("end", Said(seal="UZ0044B", end="destroyed", note="Act 12")),
    ]
    for move, said in moves:
        services.move_exhibit(by=keeper, exhibit_id=row.pk, move=move, said=said)
    row = exhibits.exhibit_of(row.pk)
    assert (row.state, row.holder, row.seal, row.quantity) == ("ended", "", "UZ 0044 B", Decimal("1976.5"))
    assert [one.quantity for one in row.steps.all()] == ["1981 g", "", "", "1976.5 g", ""]
    assert exhibits.faults_in(row) == ()
    with pytest.raises(Conflict, match="custody_move_refused"):
        services.move_exhibit(by=keeper, exhibit_id=row.pk, move="give", said=Said(seal="UZ0044B", to="seizer"))


def test_what_is_changed_in_the_tables_shows(officers: dict[str, Acting]) -> None:
    row = taken(officers["seizer"])
    services.move_exhibit(by=officers["seizer"], exhibit_id=row.pk, move="give", said=Said(seal="UZ0017A", to="keeper"))
    Exhibit.objects.filter(pk=row.pk).update(quantity=Decimal(981))
    assert exhibits.faults_in(exhibits.exhibit_of(row.pk)) == (Fault(2, "exhibit"),)
    Exhibit.objects.filter(pk=row.pk).update(quantity=Decimal(1981))
    ExhibitStep.objects.filter(exhibit=row, number=1).update(seal="OTHER")
    assert exhibits.faults_in(exhibits.exhibit_of(row.pk)) == (Fault(1, "changed"),)


def test_a_photo_is_kept_as_it_came_and_shown_without_place_and_time(officers: dict[str, Acting]) -> None:
    row, came = taken(officers["seizer"]), photo()
    made = services.photograph_exhibit(
        by=officers["seizer"], exhibit_id=row.pk, photo=services.Photo("IMG 1.jpeg", [came]), seal="UZ0017A"
    )
    original = b"".join(services.read_photo(by=officers["keeper"], photo_id=made.pk).blocks())
    shown = b"".join(services.show_photo(by=officers["seizer"], photo_id=made.pk).blocks())
    assert original == came
    assert (bool(Image.open(io.BytesIO(came)).getexif()), bool(Image.open(io.BytesIO(shown)).getexif())) == (
        True,
        False,
    )
    assert b"2026:03:07" not in shown
    with pytest.raises(NotAllowed, match="right_missing"):
        services.read_photo(by=officers["seizer"], photo_id=made.pk)
    assert row.steps.order_by("-number")[0].note == f"sha256:{made.digest}"
    assert exhibits.faults_in(exhibits.exhibit_of(row.pk)) == ()
    files.path_of(made.digest, made.pk, room="exhibits").write_bytes(b"other")
    assert exhibits.faults_in(exhibits.exhibit_of(row.pk)) == (Fault(made.pk, "photo"),)


def test_what_is_no_photo_or_there_already_leaves_nothing(officers: dict[str, Acting]) -> None:
    row, by = taken(officers["seizer"]), officers["seizer"]
    for content, code in ((b"%PDF-1.7 x", "case_file_type"), (b"", "case_file"), (b"\xff\xd8\xff broken", "case_file")):
        with pytest.raises(InvalidInput, match=code):
            services.photograph_exhibit(
                by=by, exhibit_id=row.pk, photo=services.Photo("a.jpg", [content]), seal="UZ0017A"
            )
    services.photograph_exhibit(by=by, exhibit_id=row.pk, photo=services.Photo("a.jpg", [photo()]), seal="UZ0017A")
    with pytest.raises(Conflict, match="photo_known"):
        services.photograph_exhibit(by=by, exhibit_id=row.pk, photo=services.Photo("b.jpg", [photo()]), seal="UZ0017A")
    folder = files.path_of("aa", 1, room="exhibits").parent.parent
    assert len([one for one in folder.rglob("*") if one.is_file()]) == 2


def test_exhibits_of_a_withdrawn_or_unknown_incident_are_refused(officers: dict[str, Acting]) -> None:
    row = recorded()
    services.withdraw_incident(by=officers["chief"], incident_id=row.pk, reason="Twice")
    with pytest.raises(Conflict, match="incident_withdrawn"):
        services.take_exhibit(by=officers["seizer"], incident_id=row.pk, card=BAG)
    with pytest.raises(NotFound, match="exhibit_unknown"):
        services.move_exhibit(by=officers["seizer"], exhibit_id=999, move="give", said=SEEN)


def test_the_pages_take_hand_over_and_show(client: Client, officers: dict[str, Acting]) -> None:
    make_office()
    signed_in(client, officers["seizer"].himself)
    incident = recorded()
    told = {"goods": "drug", "what": "Two packages", "quantity": "1981", "measure": "g", "seal": "A1", "place": "Hall"}
    done = client.post(f"/incidents/{incident.pk}/exhibits/", told)
    row = Exhibit.objects.get()
    assert done.headers["Location"] == f"/incidents/exhibits/{row.pk}/"
    file = SimpleUploadedFile("x.jpg", photo(), "image/jpeg")
    assert client.post(f"/incidents/exhibits/{row.pk}/photograph/", {"file": file, "seal": "A1"}).status_code == 302
    assert client.post(f"/incidents/exhibits/{row.pk}/give/", {"seal": "B2", "to": "keeper"}).status_code == 422
    assert client.post(f"/incidents/exhibits/{row.pk}/give/", {"seal": "a1", "to": "keeper"}).status_code == 302
    other = signed_in(Client(), officers["keeper"].himself)
    assert row.number in other.get("/incidents/exhibits/").content.decode()
    assert other.post(f"/incidents/exhibits/{row.pk}/take/", {"seal": "A1"}).status_code == 302
    page = other.get(f"/incidents/exhibits/{row.pk}/").content.decode()
    made = ExhibitPhoto.objects.get()
    assert ("Every step follows" in page, f"/incidents/photos/{made.pk}/file/" in page) == (True, True)
    answer = other.get(f"/incidents/photos/{made.pk}/")
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8\xff")  # type: ignore[attr-defined]
    assert (answer["Content-Type"], answer["Content-Security-Policy"]) == ("image/jpeg", "default-src 'none'; sandbox")
    assert client.get(f"/incidents/photos/{made.pk}/file/").status_code == 403
    assert other.get(f"/incidents/exhibits/{row.pk}/dance/").status_code == 404


def test_a_program_takes_and_moves_once_a_key() -> None:
    incident, second = recorded(), caller(Role.SECOND_LINE)
    new = {"incident": incident.pk, "kind": "drug", "what": "x", "quantity": "1981", "unit": "g", "seal": "A1",
           "place": "Hall"}  # fmt: skip
    answers = [second.post("/exhibits", new, headers={"Idempotency-Key": "e-1"}) for _ in range(2)]
    assert ([one.status_code for one in answers], Exhibit.objects.count()) == ([201, 201], 1)
    made = answers[0].json()
    assert (made["state"], made["faults"], len(made["steps"])) == ("held", [], 1)
    address = f"/exhibits/{made['id']}"
    wrong = second.post(f"{address}/steps", {"move": "give", "seal": "A1", "to": "nobody"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "operations_invalid")
    out = second.post(f"{address}/steps", {"move": "send_out", "seal": "a 1", "outside": "Laboratory"}).json()
    assert (out["state"], out["outside"], [one["move"] for one in out["steps"]]) == (
        "out", "Laboratory", ["seize", "send_out"],
    )  # fmt: skip
    assert second.get(address).json() == out
    listed = second.get(f"/exhibits?incident={incident.pk}&state=out").json()
    assert [one["id"] for one in listed["items"]] == [made["id"]]
    assert caller(Role.LIST_KEEPER).get("/exhibits").status_code == 403
