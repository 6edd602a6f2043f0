"""The fuzzing tool is not installed with the package; it stands beside these tests."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2]))
