"""The demonstration from its first line to its last: what its story claims is so."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest

from elchi.cli import demo as demonstration
from elchi.cli.demo import demo
from elchi.cli.door import Door

STOPPED = {
    "06:17": "ofac-18634",  # Tajik Cyrillic
    "07:05": "ofac-41796",  # Uzbek Latin
    "07:33": "un-6908866",  # Persian letters
    "08:11": "un-6908487",  # cut off in the machine-readable zone
    "08:33": "W-1",  # a plate of the invented ministry's list, in Cyrillic letters there
    "08:46": "ofac-40791",  # Turkmen Latin
    "09:10": "un-6908489",  # day and month swapped
    "09:25": "W-5",  # a passport of the invented ministry's list
    "09:44": "W-3",
    "10:02": "ofac-15647",  # a typing error
    "10:40": "un-6908493",  # order swapped
    "11:28": "W-4",
    "12:14": "ofac-12625",
}
REVIEWED = {
    "06:41": "ofac-12625",
    "11:05": "un-110917",  # 1 January: the day is not known
    "11:50": "ofac-12562",
}


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Measure with a short manifest, and put what is temporary where the test can see it."""
    monkeypatch.setattr(demonstration, "MANIFEST_LINES", 30)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def run(*args: str) -> None:
    demo.main(args=list(args), prog_name="elchi demo", standalone_mode=False, obj=Door())


def test_the_shift_is_answered_as_the_story_says(capsys: pytest.CaptureFixture[str], small: Path) -> None:
    run("--json")
    told = json.loads(capsys.readouterr().out)
    assert list(small.iterdir()) == []
    answers = {answer["id"]: answer for answer in told["answers"]}
    found = {
        verdict: {
            id_: answer["findings"][0]["entry"] for id_, answer in answers.items() if answer["verdict"] == verdict
        }
        for verdict in ("STOP", "REVIEW")
    }
    assert found == {"STOP": STOPPED, "REVIEW": REVIEWED}
    errors = {id_: answer["error"]["params"]["rule"] for id_, answer in answers.items() if answer["verdict"] is None}
    assert errors == {"08:58": "no_such_day"}
    assert (len(answers), told["manifest"]["lines"]) == (42, 30)
    assert {one["name"]: one["entries"] for one in told["lists"]} == {"ofac": 14_965, "un": 877, "wanted": 4}


def test_it_reads_well_in_russian_and_fits_80_columns(capsys: pytest.CaptureFixture[str], small: Path) -> None:
    home = small / "home"
    run("--language", "ru", "--home", str(home))
    told = capsys.readouterr().out
    lines = told.splitlines()
    assert [line for line in lines if len(line) > 80 and not line.startswith("  ")] == []
    assert "06:17  ■ СТОП         Ҳалимов Гулмурод, 14.05.1975, TJK" in lines
    assert "         + дата рождения совпадает: 14.05.1975" in lines
    assert "■ СТОП 13   ◆ ПРОВЕРИТЬ 3   ○ НЕ ЗНАЧИТСЯ 25   ✗ НЕ ПРОВЕРЕНО 1" in lines
    assert f"  export ELCHI_HOME={home}" in lines
    assert "\x1b" not in told
    assert list(small.iterdir()) == [home]


def test_the_readme_shows_what_it_prints(capsys: pytest.CaptureFixture[str]) -> None:
    run("--language", "en")
    told = capsys.readouterr().out.splitlines()
    page = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    shown = page.split("```text\n")[1].split("```")[0].splitlines()
    assert len(shown) > 10
    assert [line for line in shown if line not in told] == []
