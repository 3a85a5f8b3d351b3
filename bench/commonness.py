"""Draw the table of common words of names from the lists that travel with Elchi: `make bench NAME=commonness`.

Counts, of all names of persons that the lists give, in how many a word stands, by its sound; words of fewer than three
are left out. It replaces src/elchi/names/tables/commonness.tsv; run `make bench NAME=names` before and after, because
every score depends on it (docs/adr/0007).
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from elchi.lists import Entry, read_shipped, shipped_lists
from elchi.names.tokens import alternatives, tokenise

TABLE = Path(__file__).resolve().parents[1] / "src" / "elchi" / "names" / "tables" / "commonness.tsv"
PROPERTIES = ("name", "alias", "weakAlias", "previousName")
LEAST = 3


def main() -> None:
    """Write the table, and print what it holds."""
    counts: Counter[str] = Counter()
    names = 0
    for shipped in shipped_lists():
        for item in read_shipped(shipped):
            if not isinstance(item, Entry) or item.schema != "Person":
                continue
            for text in (text for name in PROPERTIES for text in item.properties.get(name, ())):
                for part in alternatives(text):
                    names += 1
                    counts.update({token.form for token in tokenise(part) if not (token.bare or token.cut)})
    rows = sorted(
        ((form, count) for form, count in counts.items() if count >= LEAST), key=lambda row: (-row[1], row[0])
    )
    lines = ["form\tcount", f"*\t{names}", *(f"{form}\t{count}" for form, count in rows)]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{names} names, {len(counts)} words, of which {len(rows)} stand in the table")
    print(json.dumps({"names": names, "words": len(counts), "rows": len(rows)}))


if __name__ == "__main__":
    main()
