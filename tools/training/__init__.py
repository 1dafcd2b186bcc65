"""Training of the miniature. Only this subpackage imports torch; `make train` runs it."""
