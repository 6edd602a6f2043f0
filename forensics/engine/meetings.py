"""Keep account of the visits to pairs of files: what is known, what is asked, what was said."""

from collections.abc import Sequence

import msgspec

from forensics.engine.keys import key_of
from forensics.engine.messages import Finished, Identity, Refused, Todo, Told
from forensics.engine.step import Step
from forensics.engine.store import Store
from forensics.engine.visited import Errand
from forensics.engine.visits import Keeper, keep_artefacts, recall_outcome
from forensics.model.damage import DeckQuestion
from forensics.model.outcome import Outcome, Problem


class Pair(msgspec.Struct, frozen=True):
    """Two files to be looked at together.

    Parameters
    ----------
    before, after : str
        SHA-256 of the two.
    errand : Errand
        Where they are, and what they are asked.
    """

    before: str
    after: str
    errand: Errand


class Meetings:
    """The desk at which visits to pairs are ordered, and where their outcomes come in.

    Parameters
    ----------
    step : Step
        The row to run on every pair.
    pairs : sequence of Pair
        The pairs.
    store : Store
        What earlier runs found out; what this one finds goes there at once.
    keeper : Keeper
        Keeps artefacts.
    """

    def __init__(self, step: Step, pairs: Sequence[Pair], *, store: Store, keeper: Keeper) -> None:
        self._step = step
        self._store = store
        self._keeper = keeper
        self._pairs = {pair.errand: pair for pair in pairs}
        self._outcomes: dict[Errand, Outcome] = {}

    @property
    def errands(self) -> list[Errand]:
        """The pairs as errands, in the order they were given."""
        return list(self._pairs)

    def outcomes(self) -> list[tuple[Pair, Outcome]]:
        """Give what was said, in the order the pairs were given.

        Returns
        -------
        list of (Pair, Outcome)
            One for each pair that was visited or recognised.
        """
        found = self._outcomes
        return [(pair, found[each]) for each, pair in self._pairs.items() if each in found]

    def recognise(self, errand: Errand) -> bool:
        """Say whether all is known about a pair, so that it need not be visited.

        Parameters
        ----------
        errand : Errand
            The pair.

        Returns
        -------
        bool
            True when its outcome is there from an earlier run, with all its files.
        """
        key = self._key(self._pairs[errand])
        payload = self._store.get(key)
        if payload is None:
            return False
        outcome = recall_outcome(payload, self._keeper)
        if outcome is None:
            self._store.drop(key)
            return False
        self._outcomes[errand] = outcome
        return True

    def ask(self, errand: Errand, identity: Identity) -> Todo:
        """Say what is still to be found out about an identified pair.

        Parameters
        ----------
        errand : Errand
            The pair.
        identity : Identity
            Which bytes the two hold.

        Returns
        -------
        Todo
            The step; nothing when they are not the bytes that were planned for.
        """
        pair = self._pairs[errand]
        if (identity.sha256, identity.beside) != (pair.before, pair.after):
            self._say(errand, Problem("a file changed while it was examined", _COPY))
            return Todo(())
        return Todo((self._step,))

    def tell(self, identity: Identity, told: Told) -> None:
        """Take in and keep what the step said.

        Parameters
        ----------
        identity : Identity
            The pair.
        told : Told
            What was said.
        """
        outcome = keep_artefacts(told, self._keeper)
        for errand, pair in self._pairs.items():
            if _asked(pair) == (identity.sha256, identity.beside, identity.question):
                self._outcomes[errand] = outcome
                self._store.put(self._key(pair), msgspec.json.encode(outcome))

    def finish(
        self,
        errand: Errand,
        identity: Identity | None,  # noqa: ARG002 - as every `Account` has it
        end: Finished | Refused,
    ) -> None:
        """Take in how a visit ended.

        Parameters
        ----------
        errand : Errand
            The pair.
        identity : Identity or None
            Which bytes the two hold; None when that was not found out.
        end : Finished or Refused
            How it ended.
        """
        if isinstance(end, Refused):
            self._say(errand, Problem(end.error, end.advice))
        self.commit()

    def give_up(
        self,
        errand: Errand,
        identity: Identity | None,  # noqa: ARG002 - as every `Account` has it
        step: str,  # noqa: ARG002 - there is but one
        problem: Problem,
    ) -> bool:
        """Take in that a visit had to be stopped twice; a later run tries again.

        Parameters
        ----------
        errand : Errand
            The pair.
        identity : Identity or None
            Which bytes the two hold; None when that was not found out.
        step : str
            What was running.
        problem : Problem
            Why it was stopped.

        Returns
        -------
        bool
            False: no other step is left.
        """
        self._say(errand, problem)
        return False

    def commit(self) -> None:
        """Make what was said so far survive the end of this process, however it ends."""
        self._store.commit()

    def _say(self, errand: Errand, problem: Problem) -> None:
        pair = self._pairs[errand]
        subject = (pair.before, pair.after)
        self._outcomes[errand] = Outcome(self._step.name, self._step.version, subject, problem)

    def _key(self, pair: Pair) -> str:
        return key_of(self._step, (pair.before, pair.after), upstream=[pair.errand.question])


_COPY = "Copy the evidence to where nothing changes it, and examine the copy."


def _asked(pair: Pair) -> tuple[str, str, DeckQuestion | None]:
    return pair.before, pair.after, pair.errand.question
