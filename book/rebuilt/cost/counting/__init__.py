"""Counting: operations, polynomials, the latent grid, and what a clip asks of the hardware."""
