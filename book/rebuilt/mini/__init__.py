"""A miniature of a text-to-video model, every part at a size that a laptop trains and samples.

`scenes` makes clips with their truth, `captions` words for them, `detectors` reads clips back by
geometry. `training` is the only part that knows torch; the book samples without it.
"""
