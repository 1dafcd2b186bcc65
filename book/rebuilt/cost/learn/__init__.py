"""From the code of a network to its polynomials: small shapes, an exact solution, a check."""
