"""Names that a reader knows, where tables have ids: of models and of accelerators."""

from collections.abc import Iterable

from rebuilt import tables
from rebuilt.cost.catalogue import load_model, model_ids

# Printed beside our models in one paper or another; they have no file of their own.
COMPARED = {
    "adm": "ADM",
    "adm-u": "ADM-U",
    "dit-xl-2-adaln": "DiT-XL/2, adaLN",
    "dit-xl-2-cross-attention": "DiT-XL/2, cross-attention",
    "dit-xl-2-in-context": "DiT-XL/2, in context",
    "ldm-4": "LDM-4",
    "ldm-8": "LDM-8",
    "open-sora-1.0": "Open-Sora 1.0",
}


def model_names(ids: Iterable[str]) -> dict[str, str]:
    """Return the name of each model by its id; an id without a name stands for itself."""
    known = set(model_ids())
    return {
        name: load_model(name).name if name in known else COMPARED.get(name, name) for name in ids
    }


def chip_names() -> dict[str, str]:
    """Return the name of each subject of the fact tables by its id."""
    return dict(tables.load("subjects").select("id", "name").iter_rows())
