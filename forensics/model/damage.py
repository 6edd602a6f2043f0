"""What happened to the deck between two pictures, as ``compare --json`` gives it."""

from forensics.model.errors import ForensicsError


class DeckError(ForensicsError, ValueError):
    """A drawn deck cannot be used.

    Parameters
    ----------
    message : str
        What is wrong with it, in one sentence.
    advice : str, optional
        What the reader can do about it.
    """
