"""The miniature's sampler for the page: kernels as WebAssembly, weights as bytes.

`step`, `decode` and what they need are the functions that Python calls, so the page's frames are
Python's, bit for bit. Every entry takes addresses of arrays and their lengths.
"""

from collections.abc import Callable
from typing import Any

from rebuilt.paths import ROOT
from rebuilt.widgets.wasm import emit, link, renew

MODULE = ROOT / "book" / "rebuilt" / "site" / "static" / "miniature.wasm"
CHILD = (
    "import sys; from rebuilt.widgets.miniature_module import write_objects; "
    "write_objects(sys.argv[1])"
)


def build_module(linker: str) -> bytes:
    """Compile and link the sampler; see `rebuilt.widgets.wasm.link`."""
    return link(linker, CHILD, list(ENTRIES))


def write_objects(folder: str) -> None:
    """Compile every entry for WebAssembly and write its object file."""
    from numba import types

    pointer = types.CPointer
    kinds = {
        "f": pointer(types.float32),
        "i": pointer(types.int64),
        "b": pointer(types.uint8),
        "n": types.int32,
        "x": types.float32,
    }
    for name, (signature, make) in ENTRIES.items():
        emit(make([kinds[letter] for letter in signature]), name, folder, vectors=True)


def _noise(arguments: list[Any]) -> Any:
    """Seed, out, its size."""
    from numba import carray, cfunc, int64, types

    from rebuilt.mini.sampler_kernels import normals

    @cfunc(types.void(*arguments), error_model="numpy")
    def entry(seed, out, size):  # type: ignore[no-untyped-def]
        normals(seed[0], carray(out, (int64(size),)))

    return entry


def _room(arguments: list[Any]) -> Any:
    """Sizes, grid and its size, the decoder's layers and their size, shape of the latent, out.

    Writes the scratch of `step` and of `decode`, and frames, height and width of the clip.
    """
    from numba import carray, cfunc, int64, types

    from rebuilt.mini.autoencoder_kernels import scratch_size
    from rebuilt.mini.sampler_kernels import step_size

    @cfunc(types.void(*arguments), error_model="numpy")
    def entry(sizes, grid, grid_size, layers, layers_size, shape, out):  # type: ignore[no-untyped-def]
        room = carray(out, (8,))
        room[6] = step_size(carray(sizes, (int64(6),)), carray(grid, (int64(grid_size),)))
        rows = carray(layers, (int64(layers_size),))
        room[7] = scratch_size(rows, carray(shape, (int64(3),)), room)

    return entry


def _step(arguments: list[Any]) -> Any:
    """Arguments of `sampler_kernels.step`, with the size of each array that has no fixed one."""
    from numba import carray, cfunc, int64, types

    from rebuilt.mini.sampler_kernels import step

    @cfunc(types.void(*arguments), error_model="numpy")
    def entry(  # type: ignore[no-untyped-def]
        weights, weights_size, places, places_size, sizes, grid, tokens, tokens_size,
        patches, patches_size, times, guidance, work, work_size,
    ):  # fmt: skip
        step(
            carray(weights, (int64(weights_size),)),
            carray(places, (int64(places_size),)),
            carray(sizes, (int64(6),)),
            carray(grid, (int64(8),)),
            carray(tokens, (int64(tokens_size),)),
            carray(patches, (int64(patches_size),)),
            carray(times, (int64(2),)),
            guidance,
            carray(work, (int64(work_size),)),
        )

    return entry


def _decode(arguments: list[Any]) -> Any:
    """Patches to bytes of pixels: put together, unscaled, decoded, unfolded and painted."""
    from numba import carray, cfunc, int64, types

    from rebuilt.mini.autoencoder_kernels import show

    @cfunc(types.void(*arguments), error_model="numpy")
    def entry(  # type: ignore[no-untyped-def]
        weights, weights_size, places, places_size, layers, layers_size, shape, patch,
        patches, patches_size, sizes, work, work_size, clip, clip_size, pixels,
    ):  # fmt: skip
        show(
            carray(weights, (int64(weights_size),)),
            carray(places, (int64(places_size),)),
            carray(layers, (int64(layers_size),)),
            carray(shape, (int64(3),)),
            int64(patch),
            carray(patches, (int64(patches_size),)),
            carray(sizes, (int64(6),)),
            carray(work, (int64(work_size),)),
            carray(clip, (int64(clip_size),)),
            carray(pixels, (int64(clip_size) // 3 * 4,)),
        )

    return entry


# Of each entry its arguments and its maker. f, i and b are addresses of float32, int64 and bytes,
# n and x a whole number and a float32.
ENTRIES: dict[str, tuple[str, Callable[[list[Any]], Any]]] = {
    "noise": ("ifn", _noise),
    "room": ("iinini" + "i", _room),
    "step": ("fninii" + "infnfxfn", _step),
    "decode": ("fninin" + "infnifnfnb", _decode),
}


if __name__ == "__main__":
    renew(MODULE, build_module)
