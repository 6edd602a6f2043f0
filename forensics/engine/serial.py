"""Visit files one after the other in this process: for debugging, and to compare with."""

import time
from collections.abc import Callable, Sequence

from forensics.engine.messages import Doing, Identity, Todo, Told
from forensics.engine.runner import visit, visit_pair
from forensics.engine.visited import Account, Errand, describe_visit


def run_serially(
    errands: Sequence[Errand],
    visits: Account,
    *,
    on_progress: Callable[[int, str], None],
    on_event: Callable[..., None],
) -> None:
    """Visit files in this process, without any protection against what decoders do.

    Parameters
    ----------
    errands : sequence of Errand
        The files.
    visits : Account
        Takes what is found out.
    on_progress : callable
        Called with the number of files done and the next one's path.
    on_event : callable
        Told what happened: ``on_event(event, **values)``.
    """
    for done, errand in enumerate(errands):
        on_progress(done, errand.path)
        desk = _Desk(errand, visits)
        started = time.monotonic()
        order = errand.order
        end = visit_pair(order, desk) if order.beside else visit(order.location, desk)
        visits.finish(errand, desk.identity, end)
        on_event("visited", **describe_visit(errand, desk.identity, desk.ran, started))


class _Desk:
    def __init__(self, errand: Errand, visits: Account) -> None:
        self._errand = errand
        self._visits = visits
        self.identity: Identity | None = None
        self.ran: list[str] = []

    def ask(self, identity: Identity) -> Todo:
        self.identity = identity
        return self._visits.ask(self._errand, identity)

    def tell(self, message: Told | Doing) -> None:
        if isinstance(message, Told) and self.identity is not None:
            self.ran.append(message.outcome.step)
            self._visits.tell(self.identity, message)
