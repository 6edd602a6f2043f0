"""Thresholds with the error rates that were measured at them: one TOML file a step."""

import tomllib
from functools import cache
from importlib import resources

import msgspec
from msgspec import Struct


class Rate(Struct, frozen=True):
    """An error rate as counted, with its 95 % interval.

    Parameters
    ----------
    errors, trials : int
        What was counted.
    low, high : float
        Clopper-Pearson interval, 95 %.
    corpus : str
        What it was counted on.
    """

    errors: int
    trials: int
    low: float
    high: float
    corpus: str


class Threshold(Struct, frozen=True):
    """A number a decision depends on.

    Parameters
    ----------
    value : float
        The threshold.
    unit : str
        Its unit.
    meaning : str
        What happens on which side of it.
    origin : str
        Where the number comes from: measured, or a published recommendation.
    false_alarms, misses : dict of str to Rate
        By corpus; measured on material that was not used to choose `value`.
    """

    value: float
    unit: str
    meaning: str
    origin: str
    false_alarms: dict[str, Rate] = {}
    misses: dict[str, Rate] = {}


class Calibration(Struct, frozen=True):
    """All thresholds of one step.

    Parameters
    ----------
    id : str
        Name and number; the number grows when a value changes.
    date : str
        Day of the measurement.
    script : str
        Command that measures again.
    thresholds : dict of str to Threshold
        By name.
    """

    id: str
    date: str
    script: str
    thresholds: dict[str, Threshold]

    def value(self, name: str) -> float:
        """Give one threshold's value.

        Parameters
        ----------
        name : str
            Name of the threshold.

        Returns
        -------
        float
            Its value.
        """
        return self.thresholds[name].value


@cache
def load(step: str) -> Calibration:
    """Load the calibration that ships with the package.

    Parameters
    ----------
    step : str
        Name of the step, for example ``reuse.compare``.

    Returns
    -------
    Calibration
        Its thresholds.

    Examples
    --------
    >>> load("reuse.search").thresholds["max_distance_bits"].unit
    'bits of 256'
    """
    file = resources.files(__name__) / f"{step}.toml"
    return msgspec.convert(tomllib.loads(file.read_text("utf-8")), Calibration)
