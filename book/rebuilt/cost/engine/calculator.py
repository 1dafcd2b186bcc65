"""What the compiled calculator reads and writes: models and accelerators as rows of numbers.

Names are the places of `calculator_kernels.py`. Nothing here computes a cost: coefficients come
from `lowering.py` and `interpolation.py`, constants from the same tables as `rebuilt cost --gpu`.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import astuple, fields
from functools import cache

from rebuilt.cost.autoencoders.coding import decode_latent
from rebuilt.cost.autoencoders.mixed_autoencoders import TILE, TILE_STEP, TILED
from rebuilt.cost.autoencoders.volumes import Volume
from rebuilt.cost.counting import exact
from rebuilt.cost.counting.grid import Grid
from rebuilt.cost.counting.interpolation import Row, row_of
from rebuilt.cost.counting.latent import Rules, rules_of
from rebuilt.cost.counting.lowering import lower
from rebuilt.cost.counting.operations import GROUPS
from rebuilt.cost.counting.totals import encoder_flops
from rebuilt.cost.counting.work import operation_count, pass_of
from rebuilt.cost.hardware.accelerators import accelerator_ids, load_accelerator
from rebuilt.cost.hardware.efficiencies import (
    Efficiencies,
    activation_factor,
    efficiencies,
    interval,
)
from rebuilt.cost.hardware.estimate import PCIE_GB_S
from rebuilt.cost.hardware.layouts import MAX_GPUS, best_layout
from rebuilt.cost.hardware.memory import alive_bytes, exchanged_bytes, other_parameters
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Autoencoder, TextEncoder, Transformer
from rebuilt.cost.models.catalogue import autoencoder_of, load_kind, model_ids
from rebuilt.cost.models.codes import (
    BEYOND,
    FRAMES_RULES,
    MAX_FRAMES,
    MAX_PASSES,
    MAX_SIDE,
    MAX_STEPS,
    MAX_TEXT,
    MONOMIALS,
    NOT_COUNTED,
    NOT_WHOLE,
    REFUSALS,
    SENTENCES,
)
from rebuilt.errors import ShapeError

PASS = ("product", "attention", "stream", "head", "exchange")
CYCLES = (1, 2, 4)  # decoders that work in chunks cost a polynomial of each remainder of frames
ALIVE_ROWS, EXCHANGED_ROWS = 4, 2
EMPTY: Row = (0,) * 11
ENCODE = ("encode", "encode_text", "encode_text_squared")
TILES = (
    *("tile_flops", "tile_frames", "tile_height", "tile_width"),
    *("tile_step_frames", "tile_step_height", "tile_step_width"),
)
NO_TILES = (0, 1, 1, 1, 1, 1, 1)
# Latent areas at which decoders are asked, each as rows and columns of a latent frame.
SHAPES = {1: (1, 1), 6: (2, 3), 20: (5, 4), 1600: (40, 40), 3600: (45, 80)}

MODEL = (
    *(field.name for field in fields(Rules)),
    *("frames_rule", "frames_stride", "side_stride", "chunk"),
    *("patch_frames", "patch_height", "patch_width"),
    *("encode", "decode_known", "cycle", "operations", "other_parameters"),
    *(f"ulysses_{gpus}" for gpus in range(1, MAX_GPUS + 1)),
    *ENCODE[1:],
    *TILES,
)
ROW_NAMES = (
    *GROUPS,
    "parameters",
    *PASS,
    *(f"decode_{rest}" for rest in range(max(CYCLES))),
    *(f"alive_{place}" for place in range(ALIVE_ROWS)),
    *(f"exchanged_{place}" for place in range(EXCHANGED_ROWS)),
)
CLIP = ("frames", "height", "width", "text_tokens", "steps", "passes", "gpus")
LARGEST = (MAX_FRAMES, MAX_SIDE, MAX_SIDE, MAX_TEXT, MAX_STEPS, MAX_PASSES, MAX_GPUS)
CONSTANTS = tuple(field.name for field in fields(Efficiencies) if field.name != "measured")
MACHINE = (
    *("peak_tflops", "bandwidth_tb_s", "memory_gb", "tdp_w", "link_gb_s", "usd_per_h"),
    *CONSTANTS,
    *("activation_factor", "spread_single", "spread_parallel"),
)
RESULT = (
    *("code", "below", "above"),
    *("latent_frames", "latent_height", "latent_width", "tokens", "text_tokens"),
    *GROUPS,
    *("forward", "denoise", "text_encoder", "decode", "flops", "parameters", "cut_frames"),
    *("seconds", "seconds_low", "seconds_high"),
    *("product_s", "attention_s", "traffic_s", "merge_s", "exchange_s", "host_s"),
    *("decode_s", "text_encoder_s", "joules", "usd", "waiting_s"),
    *("weights_gb", "activations_gb", "buffers_gb", "memory_gb", "fits"),
    *(f"spent_{part}_s" for part in ("product", "attention", "traffic", "exchange")),
    *("spent_waiting_s", "spent_single_s"),
)


def sentences() -> list[str]:
    """Sentence of every code that the calculator gives, in the order of codes.

    Refusals of models first, then, for each field of CLIP, what is said of a value that is not
    whole, and of one that is too large (or below 1, where the field counts something).
    """
    sized = len(CLIP) - 3
    return [
        *(SENTENCES[name] for name in REFUSALS),
        *([NOT_WHOLE] * sized + [NOT_COUNTED] * 3),
        *([BEYOND] * sized + [NOT_COUNTED] * 3),
    ]


@cache
def offered() -> tuple[str, ...]:
    """Ids of the models that the calculator can count: all transformers."""
    return tuple(model_ids(Transformer))


def model_row(name: str) -> list[float]:
    """Everything that the kernel knows of a published model; see `row_of_transformer`."""
    return row_of_transformer(load_kind(name, Transformer, "the calculator"))


def row_of_transformer(model: Transformer) -> list[float]:
    """Everything that the kernel knows of a model, in the order of MODEL and then ROW_NAMES.

    Raises
    ------
    ShapeError
        If a count is no polynomial of the clip.
    """
    geometry, patch = autoencoder_of(model).geometry, model.patch
    encode = encode_row(model)
    numbers = [
        *astuple(rules_of(model)),
        FRAMES_RULES.index(geometry.frames_rule),
        *(geometry.frames_stride, geometry.side_stride, geometry.chunk or 1),
        *(patch.frames, patch.height, patch.width),
        encode[0],
        int(autoencoder_of(model).network is not None),
        *(cycle_of(model), operation_count(model), other_parameters(model)),
        *(best_layout(model, gpus).ulysses for gpus in range(1, MAX_GPUS + 1)),
        *encode[1:],
        *tile_row(model),
    ]
    rows = [
        *_padded(_groups(model), len(GROUPS)),
        lower(model).parameters,
        *(_pass_row(model, field) for field in PASS),
        *decode_rows(model),
        *_padded(_block_rows(model, alive_bytes), ALIVE_ROWS),
        *_padded(_block_rows(model, exchanged_bytes), EXCHANGED_ROWS),
    ]
    return [float(value) for value in (*numbers, *(cell for row in rows for cell in row))]


def machine_row(name: str) -> list[float]:
    """Everything that the kernel knows of an accelerator; a rent that no source gives is nan."""
    accelerator, constants = load_accelerator(name), efficiencies(name)
    rent, measured = accelerator.usd_per_h, constants.measured
    return [
        accelerator.peak_tflops,
        accelerator.bandwidth_tb_s,
        accelerator.memory_gb,
        accelerator.tdp_w,
        accelerator.link_gb_s or PCIE_GB_S,
        math.nan if rent is None else rent,
        *(getattr(constants, field) for field in CONSTANTS),
        activation_factor(),
        *(math.exp(interval(gpus, measured=measured)) for gpus in (1, MAX_GPUS)),
    ]


def machines() -> list[str]:
    """Ids of the accelerators that the calculator can choose."""
    return accelerator_ids()


def _groups(model: Transformer) -> list[Row]:
    lowered = lower(model)
    rows = dict(zip(lowered.groups, lowered.flops, strict=True))
    return [rows.get(group, EMPTY) for group in GROUPS]


def _pass_row(model: Transformer, field: str) -> Row:
    def count(frames: int, area: int, text: int) -> int:
        return int(getattr(pass_of(model, Grid(frames, area, text)), field))

    return _required(f"{model.id}: {field}", row_of(count, (1, 2, 3, 5), (1, 3, 4, 7), (0, 5, 6)))


def _block_rows(model: Transformer, bytes_of: Callable[[schema.Block, Grid], int]) -> list[Row]:
    """Coefficients of each kind of block, each once; the largest value counts."""

    def row(block: schema.Block) -> Row:
        def count(frames: int, area: int, text: int) -> int:
            return bytes_of(block, Grid(frames, area, text))

        owner = f"{model.id}: memory of a {block.kind} block"
        return _required(owner, row_of(count, (1, 2, 3), (1, 2, 3), (0, 1, 2)))

    return sorted({row(block) for block in model.blocks} - {EMPTY})


def encode_row(model: Transformer) -> list[int]:
    """Coefficients of the text encoders' FLOPs, for one prompt: 1, text and text squared."""
    uses = model.text.encoders if model.text else ()
    encoders = [(load_kind(use.id, TextEncoder, model.id), use.tokens) for use in uses]

    def count(frames: int, area: int, text: int) -> int:
        del frames, area
        return sum(encoder_flops(one, text if own == "text" else own) for one, own in encoders)

    row = _required(f"{model.id}: text encoders", row_of(count, (1,), (1,), (1, 2, 3, 5)))
    return [row[MONOMIALS.index(powers)] for powers in ((0, 0, 0), (0, 0, 1), (0, 0, 2))]


def decode_rows(model: Transformer) -> list[Row]:
    """One row for each remainder of latent frames; tiles are counted by `tile_row`."""
    autoencoder = autoencoder_of(model)
    rows = [EMPTY] if autoencoder.network is None else _cycle_rows(model.autoencoder)
    return _padded(rows, max(CYCLES))


def cycle_of(model: Transformer) -> int:
    """Count the remainders of latent frames that `decode_rows` tells apart."""
    network = autoencoder_of(model).network
    return 1 if network is None else len(_cycle_rows(model.autoencoder))


def tile_row(model: Transformer) -> tuple[int, ...]:
    """FLOPs of one tile of a decoder that works in overlapping tiles, in the order of TILES."""
    network = autoencoder_of(model).network
    if network is None or network.family != TILED:
        return NO_TILES
    alone = decode_latent(network, Volume(*TILE)).flops
    (rest,) = _cycle_rows(model.autoencoder)
    return (alone - exact.evaluate(rest, TILE[0], TILE[1] * TILE[2], 0), *TILE, *TILE_STEP)


@cache
def _cycle_rows(name: str) -> list[Row]:
    network = load_kind(name, Autoencoder, "the calculator").network

    def count(frames: int, area: int, text: int) -> int:
        del text
        return decode_latent(network, Volume(frames, *SHAPES[area])).flops  # type: ignore[arg-type]

    turns = (0, 1, 2, 3, 4 if network and network.family == TILED else 9)
    for cycle in CYCLES:
        rows = [
            row_of(count, [first + cycle * turn for turn in turns], tuple(SHAPES), (0,))
            for first in (cycle, *range(1, cycle))
        ]
        if all(rows):
            return [row for row in rows if row]
    raise ShapeError(
        f"{name}: its decoder costs no polynomial of the clip, so no page can count it"
    )


def _required(owner: str, row: Row | None) -> Row:
    if row is None:
        raise ShapeError(f"{owner} is no polynomial of the clip, so the page cannot count it")
    return row


def _padded(rows: Sequence[Row], number: int) -> list[Row]:
    if len(rows) > number:
        raise ShapeError(
            f"{len(rows)} rows of coefficients do not fit the {number} that the kernel has; "
            "give it more in calculator_kernels.py"
        )
    return [*rows, *[EMPTY] * (number - len(rows))]
