"""What latent patches cost: tokens, parameters and FLOPs of published video models, exactly.

>>> from rebuilt.cost import Clip, count, load_model
>>> wan = count(load_model("wan2.1-t2v-14b"), Clip(frames=81, height=480, width=832))
>>> wan.tokens
32760
"""

from rebuilt.cost.autoencoders.coding import Coding, autoencoder_parameters, decode, encode
from rebuilt.cost.counting.forward import Count, count, default_clip
from rebuilt.cost.counting.latent import Clip, Latent, compress, latent_of
from rebuilt.cost.counting.lowering import Lowered, lower
from rebuilt.cost.counting.totals import Inference, Training, inference, training
from rebuilt.cost.fit.validation import Measured, Published, measured_rows, published_rows
from rebuilt.cost.models.catalogue import load_model, model_ids
from rebuilt.errors import ShapeError

__all__ = [
    "Clip",
    "Coding",
    "Count",
    "Inference",
    "Latent",
    "Lowered",
    "Measured",
    "Published",
    "ShapeError",
    "Training",
    "autoencoder_parameters",
    "compress",
    "count",
    "decode",
    "default_clip",
    "encode",
    "inference",
    "latent_of",
    "load_model",
    "lower",
    "measured_rows",
    "model_ids",
    "published_rows",
    "training",
]
