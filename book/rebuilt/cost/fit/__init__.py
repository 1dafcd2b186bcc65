"""Fitting the hardware model to measured runs, and its scores."""
