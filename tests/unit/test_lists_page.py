"""docs/lists.md says what is so."""

import re
import tomllib
from pathlib import Path

from elchi.lists import FORMATS, make_mapping

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "lists.md").read_text(encoding="utf-8")
CODE = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "src" / "elchi" / "lists").glob("*.py")))


def test_the_mapping_of_the_page_is_one() -> None:
    shown = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert shown
    mapping = make_mapping(tomllib.loads(shown.group(1)))
    assert (len(mapping.columns), mapping.encoding, mapping.constants) == (10, "windows-1251", {"topics": ("wanted",)})


def test_a_mapping_may_name_our_own_words() -> None:
    mapping = make_mapping({"columns": {"Номер": "plate", "Пол": ["sex", "notes"]}})
    assert mapping.columns == {"Номер": ("registrationNumber",), "Пол": ("gender", "notes")}


def test_the_page_names_every_format() -> None:
    table = PAGE.partition("## Formats")[2].partition("##")[0]
    assert re.findall(r"^\| `([a-z]+)` \|", table, re.MULTILINE) == sorted(
        FORMATS, key=["un", "ofac", "eu", "interpol", "ftm", "csv"].index
    )


def test_the_page_names_every_rule_of_a_broken_list() -> None:
    told = set(re.findall(r"`([a-z_]+)`", PAGE.partition("### Rules of `list_broken`")[2].partition("##")[0]))
    raised = set(re.findall(r'"list_broken", field="file", rule="([a-z_]+)"', CODE))
    passed = set(re.findall(r'^ +rule = "([a-z_]+)"', CODE, re.MULTILINE)) & told
    assert told == raised | passed | {"truncated", "csv"}
    assert {"file_size", "ratio", "record_size"} <= passed


def test_the_page_names_every_reason_of_a_bad_line() -> None:
    table = PAGE.partition("### Why a line gave no entry")[2].partition("##")[0]
    told = {
        reason
        for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
        for reason in re.findall(r"`([a-z_]+)`", row)
    }
    given = set(re.findall(r'BadLine\([a-z +1]+, "([a-z_]+)"', CODE)) | set(re.findall(r'\("([a-z_]+_orphan)"', CODE))
    assert told == given | {"entry_invalid"}
