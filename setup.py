"""Put data/ and seeds/ into the wheel, where `rebuilt.paths` finds them without a checkout.

Everything else about the package is said in pyproject.toml. An editable install reads the checkout.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).resolve().parent
# Without the weights of the miniature: no command reads them.
SHIPPED = (
    "data/*.csv",
    "data/datapackage.json",
    "data/classes/*.yaml",
    "data/text_encoders/*.yaml",
    "data/configs/*.json",
    "data/models/*.yaml",
    "data/sources.bib",
    "seeds/*.csv",
    "seeds/datapackage.json",
)


class WithData(build_py):
    """Copy the package, then the files that its commands read."""

    def run(self):
        """Build; what an earlier build left behind is not shipped."""
        super().run()
        if self.editable_mode:
            return
        target = Path(self.build_lib, "rebuilt", "shipped")
        shutil.rmtree(target, ignore_errors=True)
        for pattern in SHIPPED:
            for path in ROOT.glob(pattern):
                copy = target / path.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(path, copy)


setup(cmdclass={"build_py": WithData})
