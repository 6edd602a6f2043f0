"""One row of the table of steps."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Literal

from msgspec import Struct

from forensics.model.item import Kind


class Step(Struct, frozen=True):
    """A step of the pipeline, as data.

    Parameters
    ----------
    name : str
        ``stage.step``; also names its module, test, documentation heading and calibration.
    run : str
        ``module:function``; an ordinary function, loaded when it runs.
    scope : {"file", "item", "case"}
        Whether it opens a file, looks at one opened item, or at all items of a case.
    takes : tuple of str
        What it is given, in the order of its parameters: ``path`` for a file; ``media``,
        ``frames`` or the name of a step above for an item; ``probes``, ``archive``, ``event``,
        ``media``, ``paths``, ``files`` for a case.
    version : int
        Grows when results may change.
    summary : str
        What it does, in one sentence.
    limits : tuple of str
        What its results cannot show.
    kinds : tuple of str
        Kinds of items it applies to.
    calibrations : tuple of str
        Calibrations it uses.
    programs : tuple of str
        Programs outside of this package that it asks when a person wishes it.
    """

    name: str
    run: str
    scope: Literal["file", "item", "case"]
    takes: tuple[str, ...]
    version: int
    summary: str
    limits: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ("still", "animation", "video")
    calibrations: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()

    def load(self) -> Callable[..., Any]:  # Any: every step has its own parameters and result
        """Import the function this row names.

        Returns
        -------
        callable
            The step.
        """
        module, _, function = self.run.partition(":")
        loaded: Callable[..., Any] = getattr(import_module(module), function)
        return loaded
