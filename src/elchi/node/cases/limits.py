"""How much a case holds, and where its files lie."""

from __future__ import annotations

from typing import Final

TITLE: Final = 200
"""Characters of a title."""
NOTE: Final = 10_000
"""Characters of a note."""
CLOSING: Final = 2_000
"""Characters of what is said when a case is moved."""
FILE_NOTE: Final = 300
"""Characters of what is said of a file, or of why it is removed."""
TASK_TEXT: Final = 500
"""Characters of a task."""
LINK_REASON: Final = 300
"""Characters of why two cases belong together."""
SUBJECTS: Final = 200
"""Subjects of a case."""
TASKS: Final = 200
"""Tasks of a case."""
ROOM: Final = "cases"
"""Of `elchi.node.files`."""
FILE_SIZE: Final = 25 * 1024 * 1024
"""Bytes of a file."""
FILES_SIZE: Final = 250 * 1024 * 1024
"""Bytes of all files of a case."""
