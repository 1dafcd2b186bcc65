"""One hypothesis profile for all: the first call of a kernel compiles, so no deadline."""

from hypothesis import settings

settings.register_profile("rebuilt", deadline=None, derandomize=True)
settings.load_profile("rebuilt")
