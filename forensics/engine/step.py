"""One row of the table of steps."""

from collections.abc import Callable
from importlib import import_module
from typing import Any, Literal

from msgspec import Struct

from forensics.model.item import Kind

Scope = Literal["file", "item", "review", "pair", "case"]


class Step(Struct, frozen=True):
    """A step of the pipeline, as data.

    Parameters
    ----------
    name : str
        ``stage.step``; also names its module, test, documentation heading and calibration.
    run : str
        ``module:function``; an ordinary function, loaded when it runs.
    scope : {"file", "item", "review", "pair", "case"}
        Whether it opens a file, looks at one opened item, at everything said of one item when all
        were visited, at two opened items, or at all items of a case.
    takes : tuple of str
        What it is given, in the order of its parameters: ``path`` for a file; ``media``,
        ``frames`` or the name of a step above for an item; ``subject`` for a review; ``before``,
        ``after``, ``question`` for a pair; ``probes``, ``archive``, ``event``, ``media``,
        ``paths``, ``files`` for a case.
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
    copes_without : tuple of str
        Those of `takes` that may have nothing: the step is then given the `Absent` or `Problem`
        in its place. It is not called while another has nothing.
    files_named_by : tuple of str
        Environment variables that name files on which its results depend.
    programs : tuple of str
        Programs outside of this package that it asks when a person wishes it.
    patience_s : float
        Processor time that it may take without a sign of life, where that is more than usual.
    """

    name: str
    run: str
    scope: Scope
    takes: tuple[str, ...]
    version: int
    summary: str
    limits: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ("still", "animation", "video")
    calibrations: tuple[str, ...] = ()
    copes_without: tuple[str, ...] = ()
    files_named_by: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    patience_s: float = 0.0

    @property
    def is_part_of_a_visit(self) -> bool:
        """Whether it runs where a file is open, and not on what was said of it."""
        return self.scope in ("file", "item")

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
