"""The errors this package raises; each says what happened and what to do."""


class ForensicsError(Exception):
    """Base of every error this package raises.

    Parameters
    ----------
    message : str
        What happened, in one sentence.
    advice : str, optional
        What the reader can do about it.
    """

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice


class UnreadableMedia(ForensicsError, ValueError):
    """A file is not a photo or video that can be decoded, or not safely.

    Parameters
    ----------
    message : str
        What happened, in one sentence.
    advice : str, optional
        What the reader can do about it.
    """


class FrameChoiceError(ForensicsError, ValueError):
    """The frames that were asked for are not in the clip, or too many.

    Parameters
    ----------
    message : str
        What happened, in one sentence.
    advice : str, optional
        What the reader can do about it.
    """


class CaseFileError(ForensicsError, ValueError):
    """``case.toml`` cannot be read or contradicts itself.

    Parameters
    ----------
    message : str
        What happened, in one sentence.
    advice : str, optional
        What the reader can do about it.
    """


class ArchiveError(ForensicsError):
    """An archive of known footage cannot be opened, read or written.

    Parameters
    ----------
    message : str
        What happened, in one sentence.
    advice : str, optional
        What the reader can do about it.
    """


class OutputError(ForensicsError, OSError):
    """The output folder cannot be used.

    Parameters
    ----------
    message : str
        What happened, in one sentence.
    advice : str, optional
        What the reader can do about it.
    """

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message, advice=advice)
        # OSError.__str__ looks at errno and would print a tuple otherwise.
        self.message = message

    def __str__(self) -> str:
        return self.message


class WorkerError(ForensicsError, RuntimeError):
    """Worker processes cannot be started.

    Parameters
    ----------
    message : str
        What happened, in one sentence.
    advice : str, optional
        What the reader can do about it.
    """
