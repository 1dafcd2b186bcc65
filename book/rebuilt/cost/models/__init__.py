"""Published architectures: the shape of a model file, the catalogue, and changes of it."""
