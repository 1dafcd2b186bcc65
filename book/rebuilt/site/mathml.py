"""Formulas as MathML, made when the page is written. No formula ever needs a script."""

import html
import re

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.writers.html5 import HTML5Translator

LOGGER = logging.getLogger(__name__)


def to_mathml(latex: str, *, display: bool, location: nodes.Node | None = None) -> str:
    """Convert one formula; a formula that cannot be converted warns and stays readable as LaTeX."""
    try:
        formula = str(convert(latex, display="block" if display else "inline"))
    except Exception as error:  # latex2mathml raises many kinds, all meaning: cannot read this
        problem = str(error) or type(error).__name__
    else:
        problem = _oversight(latex, formula)
    if not problem:
        return formula
    LOGGER.warning(
        "cannot turn the formula %r into MathML: %s",
        latex,
        problem,
        type="rebuilt",
        subtype="math",
        location=location,
    )
    return f"<code>{html.escape(latex)}</code>"


def _oversight(latex: str, formula: str) -> str:
    """Name what latex2mathml lets pass: commands that it does not know, open braces."""
    unknown = re.search(r"\\[A-Za-z]+", formula) or re.search("&#x0005C;[A-Za-z]+", formula)
    if unknown:
        return f"unknown command {unknown[0].replace('&#x0005C;', chr(92))}"
    braces = re.sub(r"\\[{}]", "", latex)
    if braces.count("{") != braces.count("}"):
        return f"{braces.count('{')} opening and {braces.count('}')} closing braces"
    return ""


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    translator.body.append(to_mathml(node.astext(), display=False, location=node))
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on its own line, with its number where it has one; wide ones scroll."""
    number = node.get("number")
    ids = node.get("ids") or [""]
    identifier = f' id="{ids[0]}"' if ids[0] else ""
    label = f'<span class="rb-equation-number">({number})</span>' if number else ""
    formula = to_mathml(node.astext(), display=True, location=node)
    focus = 'tabindex="0" role="group" aria-label="Formula"'  # wide ones scroll, by keyboard too
    translator.body.append(f'<div class="rb-math"{identifier} {focus}>{formula}{label}</div>\n')
    raise nodes.SkipNode


def connect(app: Sphinx) -> None:
    """Offer the renderer `mathml` and make it the one in use."""
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    app.connect("config-inited", _use_it)


def _use_it(app: Sphinx, config: Config) -> None:
    del app
    config.html_math_renderer = "mathml"
