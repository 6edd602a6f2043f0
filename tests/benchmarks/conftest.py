"""The benchmarks are not installed with the package; they stand beside these tests."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
