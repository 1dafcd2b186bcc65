"""Many jobs: spaces, sweeps, reductions, and Monte Carlo over what is not known."""
