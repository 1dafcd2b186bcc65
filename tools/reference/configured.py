"""Networks that a configuration of data/configs describes: fed by data/class_inputs.yaml.

FLOPs of each group are those that `rebuilt learn` records, sorted by the names of modules; their
sum must be what torch's own counter sees, which measure.py checks on the first clip of a model.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from networks import Clip, Network, causal

from rebuilt.cost.learn.feeding import fed, inputs_of, names_of
from rebuilt.cost.learn.network import Network as Learned
from rebuilt.cost.learn.network import stand_ins, tensor
from rebuilt.cost.learn.records import counts
from rebuilt.cost.learn.shapes import Shape
from rebuilt.cost.models.schema import Patch

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULTS = "diffusers 0.42.1 class defaults"
CONFIGS = Path(__file__).parents[2] / "data" / "configs"


@dataclass(frozen=True)
class Grid:
    """How pixels become tokens: strides of the autoencoder, and the patch."""

    frames_stride: int
    side_stride: int
    patch: int = 2
    together: int = 1  # latent frames of a token
    audio_tokens: float = 0.0  # of a frame
    chunk: tuple[int, int] | None = None  # frames of a whole chunk and latent frames it gives

    def shape(self, clip: Clip) -> Shape:
        """Return the tokens of a clip."""
        if self.chunk:
            whole, rest = divmod(clip.frames, self.chunk[0])
            frames = whole * self.chunk[1] + -(-rest // self.frames_stride)
        else:
            frames = causal(clip.frames, self.frames_stride)
        pixels = self.side_stride * self.patch
        return Shape(
            frames=-(-frames // self.together),
            rows=-(-clip.height // pixels),
            columns=-(-clip.width // pixels),
            text=clip.text,
            audio=round(clip.frames * self.audio_tokens),
        )


@dataclass
class Configured:
    """One model of the catalogue: its configuration, what differs from it, and its grid."""

    model: str
    config: str
    grid: Grid
    changes: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def content(self) -> dict[str, Any]:
        """Fields of the configuration; none but the class's defaults where there is no file."""
        path = CONFIGS / f"{self.config}.json"
        own = json.loads(path.read_text("utf-8")) if self.config else {}
        return own | dict(self.changes)

    @cached_property
    def learned(self) -> Learned:
        """The class, built."""
        return Learned("diffusers", self.content["_class_name"], self.content)

    @cached_property
    def patch(self) -> Patch:
        """Latent frames, rows and columns of a token."""
        sides = {"height": self.grid.patch, "width": self.grid.patch}
        return Patch(source="tool: a", frames=self.grid.together, **sides)

    @property
    def spec(self) -> dict[str, Any]:
        """What the forward pass is fed."""
        return dict(inputs_of(self.content["_class_name"])) | dict(self.inputs)

    def run(self, module: torch.nn.Module, clip: Clip) -> int:
        """Run one forward pass, and return the video tokens."""
        shape = self.grid.shape(clip)
        given = fed(self.spec, names_of(shape, self.patch, self.learned.config), tensor)
        with stand_ins(type(module).__module__):
            module(**given)
        return shape.frames * shape.rows * shape.columns

    def grouped(self, _: torch.nn.Module, clip: Clip) -> tuple[int, dict[str, int]]:
        """Video tokens, and FLOPs by group of operations."""
        shape = self.grid.shape(clip)
        records = self.learned.records(shape, self.patch, self.spec, settled=False)
        found: dict[str, int] = {}
        for name, flops in counts(records).items():
            group, _, what = name.split(" ")
            if what == "flops":
                found[group] = found.get(group, 0) + flops
        return shape.frames * shape.rows * shape.columns, found

    def network(self, *clips: Clip) -> Network:
        """Entry of the table of measurements."""
        different = {name: value for name, value in self.changes.items() if name[0] != "_"}
        other = "".join(f", {name} {value}" for name, value in different.items())
        return Network(
            model=self.model,
            build=lambda _: self.learned.network,
            run=self.run,
            clips=clips,
            rules=(),
            grouped=self.grouped,
            source=f"data/configs/{self.config}.json{other}" if self.config else DEFAULTS,
            implementation=f"diffusers.{self.content['_class_name']}",
        )


WAN, WAN22, COSMOS1 = Grid(4, 8), Grid(4, 16), Grid(8, 8)
COGVIDEOX15 = Grid(4, 8, together=2)
IMAGE, DEEP = Grid(1, 8), Grid(1, 32, patch=1)
LTX, LTX2 = Grid(8, 32, patch=1), Grid(8, 32, patch=1, audio_tokens=25 / 24)
HUNYUAN15 = Grid(4, 16, patch=1)
MINIMAX = Grid(4, 16, audio_tokens=40 / 24, chunk=(17, 5))

WAN_CLIPS = Clip(17, 480, 832, 512), Clip(81, 480, 832, 512), Clip(81, 720, 1280, 226)
TI2V_CLIPS = Clip(17, 480, 832, 512), Clip(121, 704, 1280, 512), Clip(121, 704, 1280, 226)
COSMOS_CLIPS = Clip(9, 480, 832, 512), Clip(93, 704, 1280, 512), Clip(93, 704, 1280, 128)
COSMOS3_CLIPS = Clip(33, 480, 832, 512), Clip(189, 720, 1280, 512), Clip(189, 720, 1280, 256)
COGVIDEOX15_CLIPS = tuple(Clip(frames, 768, 1360, 226) for frames in (17, 41, 81))
FRAMEPACK_CLIPS = Clip(33, 480, 832, 256), Clip(33, 640, 640, 256), Clip(33, 480, 832, 128)
ANIMATE_CLIPS = Clip(17, 480, 832, 512), Clip(77, 720, 1280, 512), Clip(77, 720, 1280, 226)
COSMOS1_CLIPS = Clip(9, 480, 832, 512), Clip(121, 704, 1280, 512), Clip(121, 704, 1280, 128)
SKYREELS_CLIPS = Clip(17, 544, 960, 512), Clip(97, 544, 960, 512), Clip(121, 720, 1280, 226)
IMAGES = Clip(1, 512, 512, 512), Clip(1, 1024, 1024, 512), Clip(1, 832, 1216, 128)
SQUARES = Clip(1, 512, 512, 128), Clip(1, 1024, 1024, 128), Clip(1, 1024, 1024, 64)
SANA_CLIPS = Clip(1, 512, 512, 300), Clip(1, 1024, 1024, 300), Clip(1, 768, 1344, 77)
SANA_VIDEO_CLIPS = Clip(17, 480, 832, 300), Clip(81, 480, 832, 300), Clip(81, 480, 832, 77)
HUNYUAN_CLIPS = Clip(5, 544, 960, 540), Clip(129, 720, 1280, 540), Clip(129, 720, 1280, 400)
HUNYUAN15_CLIPS = Clip(25, 480, 832, 1000), Clip(121, 480, 832, 1000), Clip(121, 720, 1280, 1000)
HUNYUAN_IMAGES = Clip(1, 1024, 1024, 1000), Clip(1, 2048, 2048, 1000), Clip(1, 1536, 2048, 1000)
KANDINSKY_CLIPS = Clip(25, 512, 768, 512), Clip(121, 512, 768, 512), Clip(121, 512, 768, 128)
LTX_CLIPS = Clip(25, 512, 704, 128), Clip(161, 512, 704, 128), Clip(121, 704, 1216, 256)
LTX2_CLIPS = Clip(25, 512, 768, 1024), Clip(121, 512, 768, 1024), Clip(241, 704, 1216, 256)
MINIMAX_CLIPS = Clip(34, 768, 1344, 256), Clip(124, 768, 1344, 256), Clip(124, 768, 1344, 64)

BIG_WAN = {"num_attention_heads": 40, "num_layers": 40, "ffn_dim": 13824}
BIG_VACE = BIG_WAN | {"vace_layers": list(range(0, 40, 5))}
BIG_COSMOS = {"num_attention_heads": 40, "num_layers": 36}
SMALL_COSMOS = {"num_attention_heads": 16, "num_layers": 28}
ANIMATE = {"_class_name": "WanAnimateTransformer3DModel", "added_kv_proj_dim": 5120}
BIG_LTX = {"num_layers": 48, "attention_head_dim": 128, "cross_attention_dim": 4096}
WITH_IMAGE = {"in_channels": 36, "image_dim": 1280, "added_kv_proj_dim": 5120}
KLEIN_9B = {"num_layers": 8, "num_single_layers": 24, "num_attention_heads": 32}
SMALL_SANA = {
    **{"num_layers": 28, "num_attention_heads": 36, "cross_attention_dim": 1152},
    **{"num_cross_attention_heads": 16, "cross_attention_head_dim": 72},
}
BIG_SANA = {"num_layers": 60, "qk_norm": "rms_norm_across_heads"}
PER_FRAME = {"timestep": {"long": [1, "frames"]}, "enable_diffusion_forcing": {"value": "True"}}
PER_LATENT = {"timestep": [1, 1, "frames", 1, 1]}
PER_TOKEN = {"timestep": {"long": [1, "tokens"]}}

# Model, configuration, grid, clips, what differs from the configuration, and from the inputs.
MODELS: tuple[tuple[Any, ...], ...] = (
    ("wan2.1-i2v-14b", "wan2.1-i2v-14b", WAN, WAN_CLIPS),
    ("wan2.1-flf2v-14b", "wan2.1-i2v-14b", WAN, WAN_CLIPS, {"pos_embed_seq_len": 514}),
    ("wan2.1-vace-1.3b", "wan2.1-vace-1.3b", WAN, WAN_CLIPS),
    ("wan2.1-vace-14b", "wan2.1-vace-1.3b", WAN, WAN_CLIPS, BIG_VACE),
    ("wan2.2-t2v-a14b", "wan2.1-t2v-14b", WAN, WAN_CLIPS),
    ("wan2.2-i2v-a14b", "wan2.2-i2v-a14b", WAN, WAN_CLIPS),
    ("wan2.2-ti2v-5b", "wan2.2-ti2v-5b", WAN22, TI2V_CLIPS, {}, PER_TOKEN),
    ("skyreels-v2-t2v-14b", "skyreels-v2-t2v-14b", WAN, SKYREELS_CLIPS),
    ("skyreels-v2-i2v-14b", "skyreels-v2-t2v-14b", WAN, SKYREELS_CLIPS, WITH_IMAGE),
    ("skyreels-v2-df-1.3b", "skyreels-v2-df-1.3b", WAN, SKYREELS_CLIPS, {}, PER_FRAME),
    (
        "skyreels-v2-df-14b",
        "skyreels-v2-t2v-14b",
        WAN,
        SKYREELS_CLIPS,
        {},
        PER_FRAME,
    ),
    ("cosmos1-7b-t2w", "cosmos1-7b-t2w", COSMOS1, COSMOS1_CLIPS),
    ("cosmos1-14b-t2w", "cosmos1-7b-t2w", COSMOS1, COSMOS1_CLIPS, BIG_COSMOS),
    ("cosmos-predict2-2b-t2i", "cosmos2-14b-t2i", IMAGE, IMAGES, SMALL_COSMOS),
    ("cosmos3-nano", "cosmos3-nano", WAN22, COSMOS3_CLIPS),
    ("cosmos-predict2-2b-v2w", "cosmos2-2b-v2w", WAN, COSMOS_CLIPS, {}, PER_LATENT),
    ("cosmos-predict2-14b-v2w", "cosmos2-2b-v2w", WAN, COSMOS_CLIPS, BIG_COSMOS, PER_LATENT),
    ("cosmos-predict2-14b-t2i", "cosmos2-14b-t2i", IMAGE, IMAGES),
    ("cosmos-predict2.5-2b", "cosmos2.5-2b", WAN, COSMOS_CLIPS),
    ("cosmos-predict2.5-14b", "cosmos2.5-2b", WAN, COSMOS_CLIPS, BIG_COSMOS),
    ("flux.2-dev", "flux2-dev", IMAGE, IMAGES),
    ("flux.2-klein-4b", "flux2-klein-4b", IMAGE, IMAGES),
    ("flux.2-klein-9b", "flux2-klein-4b", IMAGE, IMAGES, KLEIN_9B | {"joint_attention_dim": 12288}),
    ("qwen-image", "qwen-image", IMAGE, IMAGES),
    ("hidream-i1-full", "hidream-i1-full", IMAGE, SQUARES),
    ("hunyuanimage-2.1", "hunyuanimage-2.1", DEEP, HUNYUAN_IMAGES),
    ("z-image", "z-image", IMAGE, IMAGES),
    ("sana-0.6b", "sana-1600m-1024", DEEP, SANA_CLIPS, SMALL_SANA),
    ("sana-1.6b", "sana-1600m-1024", DEEP, SANA_CLIPS),
    ("sana1.5-4.8b", "sana-1600m-1024", DEEP, SANA_CLIPS, BIG_SANA),
    ("sana-video-2b", "sana-video-2b-480p", WAN, SANA_VIDEO_CLIPS),
    ("hunyuanvideo-i2v", "hunyuanvideo-i2v-33ch", WAN, HUNYUAN_CLIPS),
    ("hunyuanvideo-1.5", "hunyuanvideo1.5", HUNYUAN15, HUNYUAN15_CLIPS),
    ("kandinsky5-lite", "kandinsky5-lite-5s", WAN, KANDINSKY_CLIPS),
    ("kandinsky5-pro", "kandinsky5-pro", WAN, KANDINSKY_CLIPS),
    ("framepack", "framepack", WAN, FRAMEPACK_CLIPS),
    ("cogvideox1.5-5b-i2v", "cogvideox1.5-5b-i2v", COGVIDEOX15, COGVIDEOX15_CLIPS),
    ("wan2.2-animate-14b", "", WAN, ANIMATE_CLIPS, ANIMATE),
    ("ltx-video-13b", "ltx-video-2b", LTX, LTX_CLIPS, BIG_LTX),
    ("ltx-2-19b", "ltx2-19b", LTX2, LTX2_CLIPS),
    ("ltx-2.5", "ltx2.5", LTX2, LTX2_CLIPS),
    ("minimax-h3", "minimax-h3", MINIMAX, MINIMAX_CLIPS),
    ("anyflow-defaults", "", WAN, WAN_CLIPS, {"_class_name": "AnyFlowTransformer3DModel"}),
    ("ernie-image-defaults", "", IMAGE, IMAGES, {"_class_name": "ErnieImageTransformer2DModel"}),
    ("cogvideox-5b-i2v", "cogvideox-5b-i2v", WAN, (Clip(49, 480, 720, 226),)),
)


def side_by_side(model: str, grid: Grid, clips: tuple[Clip, ...], *configs: str) -> Network:
    """Entry of a model whose networks run beside each other at every step."""
    parts = [Configured(model, config, grid) for config in configs]

    def run(both: torch.nn.ModuleList, clip: Clip) -> int:
        return max(part.run(one, clip) for part, one in zip(parts, both, strict=True))

    def grouped(_: torch.nn.Module, clip: Clip) -> tuple[int, dict[str, int]]:
        found = [part.grouped(part.learned.network, clip) for part in parts]
        names = {name: None for _, groups in found for name in groups}
        return found[0][0], {name: sum(one.get(name, 0) for _, one in found) for name in names}

    return replace(
        parts[0].network(*clips),
        build=lambda _: torch.nn.ModuleList([part.learned.network for part in parts]),
        run=run,
        grouped=grouped,
        source=" and ".join(f"data/configs/{config}.json" for config in configs),
        implementation=" and ".join(f"diffusers.{part.content['_class_name']}" for part in parts),
    )


TRANSFER = ("cosmos-transfer2.5-2b", "cosmos-transfer2.5-control")
CONFIGURED: tuple[Network, ...] = (
    *(
        Configured(model, config, grid, *different).network(*clips)
        for model, config, grid, clips, *different in MODELS
    ),
    side_by_side("cosmos-transfer2.5-2b", WAN, COSMOS_CLIPS, *TRANSFER),
)
