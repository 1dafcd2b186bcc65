"""Run the checks of the training code in the reference environment, the one that has torch."""

import os
import subprocess
from pathlib import Path

import pytest

from rebuilt.paths import BOOK, ROOT

PYTHON = ROOT / ".venv-reference" / "bin" / "python"


@pytest.mark.skipif(
    not PYTHON.exists(),
    reason="TRAINING IS NOT CHECKED: no .venv-reference with torch; `make reference` creates it",
)
def test_training_code_in_the_environment_with_torch() -> None:
    checks = Path(__file__).with_name("training_checks.py")
    environment = {**os.environ, "PYTHONPATH": str(BOOK), "OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        [PYTHON, "-W", "ignore", checks], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "OK: 10 checks" in done.stderr
