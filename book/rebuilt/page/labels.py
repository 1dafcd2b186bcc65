"""Names that a reader knows, where tables have ids: of models, accelerators and sections."""

from collections.abc import Iterable

from rebuilt.cost.models.catalogue import load_model, model_ids
from rebuilt.evidence import tables

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

# Sections of the note in the order of its chain, from the video to the device.
SECTIONS = {
    "sora": "Sora",
    "text-to-video": "text to video",
    "industry-chain": "layers of AI",
    "nvidia": "NVIDIA",
    "amd": "AMD",
    "switching": "switches",
    "optics": "optical modules",
    "ai-terminals": "AI terminals",
    "mixed-reality": "mixed reality",
    "outlook": "outlook",
}


def model_names(ids: Iterable[str]) -> dict[str, str]:
    """Return the name of each model by its id; an id without a name stands for itself."""
    known = set(model_ids())
    return {
        name: load_model(name).name if name in known else COMPARED.get(name, name) for name in ids
    }


def short(name: str) -> str:
    """Shorten a model's name for the axis of a chart on a phone."""
    return name.split(" (")[0].replace("Stable Diffusion", "SD").removesuffix(" XL/2 1024")


def chip_names() -> dict[str, str]:
    """Return the name of each subject of the fact tables by its id."""
    return dict(tables.load("subjects").select("id", "name").iter_rows())
