"""What latent patches cost: tokens, parameters and FLOPs of published video models, exactly.

>>> from rebuilt.cost import Clip, count, load_model
>>> wan = count(load_model("wan2.1-t2v-14b"), Clip(frames=81, height=480, width=832))
>>> wan.tokens
32760
"""

from rebuilt.cost.autoencoders.coding import Coding, autoencoder_parameters, decode, encode
from rebuilt.cost.counting.forward import Count, count
from rebuilt.cost.counting.rows import polynomials
from rebuilt.cost.counting.totals import Inference, Training, inference, training
from rebuilt.cost.fit.validation import Measured, Published, measured_rows, published_rows
from rebuilt.cost.models.catalogue import load_model, model_ids
from rebuilt.cost.models.config_reading import ReadModel, read_config
from rebuilt.cost.models.latent import Clip, Latent, compress, default_clip, latent_of, nearest_clip
from rebuilt.errors import ShapeError

__all__ = [
    "Clip",
    "Coding",
    "Count",
    "Inference",
    "Latent",
    "Measured",
    "Published",
    "ReadModel",
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
    "measured_rows",
    "model_ids",
    "nearest_clip",
    "polynomials",
    "published_rows",
    "read_config",
    "training",
]
