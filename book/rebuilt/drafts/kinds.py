"""The kinds of things that `rebuilt new` makes, by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from rebuilt.drafts import (
    accelerator_rows,
    chapter_page,
    check_function,
    ledger_row,
    model_file,
    source_entry,
    table_row,
)
from rebuilt.drafts.draft import Draft
from rebuilt.validate.material import Material


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind is drafted, and how its command is written."""

    draft: Callable[[Material, str, Mapping[str, str]], Draft]
    usage: str


KINDS = {
    "source": Kind(source_entry.draft, "KEY [type=online title=... author=... date=... url=...]"),
    "fact": Kind(table_row.draft, "TABLE COLUMN=VALUE ..."),
    "claim": Kind(ledger_row.draft, "ID paragraph=N sentence=N subject=ID [claimed=... unit=...]"),
    "check": Kind(check_function.draft, "CLAIM [table=... subject=... quantity=...]"),
    "model": Kind(
        model_file.draft, "ID config=PATH [name=... note=... source=...] | ID like=MODEL [name=...]"
    ),
    "accelerator": Kind(
        accelerator_rows.draft, "ID name=... source=KEY [vendor=... family=... QUANTITY=VALUE ...]"
    ),
    "chapter": Kind(chapter_page.draft, "NAME after=CHAPTER [section=...]"),
}
