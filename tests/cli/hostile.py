"""Calls of every command that nobody means: seeded, so that a failure can be had again."""

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random

NUMBERS = (
    *("nan", "-nan", "inf", "-inf", "Infinity", "0", "-0", "-1", "1", "2", "3.5", "1e3", "1e9"),
    *("1e309", "-1e309", "1e-320", "5e-324", "1e18", "9223372036854775808", "18446744073709551616"),
    *("9" * 30, "9" * 6000, "0x10", "0b1", "1_000", "1,000", "1e", "e5", ".", "+", "+-5", "--5"),
    *("\u0661\u0662", "\uff11", "\u00bd", "1\u00a0000", "", " ", "\t", "true", "None", "null"),
)
WORDS = (
    *("", " ", "=", "==", ",", ",,", ":", "::", "x", "x=", "=x", "a=b=c", "-", "--", "__proto__"),
    *(
        "constructor",
        "__class__",
        "../../etc/passwd",
        "/",
        "/dev/null",
        "/dev/zero",
        "~",
        "*",
        "%s",
    ),
    *("{0}", "{steps}", "$(id)", "`id`", "a\x00b", "a\nb", "\x1b[31m", "\u202eevil", "\u200b"),
    *("\udcff", "\U0001f600" * 50, "e\u0301", "A" * 5000, "<script>", "'; --", '"', "\\"),
)
MODELS = ("dit-xl-2", "hunyuanvideo", "wan2.1-t2v-1.3b", "sd1.5", "sora-2024", "t5-xxl", "HUNYUAN")
CHIPS = ("h100", "h100-sxm", "b200-sxm", "h100-sxm,h100-sxm", "a100,h200", "rtx-4090", "h1000")
SIZED = ("1", "5", "16", "17", "81", "129", "256", "480", "720", "1280", "16384", "131072")


@dataclass(frozen=True)
class Hostile:
    """Files that lie in one folder, and calls that name some of them."""

    folder: Path
    root: Path

    def files(self) -> list[str]:
        """Write files that are none of what they are taken for; return their paths."""
        deep = 100_000
        content = {
            "empty.csv": b"",
            "header.csv": b"steps\n",
            "text.csv": b"steps\nmany\n",
            "nan.csv": b"accelerator\nnan\n5\n1000\n100000000\n",
            "ragged.csv": b"steps,gpus\n1\n1,2,3\n",
            "twice.csv": b"steps,steps\n1,2\n",
            "nul.csv": b"steps\n1\x002\n",
            "latin.csv": b"steps\n\xff\xfe\n",
            "cell.csv": b"steps\n" + b"9" * 300_000 + b"\n",
            "good.csv": b"steps,gpus\n20,1\n30,8\n",
            "none.parquet": b"PAR1PAR1",
            "nan.json": _layers("NaN"),
            "huge.json": _layers("1e999"),
            "long.json": _layers("9" * 5000),
            "many.json": _layers("99999999999"),
            "flags.json": _layers("true"),
            "good.json": _layers("2"),
            "repeated.json": _layers('1, "num_layers": 2'),
            "wide.json": b'{"_class_name": "FluxTransformer2DModel", "num_layers": 1, '
            b'"axes_dims_rope": [%s]}' % b",".join([b"1"] * 20_000),
            "deep.json": b"[" * deep + b"]" * deep,
            "list.json": b"[]",
            "word.json": b'"text"',
            "class.json": json.dumps({"_class_name": ["x"] * 9}).encode(),
            "proto.json": b'{"_class_name": "__proto__"}',
            "bom.json": b"\xef\xbb\xbf{}",
            "bad.state": b"\x80\x04\x95",
            "list.state": b"[]",
        }  # fmt: skip
        for name, raw in content.items():
            (self.folder / name).write_bytes(raw)
        (self.folder / "folder").mkdir(exist_ok=True)
        return [str(self.folder / name) for name in (*content, "folder", "nowhere", "a" * 300)]

    def calls(self, count: int, seed: int) -> list[list[str]]:
        """Return so many calls, each command in its turn."""
        random, files = Random(seed), self.files()
        makers = (self._cost, self._sweep, self._demand, self._fabric, self._uncertainty)
        makers = (*makers, self._fleet, self._cost, self._sweep, self._others)
        return [makers[turn % len(makers)](random, files) for turn in range(count)]

    def _cost(self, random: Random, files: list[str]) -> list[str]:
        options = {
            **dict.fromkeys(("--frames", "--height", "--width", "--text-tokens"), SIZED),
            **dict.fromkeys(("--steps", "--passes", "--gpus", "--batch"), ("1", "2", "8", "64")),
            "--set": ("depth=20", "depth=nan", "blocks=joint", "blocks=mamba", "width=0", "heads="),
            "--gpu": CHIPS,
            **dict.fromkeys(("--software", "--attention", "--format"), ("xdit", "fp8", "sdpa")),
            **dict.fromkeys(("--cache", "--offload", "--layout"), ("teacache", "none", "best")),
            "--layout": ("best", "ulysses=4", "ulysses=nan", "tensor=8,shard", "ring=2,ring=2"),
            **dict.fromkeys(("--computed", "--density"), ("0.5", "1", "2")),
            "--rent": ("2.5", "2,3", "0", "-1", "1001", "nan", ","),
        }
        known = MODELS if random.random() < 0.9 else WORDS
        first = [random.choice(known)] if random.random() < 0.75 else []
        named = [] if first else ["--config", random.choice(files)]
        return ["cost", *first, *named, *_some(random, options), *_json(random)]

    def _sweep(self, random: Random, files: list[str]) -> list[str]:
        good = ("steps=10,20", "gpus=1,8", "frames=17,33", "passes=1,2", "accelerator=h100,b200")
        bad = (
            *("depth=nan", "gpus=0", "layout=3", "gpus=1e9", "depth=20.5", "steps=1:9:log", "="),
            *("steps=9:1", "height=1:99999999", "steps=1:1e9:1e-9", "blocks=joint,none", "steps=,"),
        )
        options = {
            **{"--count": ("10", "1e3", "0"), "--seed": ("0", "7"), "--chunk": ("64", "1000")},
            **{"--how": ("grid", "random", "sobol"), "--quantiles": ("seconds", "usd", "speed")},
            **{"--pareto": ("usd,seconds", "usd", "-,-"), "--histogram": ("usd",)},
            **{"--sensitivity": ("seconds", "usd"), "--fix": good, "--state": files[-6:]},
        }
        axis = ["--axis", random.choice(good if random.random() < 0.6 else bad)]
        named = axis if random.random() < 0.7 else ["--table", random.choice(files)]
        told = _some(random, options, bad=0.1)
        return ["sweep", "--model", random.choice(MODELS[:3]), *named, *told, *_json(random)]

    def _demand(self, random: Random, _files: list[str]) -> list[str]:
        changes = (
            *("steps=x0.5", "fps=x1e-9", "fps=x1e9", "steps=0", "steps=nan", "depth=x2", "mfu=5"),
            *("text_tokens=0", "hidden_ratio=1e-300", "steps", "steps=x", "mfu=x1e-12"),
            *("heads=0.001", "video_minutes=1e300", "video_minutes=1e15", "video_minutes=0"),
        )  # fmt: skip
        options = {
            **{"--set": changes, "--scenario": ("2024", "2026"), "--gpu": CHIPS},
            **{"--module-share": ("0.1", "1e-30", "1e12"), "--link": ("modules", "accelerators")},
            "--draws": ("1", "16", "256"),
        }
        return ["demand", *_some(random, options, bad=0.15), *_json(random)]

    def _fabric(self, random: Random, _files: list[str]) -> list[str]:
        names = ("radix", "port-gbps", "ports-per-gpu", "planes", "rails", "oversubscription",
                 "nvlink-domain", "server-run-m", "spine-run-m", "core-run-m")  # fmt: skip
        options = dict.fromkeys((f"--{name}" for name in names), ("1", "2", "64"))
        options |= {"--port-gbps": ("400", "800"), "--radix": ("64", "128"), "--rails": ("1", "8")}
        gpus = random.choice(("8", "1024", "16384", random.choice(NUMBERS)))
        return ["fabric", "--gpus", gpus, *_some(random, options), *_json(random)]

    def _uncertainty(self, random: Random, _files: list[str]) -> list[str]:
        options = {
            "--vary": ("steps=20:30:50", "steps=50:30:20", "steps=nan:1:2", "mfu=0:0:0",
                       "steps=1:2", "depth=32:40:48", "speed=1:2:3", "steps=1:1:1:loguniform",
                       "heads=1:7:99"),
            **dict.fromkeys(("--frames", "--height", "--width"), SIZED),
            "--seconds": ("1", "60", "3600"), "--gpu": CHIPS, "--gpus": ("1", "8", "9"),
            "--seed": ("0", "5"),
        }  # fmt: skip
        first = random.choice((*MODELS[:5], "sora-2024", *WORDS[:2]))
        told = ["--draws", random.choice(("1", "2", "64", "256"))]
        return ["uncertainty", first, *told, *_some(random, options), *_json(random)]

    def _fleet(self, random: Random, _files: list[str]) -> list[str]:
        options = {
            **dict.fromkeys(("--latency", "--peak-to-mean", "--occupancy"), ("0.5", "60", "1")),
            **dict.fromkeys(("--frames", "--height", "--width"), SIZED),
            **dict.fromkeys(("--steps", "--passes"), ("1", "2")),
            "--gpu": CHIPS, "--batch": ("1", "1,2", "99"),
        }  # fmt: skip
        clips = random.choice(("1000", "1e6", "0.1", random.choice(NUMBERS)))
        told = ["--clips-per-day", clips, "--gpus", random.choice(("1", "8", "1,2", "0", "nan"))]
        return ["fleet", random.choice(MODELS), *told, *_some(random, options), *_json(random)]

    def _others(self, random: Random, files: list[str]) -> list[str]:
        word, root = random.choice(WORDS), ["--root", str(self.root)]
        day = random.choice(("2024-02-30", "2024-2-3", "9999-01-01", "2024-02-20", word))
        kind = random.choice(("fact", "source", "claim", word))
        return random.choice(
            [
                ["claims", "--section", random.choice(("nvidia", word)), "--json"],
                ["claims", "--as-of", day],
                ["check", "--root", random.choice((word, *files))],
                ["new", kind, word, f"{word}={word}", *root],
                ["new", "model", "acme", f"config={random.choice(files)}", *root],
                ["learn", word, "--config", random.choice(files)],
                ["learn", "diffusers:X", "--patch", word, "--like", random.choice(MODELS)],
                [word],
                [],
            ]
        )


def _layers(text: str) -> bytes:
    return f'{{"_class_name": "WanTransformer3DModel", "num_layers": {text}}}'.encode()


def _some(random: Random, options: dict, few: int = 2, bad: float = 0.2) -> list[str]:
    """Choose options, most with a value of their own kind and some with any."""
    told = []
    for name in random.sample(sorted(options), random.randint(0, min(few, len(options)))):
        strange = random.random() < bad
        told += [name, random.choice(NUMBERS + WORDS if strange else options[name])]
    return told


def _json(random: Random) -> list[str]:
    return ["--json"] if random.random() < 0.6 else []
