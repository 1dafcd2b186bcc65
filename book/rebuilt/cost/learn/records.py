"""What a counter saw of one forward pass, and how it is sorted into groups and kinds.

A record is one operation, or one step of several pointwise operations, with the path of the module
that ran it. Groups go by the names that diffusers gives modules; a matrix that serves attention and
feed-forward at once is split by its widths.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rebuilt.cost.algebra.sizes import FULL_HEAD, padded_head
from rebuilt.errors import ShapeError

# Lists of blocks that a model keeps for its text, and whatever is in no list, are no main blocks.
OF_TEXT = re.compile(r"text|context|caption|token|embed|layerwise|proj|time|^t_block")
OUTSIDE = (
    (r"^(?!t_block)\w+blocks?\.\d", "embedding"),  # blocks of the text
    (
        r"^(norm_out|final_norm)\.|^\w*(adaln(_single)?|time_embed|scale_shift|gate)\.linear$"
        r"|^proj_out_1$|time_proj|^t_block|^fps_projection|^distilled_guidance"
        r"|(^|[._])mod(ulation)?([._]|$)",
        "modulation",
    ),
    (r"^(proj_out|out_layer|output|head|norm_out|unpatch|last)|_proj_out|(^|_)final_", "output"),
    (r"", "embedding"),
)
INSIDE = (
    (r"norm\w*\.emb\.", "embedding"),
    (r"(^|[._])(mod|modulation|ada(?!pter)\w*|norm\w*|time_emb\w*)([._]|$)", "modulation"),
    (r"cross|attn2|adapter|_to_(video|audio)_attn", "cross_attention"),
    (
        r"\.(?!\w*qkv|v_mlp)(\w+_)?(ff|ffn|mlp|feed_forward|experts?|moe|w[123]|skip)(_\w+)?(\.|$)"
        r"|(?<!attn)\.(gate|up|down)_proj$",
        "feed_forward",
    ),
    (r"", "projection"),
)


@dataclass(frozen=True, slots=True)
class Record:
    """One operation on meta tensors.

    kind : product (`inner` and `columns` are its widths), attention (`heads` of width `inner`), or
    pointwise
    rows : of a product or of queries
    fused : whether attention is one call; where products are written out, only heads are known
    norm : whether a pointwise step is one
    """

    path: str
    kind: str
    flops: int = 0
    elements: int = 0
    rows: int = 0
    inner: int = 0
    columns: int = 0
    heads: int = 0
    fused: bool = False
    norm: bool = False


@dataclass(frozen=True, slots=True)
class Blocks:
    """Attention of equal blocks: how many, and what memory and layouts ask of them."""

    path: str
    depth: int
    width: int
    heads: int
    head_width: int
    hidden: int
    gated: bool
    rows: int
    steps: int


def block_of(path: str) -> str:
    """Path of the main block that a module lies in, such as `blocks.3`; empty outside of them."""
    found = re.match(r"(\w+\.\d+)(?:\.|$)", path)
    return found[1] if found and not OF_TEXT.search(found[1]) else ""


def group_of(record: Record) -> str:
    """Group of operations.GROUPS that a record belongs to, by the names on its path."""
    block = block_of(record.path)
    rules, rest = (INSIDE, record.path) if block else (OUTSIDE, record.path)
    if block == record.path != "" and record.kind == "pointwise":
        return "modulation"  # norms, gates and residuals that the block runs itself
    group = next(group for pattern, group in rules if re.search(pattern, rest))
    return "attention" if group == "projection" and record.kind == "attention" else group


def counts(records: Sequence[Record]) -> dict[str, int]:
    """Whole numbers of one pass by `group kind what`, and by `blocks number rows`.

    Pointwise steps inside a module of self-attention are on rows of single heads.
    """
    found: Counter[str] = Counter()
    described = blocks(records)
    widths = {
        (block.path, block.rows): (block.heads * block.head_width, block.width)
        for block in described
    }
    own = {block.path: block.head_width for block in described}
    heads = {
        one.path: one.inner or own[_like(block_of(one.path))]
        for one in records
        if one.kind == "attention" and group_of(one) == "attention"
    }
    for one in records:
        group, kind, padded = group_of(one), one.kind, _padded(one)
        head = heads.get(one.path.rpartition(".")[0] if one.norm else one.path)
        if kind == "pointwise" and head and block_of(one.path):
            group, kind = "attention", "head"
            padded = one.elements * (max(head, int(FULL_HEAD)) if one.norm else head) // head
        found[f"{group} {kind} elements"] += one.elements
        found[f"{group} {kind} padded"] += padded
        for part, flops in _split(one, group, widths):
            found[f"{part} {kind} flops"] += flops
    for number, block in enumerate(described):
        found[f"blocks {number} rows"] = block.rows
    return {name: number for name, number in found.items() if number}


def _split(
    record: Record, group: str, widths: dict[tuple[str, int], tuple[int, int]]
) -> list[tuple[str, int]]:
    """FLOPs of one matrix by group: what is beside attention's own width is feed-forward."""
    own, stream = widths.get((_like(block_of(record.path)), record.rows), (0, 0))
    if group != "projection" or not own or record.kind != "product":
        return [(group, record.flops)]
    if own < record.inner > record.columns == stream:
        wide, share = record.inner, own
    elif record.columns > 3 * own and record.inner <= own:
        wide, share = record.columns, (1 if record.path.endswith(".v_mlp") else 3) * own
    else:
        return [(group, record.flops)]
    flops = record.flops // wide * share
    return [(group, flops), ("feed_forward", record.flops - flops)]


def _padded(record: Record) -> int:
    """FLOPs of attention with heads as wide as kernels make them."""
    if not record.fused:
        return record.flops if record.kind == "attention" else 0
    return record.flops // record.inner * int(padded_head(record.inner))


def blocks(records: Sequence[Record]) -> list[Blocks]:
    """Return groups of main blocks, by what their self-attention looks like.

    Raises
    ------
    ShapeError
        If no main block attends.
    """
    asked: dict[tuple[str, int, int, int], set[str]] = defaultdict(set)
    attends = [one for one in records if one.kind == "attention" and group_of(one) == "attention"]
    fused: set[str] = set()
    for one in sorted(attends, key=lambda one: (not one.fused, -one.flops)):
        block = block_of(one.path)
        if one.fused:
            asked[_like(block), one.heads, one.inner, one.rows].add(block)
        elif block not in fused:
            query = _query(one.path, records)
            asked[_like(block), one.heads, query.columns // one.heads, query.rows].add(block)
        fused.add(block)
    if not asked:
        raise ShapeError(
            "no list of blocks of the network attends, so memory and layouts cannot be told; "
            "only networks with lists of blocks that attend are learned"
        )
    return [
        _described(path, heads, head, rows, sorted(members), records)
        for (path, heads, head, rows), members in asked.items()
    ]


def _query(path: str, records: Sequence[Record]) -> Record:
    """First product of a module that attends, or of the nearest around it that has one."""
    own = next((p for p in records if p.path.startswith(path) and p.kind == "product"), None)
    return own or _query(path.rpartition(".")[0], records)


def _described(
    path: str, heads: int, head: int, rows: int, members: list[str], records: Sequence[Record]
) -> Blocks:
    """Widths of one block of a group: of its queries' input, and of its feed-forward layer."""
    own = [one for one in records if block_of(one.path) == members[0] and one.kind == "product"]
    asks = [one for one in own if group_of(one) == "projection"]
    deep = [one for one in own if group_of(one) == "feed_forward"]
    width, inner = asks[0].inner, heads * head
    first = [one for one in deep if one.path.split(".")[:3] == deep[0].path.split(".")[:3]]
    beside = [one.inner - inner for one in asks if one.columns < one.inner and one.inner > inner]
    hidden = max([*beside, *(one.inner for one in first if one.inner != width)], default=4 * width)
    made = [one.columns for one in first if one.inner == width]
    made += [one.columns - 3 * inner for one in asks if one.columns > 3 * inner]
    return Blocks(
        path=path,
        depth=len(members),
        width=width,
        heads=heads,
        head_width=head,
        hidden=hidden,
        gated=sum(made) == 2 * hidden,
        rows=rows,
        steps=-(-sum(block_of(one.path) in members for one in records) // len(members)),
    )


def _like(path: str) -> str:
    """Path of a block without its number."""
    return re.sub(r"\.\d+", "", path)


def layers(records: Iterable[Record]) -> dict[str, int]:
    """FLOPs by path without numbers and kind, for people who look where a group comes from."""
    found: Counter[str] = Counter()
    for one in records:
        found[f"{re.sub(r'[.][0-9]+', '.*', one.path)} {one.kind}"] += one.flops
    return dict(found)
