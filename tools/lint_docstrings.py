"""Check every public docstring of the package with numpydoc's validator.

``numpydoc lint`` reads source text and cannot see the constructors that msgspec and dataclasses
make; this asks the same validator about the imported objects. The checks are those of
``[tool.numpydoc_validation]`` in pyproject.toml.
"""

import importlib
import inspect
import pkgutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from numpydoc.validate import validate

import forensics

CONFIG = Path(__file__).parent.parent / "pyproject.toml"


def main() -> int:
    """Print every fault found.

    Returns
    -------
    int
        1 when there was any.
    """
    checks = set(tomllib.loads(CONFIG.read_text("utf-8"))["tool"]["numpydoc_validation"]["checks"])
    faults = 0
    for name in _public_names():
        for code, message in validate(name)["errors"]:
            if code in checks:
                print(f"{name}: {code} {message}")
                faults += 1
    return 1 if faults else 0


def _public_names() -> Iterator[str]:
    for found in pkgutil.walk_packages(forensics.__path__, "forensics."):
        module = importlib.import_module(found.name)
        for name, value in vars(module).items():
            is_own = getattr(value, "__module__", None) == found.name
            if name.startswith("_") or not is_own:
                continue
            # A protocol has no constructor to document.
            is_protocol = getattr(value, "_is_protocol", False)
            if inspect.isfunction(value) or (inspect.isclass(value) and not is_protocol):
                yield f"{found.name}.{name}"
            if inspect.isclass(value):
                yield from _public_methods(f"{found.name}.{name}", value)


def _public_methods(prefix: str, owner: type) -> Iterator[str]:
    for name, value in vars(owner).items():
        plain = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if not name.startswith("_") and inspect.isfunction(plain):
            yield f"{prefix}.{name}"


if __name__ == "__main__":
    sys.exit(main())
