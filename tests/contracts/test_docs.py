"""What a machine can tell of the pages: links lead somewhere, commands exist; and the house keeps its sizes."""

from __future__ import annotations

import ast
import itertools
import re
import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest

from elchi.cli.main import elchi

LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#\s]*)(#[^)\s]*)?\)")
IN_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
MAX_FILE, MAX_FUNCTION, MAX_PARAMETERS = 400, 40, 6


@pytest.fixture(scope="module")
def pages(root: Path) -> dict[Path, str]:
    paths = [*root.glob("*.md"), *(root / "docs").rglob("*.md")]
    return {path: path.read_text(encoding="utf-8") for path in sorted(paths)}


def _links(page: Path, text: str) -> Iterator[tuple[Path, str]]:
    for found in LINK.finditer(IN_CODE.sub("", text)):
        target = (page.parent / found.group(1)).resolve() if found.group(1) else page
        yield target, (found.group(2) or "").removeprefix("#")


def _anchors(text: str) -> set[str]:
    heads = re.findall(r"^#+ +(.+?) *$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def test_links_lead_somewhere(root: Path, pages: dict[Path, str]) -> None:
    lost = [
        f"{page.relative_to(root)} -> {target}#{anchor}"
        for page, text in pages.items()
        for target, anchor in _links(page, text)
        if not target.exists() or (anchor and anchor not in _anchors(pages[target]))
    ]
    assert lost == []


def test_every_page_is_reached_from_the_index(root: Path, pages: dict[Path, str]) -> None:
    reached: set[Path] = set()
    waiting = [root / "docs/README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached or page not in pages:
            continue
        reached.add(page)
        waiting += [target for target, _ in _links(page, pages[page])]
    assert sorted(str(page) for page in pages if page not in reached) == []


def _command_lines(text: str) -> Iterator[list[str]]:
    """Give the words of every `elchi ...` in code, a line at a time, up to a pipe, a redirection or a comment."""
    for code in (*IN_CODE.findall(text), *re.findall(r"^    .*$", text, re.MULTILINE)):
        for line in code.strip("`").replace("\\\n", " ").splitlines():
            found = re.match(r"\s*(?:\$ )?(?:[A-Z_]+=\S+ )?(?:\.venv/bin/)?elchi( .*|$)", line)
            if found:
                words = shlex.shlex(found.group(1), posix=True, punctuation_chars=True)
                words.whitespace_split = True
                yield list(itertools.takewhile(lambda word: not re.fullmatch(r"[|<>;&()·…]+", word), words))


def _faults(words: list[str]) -> Iterator[str]:
    command: click.Command = elchi
    for word in words:
        options = {name for option in command.params for name in (*option.opts, *option.secondary_opts)}
        if word.startswith("-"):
            if word.partition("=")[0] not in options | {"--help", "-h"}:
                yield f"no option {word} of {command.name}"
        elif isinstance(command, click.Group):
            if word not in command.commands:
                yield f"no command {word} of {command.name}"
                return
            command = command.commands[word]


def test_commands_named_exist(root: Path, pages: dict[Path, str]) -> None:
    faults = [
        f"{page.relative_to(root)}: {shlex.join(words)}: {fault}"
        for page, text in pages.items()
        for words in _command_lines(text)
        for fault in _faults(words)
    ]
    assert faults == []


def test_targets_of_make_named_exist(root: Path, pages: dict[Path, str]) -> None:
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {
        target
        for text in pages.values()
        for code in IN_CODE.findall(text)
        for target in re.findall(r"^\s*`?(?:\$ )?make ([a-z]+)", code, re.MULTILINE)
    }
    assert named - targets == set()


def test_files_named_exist(root: Path, pages: dict[Path, str]) -> None:
    named = {
        file
        for text in pages.values()
        for code in IN_CODE.findall(text)
        for file in re.findall(r"(?<![\w/.])(?:src|tests|bench|deploy|docs)/[\w./-]+\.\w+", code)
    }
    assert sorted(file for file in named if not (root / file).exists()) == []


def test_pages_name_no_place_of_a_maker(pages: dict[Path, str]) -> None:
    assert [str(page) for page, text in pages.items() if re.search(r"/(home|work|root|Users)/\w", text)] == []


def test_files_keep_their_size(root: Path, trees: Mapping[Path, ast.Module]) -> None:
    ours = (path for path in trees if path.parent.name != "migrations")  # Django writes those
    lengths = {str(path.relative_to(root)): len(path.read_text(encoding="utf-8").splitlines()) for path in ours}
    assert {path: length for path, length in lengths.items() if length > MAX_FILE} == {}


def _functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _lines(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the lines of a function from its `def` on, without its docstring."""
    end = function.end_lineno or function.lineno
    documented = function.body[0] if ast.get_docstring(function) else None
    docstring = (documented.end_lineno or 0) - documented.lineno + 1 if documented else 0
    return end - function.lineno + 1 - docstring


def test_functions_keep_their_size(trees: Mapping[Path, ast.Module]) -> None:
    long = {
        f"{path.name}:{function.name}": _lines(function)
        for path, tree in trees.items()
        for function in _functions(tree)
        if _lines(function) > MAX_FUNCTION
    }
    assert long == {}


def test_functions_take_few_parameters(trees: Mapping[Path, ast.Module]) -> None:
    many = {
        f"{path.name}:{function.name}": count
        for path, tree in trees.items()
        if path.parent.name != "cli"  # a command has as many parameters as it has options
        for function in _functions(tree)
        if (count := _parameters(function)) > MAX_PARAMETERS
        if "noqa: PLR0913  " not in path.read_text(encoding="utf-8").splitlines()[function.lineno - 1]  # with a reason
    }
    assert many == {}


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Count the parameters that a caller gives."""
    given = function.args
    return sum(one.arg not in ("self", "cls") for one in (*given.posonlyargs, *given.args, *given.kwonlyargs))
