"""A transformer as polynomials: every count of one forward pass, by name of places.ROWS.

The operations of the model are listed once, on symbols; here they are added up by what reads them.
Blocks are counted group by group, so that a page can put another group in the place of one.
"""

from collections.abc import Iterable, Sequence
from functools import cache

from rebuilt.cost.algebra.grid import SYMBOLS, Grid
from rebuilt.cost.algebra.operations import GROUPS, Operation
from rebuilt.cost.algebra.places import ALIVE_ROWS, DECODING_ROWS, EXCHANGED_ROWS
from rebuilt.cost.algebra.polynomial import Polynomial, Size, lift, read, symbol, total
from rebuilt.cost.autoencoders.coding import autoencoder_parameters, decoder_flops
from rebuilt.cost.autoencoders.peaks import decoding_rows
from rebuilt.cost.counting.model_operations import operations_beside_blocks, table_operations
from rebuilt.cost.counting.transformer_blocks import block_operations, layer_operations
from rebuilt.cost.models import schema
from rebuilt.cost.models.architectures import Denoiser, TextEncoder, Transformer
from rebuilt.cost.models.catalogue import autoencoder_of, encoders_of
from rebuilt.cost.models.groups import Main, main_blocks
from rebuilt.errors import ShapeError

HALF, FULL = 2, 4  # bytes of one BF16 and one FP32 value
OF_A_GROUP = 2  # moments at which a group of blocks may hold most: in attention, in feed-forward
Rows = dict[str, Polynomial]
Layered = Main | schema.RefinerBlock


def polynomials(model: Transformer) -> Rows:
    """Every row of a transformer in the sizes of its clip, and of its numbers that are symbols.

    Raises
    ------
    ShapeError
        If the model has more groups of blocks than ROWS has places for.
    """
    main = enumerate(main_blocks(model), start=1)
    return add([rest_of(model), *(group_of(block, slot) for slot, block in main)])


def rest_of(model: Transformer) -> Rows:
    """Rows of everything but the main blocks: embedders, output, text encoders, decoder."""
    rows = sorted_out(operations_beside_blocks(model, SYMBOLS))
    ahead = [block for block in model.blocks if not isinstance(block, Main)]
    parts = [rows, surroundings_of(model), resting(rows)]
    return add([*parts, *(group_of(block, 0) for block in ahead)])


def resting(rows: Rows) -> Rows:
    """Parameters of the experts that rest while one is at work: held, and not read by a pass."""
    return {"resting_parameters": (symbol("experts") - 1) * rows["parameters"]}


def surroundings_of(model: Denoiser) -> Rows:
    """Rows of the encoders, and of the decoder, which is there where `decodes` is 1."""
    autoencoder = autoencoder_of(model)
    encoders = encoders_of(model)
    uses = model.text.encoders if model.text else ()
    flops: dict[str, list[Size]] = {"encode": [], "encode_image": []}
    for use, (one, tokens) in zip(uses, encoders, strict=True):
        found = encoder_flops(one, SYMBOLS.rows(tokens))
        flops["encode_image" if use.images else "encode"].append((use.images or 1) * found)
    held = [encoder_parameters(one) for one, _ in encoders]
    rows = {
        **{row: total(each) for row, each in flops.items()},
        "other_parameters": lift(sum(held)),
        "encoder_parameters": lift(max(held, default=0)),
    }
    decoded, decodes = decoder_flops(autoencoder), symbol("decodes")
    if decoded is not None:
        own = autoencoder_parameters(autoencoder) or 0
        rows["decode"] = decodes * total(decoded.values())
        rows["other_parameters"] = rows["other_parameters"] + decodes * own
        for place, alive in enumerate(decoding_rows(autoencoder)):
            rows[_place("decoding", place, DECODING_ROWS)] = decodes * alive
    sound = model.audio.decoder if isinstance(model, Transformer) and model.audio else None
    return add([rows, decoded_sound(sound)] if sound else [rows])


def decoded_sound(decoder: schema.AudioDecoder) -> Rows:
    """Rows of decoding a clip's audio tokens, beside its frames: only where those are decoded.

    All tokens are decoded at once: the first makes one frame of the spectrogram, others more.
    """
    flops = decoder.first + decoder.later * (SYMBOLS.audio - 1)
    decodes = symbol("decodes")
    return {"decode": decodes * flops, "other_parameters": decodes * decoder.parameters}


def group_of(block: schema.Block, slot: int) -> Rows:
    """Rows of one group of equal blocks; memory goes to the places of a slot."""
    rows = sorted_out(block_operations(block, SYMBOLS))
    rows |= resting(rows)
    if isinstance(block, schema.PoolBlock):
        return rows
    rows["launches"] = lift(block.depth * _steps(block))
    for place, alive in enumerate(alive_bytes(block)):
        rows[_place("alive", OF_A_GROUP * slot + place, ALIVE_ROWS)] = alive
    if isinstance(block, Main):
        moved = token_rows(block, SYMBOLS) * block.inner
        rows["exchange"] = lift(block.depth * moved)
        rows[_place("exchanged", slot - 1, EXCHANGED_ROWS)] = lift(2 * 3 * HALF * moved)
    return rows


def _steps(block: Layered) -> int:
    """Operations of one block; the shorter last layer of a group stands for a whole one."""
    if isinstance(block, schema.LearnedBlock):
        return block.steps
    each = block.model_copy(update={"depth": 1})
    if isinstance(block, schema.JointBlock):
        each = each.model_copy(update={"ends_text": False})
    return len(block_operations(each, SYMBOLS))


def token_rows(block: schema.Block, grid: Grid) -> Size:
    """Rows of tokens that a group of blocks works on."""
    if isinstance(block, schema.RefinerBlock):
        return grid.rows(block.rows)
    if isinstance(block, schema.LearnedBlock):
        return read(block.rows).of({name: getattr(grid, name) for name in schema.LEARNED})
    if isinstance(block, schema.SequenceBlock):
        return grid.rows(block.stream)
    if isinstance(block, schema.JointBlock):
        return grid.rows(block.video_rows) + grid.rows(block.text_rows)
    return grid.video + (grid.rows(block.text_rows) if block.kind == "parallel" else grid.text)


def alive_bytes(block: Layered) -> list[Polynomial]:
    """Bytes alive in attention and in the feed-forward layer of a block, fused kernels throughout.

    The residual streams in FP32, one of audio too where a block has it beside, and, in BF16, the
    normed input and either queries, keys, values and the result of attention, or the hidden
    vectors. Reference: Korthikanti et al. 2022.
    """
    residual_and_input = (FULL + HALF) * block.width
    hidden = (3 if block.gated else 2) * block.hidden
    widest: list[Size] = [4 * block.inner, hidden]
    if isinstance(block, schema.ParallelBlock):
        widest = [4 * block.inner + 2 * block.hidden]
    rows = token_rows(block, SYMBOLS)
    beside = (
        FULL
        * SYMBOLS.audio
        * max((layer.widths[0] for layer in block.layers if layer.rows == "audio"), default=0)
    )
    return [lift(rows * (residual_and_input + HALF * wide) + beside) for wide in widest]


def encoder_flops(encoder: TextEncoder, tokens: Size) -> Size:
    """FLOPs of a text encoder on a prompt padded to `tokens` tokens."""
    return total(item.flops for item in _encoder_operations(encoder, tokens))


@cache
def encoder_parameters(encoder: TextEncoder) -> int:
    """Parameters of a text encoder, with the tables of its tokens."""
    found = total(item.parameters for item in _encoder_operations(encoder, 1))
    return found.terms.get((), 0)


def add(parts: Iterable[Rows]) -> Rows:
    """Add rows up, name by name; names of memory belong to one part each."""
    rows: Rows = {}
    for part in parts:
        for name, polynomial in part.items():
            rows[name] = rows[name] + polynomial if name in rows else polynomial
    return rows


def _encoder_operations(encoder: TextEncoder, tokens: Size) -> list[Operation]:
    grid = Grid(frames=1, area=tokens, text=0)
    operations = layer_operations(encoder.layers, grid) + table_operations(encoder.tables, grid)
    for block in encoder.blocks:
        operations += block_operations(block, grid)
    return operations


def sorted_out(operations: Sequence[Operation]) -> Rows:
    """Add operations up by what reads them: time, traffic, and FLOPs by group."""

    def flops(kind: str) -> Polynomial:
        return total(item.flops for item in operations if item.kind == kind)

    rows = {
        "product": flops("product"),
        "attention": total(item.padded for item in operations if item.kind == "attention"),
        "forward": total(item.flops for item in operations),
        "elements": total(item.elements for item in operations),
        "stream": total(item.elements for item in operations if item.kind == "pointwise"),
        "head": total(item.padded for item in operations if item.kind == "head"),
        "parameters": total(item.parameters for item in operations),
    }
    for group in GROUPS:
        name = "self_attention" if group == "attention" else group
        rows[name] = total(item.flops for item in operations if item.group == group)
    return rows


def _place(name: str, place: int, places: int) -> str:
    if place >= places:
        raise ShapeError(
            f"a model has more groups of blocks than there are rows for their memory; "
            f"give places.ROWS more than {places} rows {name}_*"
        )
    return f"{name}_{place}"
