"""What a counter saw becomes a model file that the one engine counts, and nothing else changes."""

import csv

import pytest
import yaml

from rebuilt import cli
from rebuilt.cli.learn_command import written
from rebuilt.cost import Clip, ShapeError, count, load_model, model_ids
from rebuilt.cost.algebra.polynomial import read
from rebuilt.cost.engine.lowered import lower_model
from rebuilt.cost.hardware.estimate import estimate
from rebuilt.cost.hardware.training import train
from rebuilt.cost.learn.feeding import INPUTS, fed, inputs_of, names_of
from rebuilt.cost.learn.learning import Origin, axes_of, checks, described, digest, learn
from rebuilt.cost.learn.records import Record, block_of, blocks, counts, group_of
from rebuilt.cost.learn.shapes import Shape
from rebuilt.cost.models.architectures import Transformer
from rebuilt.cost.models.config_reading import class_names, model_from
from rebuilt.cost.models.latent import default_clip
from rebuilt.cost.models.variants import altered, symbolic
from rebuilt.errors import DataError
from rebuilt.paths import DATA

LEARNED = [name for name in model_ids(Transformer) if load_model(name).learned]
WIDTH, HEADS, HEAD, HIDDEN, TEXT, DEPTH = 96, 3, 32, 256, 64, 2


def passes(shape):
    """List records of a small network as it would be seen: two blocks with a gated feed-forward."""
    video, text = shape.frames * shape.rows * shape.columns, shape.text

    def product(path, rows, inner, columns):
        return Record(
            path,
            "product",
            2 * rows * inner * columns,
            rows * (inner + columns),
            rows,
            inner,
            columns,
        )

    def attends(path, keys):
        flops, moved = 4 * video * keys * WIDTH, 2 * (video + keys) * WIDTH
        return Record(path, "attention", flops, moved, video, HEAD, 0, HEADS, True)

    def step(path, rows, norm=False):
        return Record(path, "pointwise", elements=2 * rows * WIDTH, norm=norm)

    records = [product("patch_embedding", video, 64, WIDTH), product("caption", text, TEXT, WIDTH)]
    for number in range(DEPTH):
        block = f"blocks.{number}"
        records += [
            step(block, video),
            product(f"{block}.attn1.to_q", video, WIDTH, WIDTH),
            step(f"{block}.attn1.norm_q", video, norm=True),
            step(f"{block}.attn1", video),
            attends(f"{block}.attn1", video),
            attends(f"{block}.attn2", text),
            product(f"{block}.ffn.up", video, WIDTH, 2 * HIDDEN),
            product(f"{block}.ffn.down", video, HIDDEN, WIDTH),
        ]
    return [*records, product("proj_out", video, WIDTH, 64)]


@pytest.fixture(scope="module")
def learnt():
    """Learn the same network."""
    return learn(passes, axes_of(load_model("wan2.1-t2v-1.3b")))


@pytest.fixture
def model(learnt, tmp_path):
    """Its file, written and read again."""
    origin = Origin(
        source="huggingface-diffusers-2026: a test",
        module="mine",
        class_name="Mine",
        config={"depth": DEPTH},
        versions="torch 0",
        parameters=12345,
    )
    base = load_model("wan2.1-t2v-1.3b")
    content = described(learnt, base, origin, id="mine", name="Mine")
    (tmp_path / "mine.yaml").write_text(written(content), encoding="utf-8")
    return load_model("mine", tmp_path)


def test_a_learned_file_counts_what_was_seen(model):
    """At a clip of any size: by group, values moved, and parameters."""
    found = count(model, Clip(frames=13, height=96, width=128, text_tokens=9))
    shape = Shape(frames=4, rows=6, columns=8, text=9)
    seen = counts(passes(shape))

    groups = {}
    for name, number in seen.items():
        group, _, what = name.split(" ")
        if what == "flops":
            groups[group] = groups.get(group, 0) + number
    assert found.by_group == groups
    assert found.parameters == 12345
    moved = sum(number for name, number in seen.items() if name.endswith("elements"))
    assert found.rows["elements"] == moved
    video = 4 * 6 * 8
    assert found.rows["head"] == DEPTH * 2 * video * WIDTH * (128 // HEAD + 1)
    assert found.rows["exchange"] == DEPTH * video * WIDTH
    assert found.rows["launches"] == DEPTH * 8


def test_a_learned_file_goes_through_the_one_engine(model):
    """Run time, memory, layouts and sweeps take it as any other; its own numbers are fixed."""
    assert estimate(model, gpu="h100-sxm", gpus=3).layout.ulysses == 3
    assert estimate(model, gpu="h100-sxm").memory.total > 0
    assert train(model, gpu="h100-sxm").memory.total > 0
    assert lower_model(model, ("frames", "height")).program[0] > 0
    for change in (lambda: altered(model, {"depth": 4}), lambda: symbolic(model, ("width",))):
        with pytest.raises(ShapeError, match="mine was learned from its code, so its architecture"):
            change()


def test_blocks_say_what_memory_asks(learnt):
    """Widths, heads and hidden of the blocks that carry video, and how many there are."""
    (group,) = learnt.blocks

    found = (group.depth, group.width, group.heads, group.head_width, group.hidden, group.gated)
    assert found == (DEPTH, WIDTH, HEADS, HEAD, HIDDEN, True)
    with pytest.raises(ShapeError, match="no list of blocks of the network attends"):
        blocks([Record("caption", "product")])


def test_rows_of_the_record_say_what_was_compared(learnt):
    """Expected is the polynomial at the largest shape, counted what was seen, and they agree."""
    origin = Origin(
        source="a: b", module="m", class_name="C", config={}, versions="v", parameters=1
    )

    rows = checks(learnt, origin, "mine", load_model("wan2.1-t2v-1.3b"))

    by_quantity = {row["quantity"]: row for row in rows}
    row = by_quantity["flops of attention"]
    tokens = 7 * 8 * 15
    assert row["expected"] == row["counted"] == DEPTH * 4 * tokens**2 * WIDTH
    assert row["written"] != row["expected"]
    assert {row["equal"] for row in rows} == {"yes"}


def test_one_file_has_either_blocks_or_counts(model, tmp_path):
    """A file that is learned and lists layers too is refused."""
    content = yaml.safe_load((tmp_path / "mine.yaml").read_text(encoding="utf-8"))
    layer = {"name": "x", "group": "embedding", "rows": "one", "widths": [1, 2]}
    for change in ({"layers": [layer]}, {"learned": None}):
        (tmp_path / "two.yaml").write_text(
            yaml.safe_dump(content | {"id": "two"} | change), encoding="utf-8"
        )
        with pytest.raises(DataError, match="a learned model has the section learned"):
            load_model("two", tmp_path)
        load_model.cache_clear()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("3*frame", "has the size 'frame'"), ("3frames", "is no sum of terms"), ("", "at least")],
)
def test_a_polynomial_that_does_not_read_is_named(model, tmp_path, text, sentence):
    """With the file and the field."""
    content = yaml.safe_load((tmp_path / "mine.yaml").read_text(encoding="utf-8"))
    if text:
        content["learned"]["operations"][0]["flops"] = text
    else:
        content["learned"]["operations"] = []
    (tmp_path / "bad.yaml").write_text(yaml.safe_dump(content | {"id": "bad"}), encoding="utf-8")

    with pytest.raises(DataError, match=r"learned\.operations") as told:
        load_model("bad", tmp_path)
    assert sentence in str(told.value)


@pytest.mark.parametrize(
    ("path", "kind", "group"),
    [
        ("blocks.3.attn1.to_q", "product", "projection"),
        ("blocks.3.attn1", "attention", "attention"),
        ("blocks.3.attn2", "attention", "cross_attention"),
        ("blocks.3.ffn.net.0.proj", "product", "feed_forward"),
        ("transformer_blocks.0.img_mlp.net.2", "product", "feed_forward"),
        ("single_transformer_blocks.0.attn.to_qkv_mlp_proj", "product", "projection"),
        ("transformer_blocks.0.norm1.linear", "product", "modulation"),
        ("blocks.0", "pointwise", "modulation"),
        ("time_text_embed.timestep_embedder.linear_1", "product", "embedding"),
        ("adaln_single.linear", "product", "modulation"),
        ("context_embedder.token_refiner.refiner_blocks.0.attn", "attention", "embedding"),
        ("text_transformer_blocks.0.feed_forward.in_layer", "product", "embedding"),
        ("crossattn_proj.0", "product", "embedding"),
        ("norm_out.linear", "product", "modulation"),
        ("proj_out", "product", "output"),
    ],
)
def test_groups_go_by_the_names_of_modules(path, kind, group):
    """As the written blocks sort the same layers."""
    assert group_of(Record(path, kind)) == group


def test_a_matrix_that_serves_two_groups_is_split_by_its_widths():
    """Attention's own width is projection, what is beside it feed-forward."""
    rows, width, hidden = 10, 96, 384
    fused = Record(
        "single_blocks.0.out",
        "product",
        2 * rows * (width + hidden) * width,
        0,
        rows,
        width + hidden,
        width,
    )
    asks = Record("single_blocks.0.attn.q", "product", 0, 0, rows, width, width)
    attends = Record("single_blocks.0.attn", "attention", 0, 0, rows, 32, 0, 3, True)

    found = counts([asks, attends, fused])

    assert found["projection product flops"] == 2 * rows * width * width
    assert found["feed_forward product flops"] == 2 * rows * hidden * width


def test_blocks_are_numbered_modules_of_the_video():
    """Lists of a text encoder and sequences of an embedder are none."""
    assert block_of("blocks.12.attn1.to_q") == "blocks.12"
    assert block_of("text_blocks.1.attn") == block_of("proj_in") == block_of("time_embed.0") == ""


def test_every_class_with_inputs_is_known_or_named():
    """Entries of data/class_inputs.yaml make inputs; a missing field is named with its input."""
    spec = inputs_of("WanTransformer3DModel")
    patch = load_model("wan2.1-t2v-1.3b").patch
    shape = Shape(frames=3, rows=4, columns=5, text=7)
    names = names_of(shape, patch, {"in_channels": 16, "text_dim": 4096, "image_dim": None})

    found = fed(spec, names, lambda sizes, kind: (sizes, kind))

    assert found["hidden_states"] == ((1, 16, 3, 8, 10), "float")
    assert found["timestep"] == ((1,), "long")
    assert "encoder_hidden_states_image" not in found
    with pytest.raises(DataError, match=r"input hidden_states: .*in_channels"):
        fed(spec, {}, lambda *_: None)
    assert inputs_of("NobodysTransformer") == inputs_of("any")
    listed = set(yaml.safe_load(INPUTS.read_text(encoding="utf-8"))) - {"any"}
    assert len(listed & set(class_names())) > 20


def test_the_command_says_what_it_needs(capsys):
    """Without torch one sentence; a bad target, a class without template and unlike files too."""
    config = str(DATA / "configs" / "wan2.1-t2v-1.3b.json")
    for words, sentence in (
        (["diffusers:WanTransformer3DModel", "--config", config], "make learn ARGS="),
        (["WanTransformer3DModel"], "is no MODULE:CLASS"),
        (["mine:Mine"], "Mine has no template in data/classes"),
        (["diffusers:Other", "--config", config], "is of class 'WanTransformer3DModel'"),
        (["mine:Mine", "--like", "wan2.1-t2v-1.3b", "--patch", "1x2"], "give three numbers"),
        (["mine:Mine", "--like", "wan2.1-t2v-1.3b", "--side-step", "0"], "--side-step is 0"),
        (["mine:Mine", "--like", "wan2.1-t2v-1.3b", "--inputs", "none.yaml"], "no file none.yaml"),
        (["mine:Mine", "--like", "sd1.5"], "--like: sd1.5 is of architecture unet, expected trans"),
    ):
        assert cli.main(["learn", *words]) in (2, 3)
        assert sentence in capsys.readouterr().err


def recorded():
    with (DATA / "learned_checks.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


@pytest.mark.parametrize(
    "row", recorded(), ids=lambda row: f"{row['model']}-{row['quantity'].replace(' ', '-')}"
)
def test_the_record_of_what_was_learned_holds(row):
    """Polynomial, expected and counted agree; FLOPs and parameters with the written blocks too."""
    if row["quantity"] == "refused":
        assert row["refused"]
        return
    video, *streams = row["largest_shape"].replace(",", " and").split(" and ")
    frames, rows, columns = map(int, video.split(" x "))
    tokens = {one.split()[1]: int(one.split()[0]) for one in streams}
    sizes = {"frames": frames, "area": rows * columns, "text": 0, "audio": 0} | tokens

    assert read(row["polynomial"]).value(**sizes) == int(row["expected"]) == int(row["counted"])
    assert row["equal"] == "yes"
    if row["written"] and "moved" not in row["quantity"]:
        assert row["written"] == row["expected"]


@pytest.mark.parametrize("name", LEARNED)
def test_a_committed_learned_file_is_the_one_recorded(name):
    """Its FLOPs and parameters are those of the record at the largest shape."""
    mine = {row["quantity"]: row for row in recorded() if row["model"] == name}
    learned = load_model(name).learned
    groups = {one.group for one in learned.operations if one.flops != "0"}

    assert learned.parameters == int(mine["parameters"]["expected"])
    for group in groups:
        total = sum(
            (read(one.flops) for one in learned.operations if one.group == group), read("0")
        )
        assert str(total) == mine[f"flops of {group}"]["polynomial"]


@pytest.mark.parametrize("name", LEARNED)
def test_blocks_written_later_give_the_integers_that_were_learned(name):
    """Where the class has a template by now: FLOPs by group and parameters, at two clips."""
    model = load_model(name)
    if model.learned.class_name not in class_names():
        pytest.skip("the class has no template")
    template = model_from({"_class_name": model.learned.class_name}, "defaults").model

    for clip in (default_clip(model), Clip(height=512, width=768, text_tokens=77)):
        ours, theirs = count(model, clip), count(template, clip)
        assert (ours.by_group, ours.parameters) == (theirs.by_group, theirs.parameters)


def test_a_digest_does_not_hang_on_the_order_of_fields():
    """Nor on tuples."""
    assert digest({"a": 1, "b": (1, 2)}) == digest({"b": [1, 2], "a": 1})
