"""Rules on what a file declares about its making."""

from collections.abc import Iterator

from forensics.metadata.rule import Seen, Subject
from forensics.model.provenance import Credentials


def credentials_broken(subject: Subject) -> Iterator[Seen]:
    """See content credentials that do not fit the file.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        At most one.
    """
    credentials = _credentials(subject)
    if credentials is not None and credentials.integrity.state == "broken":
        detail = credentials.integrity.detail
        yield Seen({"detail": detail}, ("provenance.credentials.integrity",))


def signer_not_vouched_for(subject: Subject) -> Iterator[Seen]:
    """See a signer who was compared with a list of known ones and is not on it.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        At most one.
    """
    credentials = _credentials(subject)
    if credentials is not None and credentials.signer.state not in ("trusted", "not_checked"):
        yield Seen({"detail": credentials.signer.detail}, ("provenance.credentials.signer",))


def ingredient_problems(subject: Subject) -> Iterator[Seen]:
    """See problems in the credentials of files that this one was made from.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        At most one.
    """
    credentials = _credentials(subject)
    if credentials is not None and credentials.ingredients.state == "problems":
        detail = credentials.ingredients.detail
        yield Seen({"detail": detail}, ("provenance.credentials.ingredients",))


def declared_ai(subject: Subject) -> Iterator[Seen]:
    """See a declaration that a trained model made the file.

    Parameters
    ----------
    subject : Subject
        The item.

    Yields
    ------
    Seen
        One for each declaration.
    """
    for each in subject.provenance.declared_ai if subject.provenance is not None else ():
        signed = "in signed credentials that are intact" if each.signed else "unsigned"
        yield Seen(
            {"where": each.where, "meaning": each.meaning, "signed": signed},
            ("provenance.declared_ai",),
        )


def _credentials(subject: Subject) -> Credentials | None:
    found = subject.provenance.credentials if subject.provenance is not None else None
    return found if isinstance(found, Credentials) else None
