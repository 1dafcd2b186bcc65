"""What lives while a latent is decoded, whole or in tiles: polynomials in the sizes of the engine.

The polynomials of one tile come from the autoencoder's file, counted on the real implementation.
Around them this module puts what tiling adds: tiles that are done wait until the last one, then
their rows and the clip are joined. Work repeats where tiles overlap.
"""

from collections.abc import Mapping

from rebuilt.cost.algebra.polynomial import Polynomial, Size, symbol, total
from rebuilt.cost.models.architectures import Autoencoder

PIXEL_BYTES = 3 * 2  # three colours in BF16
JOINED = 2  # copies of the clip while it is put together: rows of tiles, and all rows
_ONE_TILE: dict[str, Size] = {
    "frames": symbol("tile_frames"),
    "area": symbol("tile_area"),
    "edge": symbol("tile_edge"),
    "rows": symbol("tile_rows"),
    "odd": symbol("odd_frames"),
    "follows": symbol("follows"),
    "later": symbol("later_frames"),
    "one": 1,
    "tiles": symbol("tiles"),
    "frame_tiles": symbol("frame_tiles"),
}
_JOINED: dict[str, Size] = {
    "frames": symbol("latent_frames"),
    "area": symbol("latent_area"),
    "covered": symbol("tile_area") + symbol("kept_area"),
    "one": 1,
}
WHOLE = _ONE_TILE | {"frames": symbol("latent_frames"), "area": symbol("latent_area")}


def polynomial_of(terms: Mapping[str, int], sizes: Mapping[str, Size]) -> Polynomial:
    """Put sizes into a polynomial of a file, such as {"frames area": 2, "one": 5}."""

    def product(names: str, coefficient: int) -> Size:
        found: Size = coefficient
        for name in names.split():
            found = found * sizes[name]
        return found

    return total(product(names, coefficient) for names, coefficient in terms.items())


def decoding_rows(autoencoder: Autoencoder) -> list[Polynomial]:
    """Bytes alive at each of the widest moments of decoding, none where that is not known."""
    if autoencoder.peak is None:
        return []
    rows = [polynomial_of(terms, _ONE_TILE) for terms in autoencoder.peak.rows]
    if autoencoder.tiling is None or autoencoder.tiling.only:
        return rows
    geometry, latent = autoencoder.geometry, symbol("latent_area")
    ahead = geometry.frames_stride - 1 if geometry.frames_rule == "causal" else 0
    pixels = PIXEL_BYTES * geometry.side_stride**2
    frames = pixels * (geometry.frames_stride * symbol("tile_frames") - ahead)
    if autoencoder.peak.joined:
        joined = (polynomial_of(terms, _JOINED) for terms in autoencoder.peak.joined)
        return [*(row + frames * symbol("kept_area") for row in rows), *joined]
    before = symbol("all_frames") - symbol("tile_frames")
    waiting = frames * symbol("kept_area") + pixels * geometry.frames_stride * before * latent
    return [*(row + waiting for row in rows), waiting + JOINED * frames * latent]


def over_tiles(flops: Polynomial) -> Polynomial:
    """FLOPs of all tiles together, from those of one latent in its frames and its area."""
    areas: dict[int, Size] = {0: symbol("area_tiles")}
    areas[1] = symbol("tile_area") + symbol("kept_area")
    areas[2] = symbol("tile_squares")
    times = {0: symbol("time_tiles"), 1: symbol("all_frames"), 2: symbol("frame_squares")}

    def all_of(monomial: tuple[str, ...], coefficient: int) -> Polynomial:
        rest = tuple(name for name in monomial if name not in ("latent_area", "latent_frames"))
        area, time = monomial.count("latent_area"), monomial.count("latent_frames")
        return Polynomial({rest: coefficient}) * areas[area] * times[time]

    return total(all_of(*term) for term in flops.terms.items())
