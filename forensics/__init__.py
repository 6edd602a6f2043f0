"""Examine photos and videos said to show a strike, and get a checkable evidence report.

The names below load when first used, so that ``import forensics`` stays quick.

Examples
--------
>>> import forensics
>>> sorted(forensics.__all__)[:3]
['Case', 'ForensicsError', '__version__']
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from forensics import damage, ingest, metadata, reuse
    from forensics.examine import scan
    from forensics.extract.export import export_frames
    from forensics.model.case import Case
    from forensics.model.errors import ForensicsError

__version__ = "0.1.0"

__all__ = [
    "Case",
    "ForensicsError",
    "__version__",
    "damage",
    "export_frames",
    "ingest",
    "metadata",
    "reuse",
    "scan",
]

_LAZY = {
    "Case": ("forensics.model.case", "Case"),
    "ForensicsError": ("forensics.model.errors", "ForensicsError"),
    "export_frames": ("forensics.extract.export", "export_frames"),
    "scan": ("forensics.examine", "scan"),
    "damage": ("forensics.damage", None),
    "ingest": ("forensics.ingest", None),
    "metadata": ("forensics.metadata", None),
    "reuse": ("forensics.reuse", None),
}


def __getattr__(name: str) -> Any:  # Any: the type depends on the name (PEP 562)
    if name not in _LAZY:
        raise AttributeError(f"module 'forensics' has no attribute {name!r}")
    module_name, attribute = _LAZY[name]
    module = import_module(module_name)
    value = module if attribute is None else getattr(module, attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
