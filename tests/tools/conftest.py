"""Tools and benchmarks are not installed with the package; they stand beside these tests."""

import sys
from pathlib import Path

_ROOT = Path(__file__).parents[2]
sys.path.append(str(_ROOT))
sys.path.append(str(_ROOT / "benchmarks"))
