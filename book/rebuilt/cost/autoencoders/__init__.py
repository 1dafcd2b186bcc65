"""Autoencoders: what encoding and decoding a clip costs, one module a family."""
