"""Numbers in sentences: ``{eval}`expression` `` prints the value of an expression of the chapter.

JupyterLab evaluates the role itself, with its MyST extension, so a sentence follows a cell that was
changed. For the site, the expressions of the text after a cell become one more cell, which glues
their values; MyST-NB then puts them where the roles stood, from its cache as from a run.
"""

import re
from typing import Any

TAG = "remove-cell"
_CELL = re.compile(
    r"^(?P<fence>`{3,})\{code-cell\}.*?^(?P=fence)`*[ \t]*$", re.DOTALL | re.MULTILINE
)
_ROLE = re.compile(r"\{eval\}`([^`]+)`")
_FIRST_LINE = "from rebuilt.page.prose import say as _say"
_GLUING = """

```{{code-cell}} ipython3
:tags: [{tag}]

{first}
_say(**{{
{values}
}})
```
"""


def with_cells(text: str) -> str:
    r"""Return the text of a chapter with a cell behind each group of expressions.

    Examples
    --------
    >>> "said-1" in with_cells("```{code-cell}\\nx = 1\\n```\\n\\nIt is {eval}`x`.\\n")
    True
    """
    parts, end, count = [], 0, 0
    cells = list(_CELL.finditer(text))
    for position, cell in enumerate(cells):
        parts.append(text[end : cell.end()])
        end = cells[position + 1].start() if position + 1 < len(cells) else len(text)
        prose = text[cell.end() : end]
        values = _ROLE.findall(prose)
        if values:
            names = [f"said-{count + n}" for n in range(1, len(values) + 1)]
            count += len(values)
            said = zip(names, values, strict=True)
            lines = "\n".join(f'    "{name}": ({value}),' for name, value in said)
            parts.append(_GLUING.format(tag=TAG, first=_FIRST_LINE, values=lines))
            between = _ROLE.split(prose)[::2]
            told = [f"{{glue:text}}`{name}`" for name in names]
            prose = "".join(map("".join, zip(between, [*told, ""], strict=True)))
        parts.append(prose)
    return "".join(parts) or text


def expressions(text: str) -> list[str]:
    """Return the expressions whose values some text prints."""
    return _ROLE.findall(text)


def is_ours(cell: Any) -> bool:
    """Whether a cell of a notebook is one that this module put there."""
    return bool(cell.cell_type == "code" and cell.source.strip().startswith(_FIRST_LINE))
