"""Keep account of the visits to a set of files: what is known, what is asked, what was said."""

from collections.abc import Callable, Sequence
from typing import Protocol, overload

import msgspec

from forensics.engine.keys import key_of
from forensics.engine.messages import Finished, Identity, Refused, Todo, Told
from forensics.engine.output import PLAIN_ENDING
from forensics.engine.step import Step
from forensics.engine.store import Store
from forensics.engine.visited import Errand, Visited
from forensics.model.item import SniffedType
from forensics.model.outcome import ArtefactBytes, Outcome, Problem, Result


class Keeper(Protocol):
    """Where artefacts are kept: the output folder."""

    def keep(self, artefact: ArtefactBytes) -> str:
        """Store one artefact.

        Parameters
        ----------
        artefact : ArtefactBytes
            The file.

        Returns
        -------
        str
            Its path.
        """

    def holds(self, relative: str) -> bool:
        """Say whether an artefact is there, undamaged.

        Parameters
        ----------
        relative : str
            Its path.

        Returns
        -------
        bool
            False when it is missing or other bytes than its name says.
        """


class Visits:
    """The desk at which all visits of a run are ordered, and where their outcomes come in.

    Parameters
    ----------
    steps : sequence of Step
        Rows to run on every item.
    store : Store
        What earlier runs found out; what this one finds goes there at once.
    keeper : Keeper
        Keeps artefacts.
    on_end : callable, optional
        Called when a file needs no further visit.

    Attributes
    ----------
    items : dict of str to Visited
        By SHA-256.
    """

    def __init__(
        self,
        steps: Sequence[Step],
        *,
        store: Store,
        keeper: Keeper,
        on_end: Callable[[Errand], None] = lambda _: None,
    ) -> None:
        self._on_end = on_end
        self._steps = tuple(steps)
        self._store = store
        self._keeper = keeper
        self._stopped: dict[str, Problem] = {}
        self._found: dict[Errand, Visited | Refused] = {}
        self.items: dict[str, Visited] = {}

    @property
    def refused(self) -> list[tuple[Errand, Refused]]:
        """Files that cannot be examined, and why."""
        found = self._found.items()
        return [(errand, why) for errand, why in found if isinstance(why, Refused)]

    def commit(self) -> None:
        """Make what was said so far survive the end of this process, however it ends."""
        self._store.commit()

    def found(self, errand: Errand) -> Visited | Refused | None:
        """Give what is known of a file.

        Parameters
        ----------
        errand : Errand
            The file.

        Returns
        -------
        Visited, Refused or None
            Its item, with all outcomes, or why it cannot be examined; None before that is known.
        """
        found = self._found.get(errand)
        if isinstance(found, Visited) and len(found.outcomes) < len(self._steps):
            return None
        return found

    def recognise(self, errand: Errand, sha256: str) -> bool:
        """Say whether all is known about a file, so that it need not be visited.

        Parameters
        ----------
        errand : Errand
            The file.
        sha256 : str
            Digest of its bytes.

        Returns
        -------
        bool
            True when it is an item now, with all its outcomes.
        """
        item = self.items.get(sha256)
        if item is None:
            item = self._recall(sha256, None)
            if item is None or any(step.name not in item.outcomes for step in self._steps):
                return False
            self.items[sha256] = item
        self._note(errand, item)
        self._on_end(errand)
        return True

    def ask(self, errand: Errand, identity: Identity) -> Todo:
        """Say what is still to be found out about an identified file.

        Parameters
        ----------
        errand : Errand
            The file.
        identity : Identity
            Which bytes it holds.

        Returns
        -------
        Todo
            The steps to run; none when all is known, or another visit to the same bytes is
            under way.
        """
        digest = identity.sha256
        item = self.items.get(digest)
        if item is None:
            item = self._recall(digest, identity)
            self.items[digest] = item
        self._note(errand, item)
        if item.errands[0] != errand:  # the first to meet these bytes finds out about them
            return Todo(())
        missing = tuple(step for step in self._steps if step.name not in item.outcomes)
        wanted = {name for step in missing for name in step.takes}
        return Todo(
            steps=missing,
            known={name: item.outcomes[name] for name in wanted & item.outcomes.keys()},
            type=item.type,
            stopped=self._stopped.get(digest),
        )

    def tell(self, identity: Identity, told: Told) -> None:
        """Take in and keep what a step said.

        Parameters
        ----------
        identity : Identity
            The item.
        told : Told
            What was said.
        """
        item = self.items[identity.sha256]
        step = next(step for step in self._steps if step.name == told.outcome.step)
        outcome = keep_artefacts(told, self._keeper)
        item.outcomes[step.name] = outcome
        item.was_decoded = True
        key = self._key(step, item)
        if key is not None:
            self._store.put(key, msgspec.json.encode(outcome), subject=item.sha256)

    def finish(self, errand: Errand, identity: Identity | None, end: Finished | Refused) -> None:
        """Take in how a visit ended.

        Parameters
        ----------
        errand : Errand
            The file.
        identity : Identity or None
            Which bytes it holds; None when that was not found out.
        end : Finished or Refused
            How it ended.
        """
        if isinstance(end, Refused):
            self._found[errand] = end
        elif identity is not None and end.type is not None:
            item = self.items[identity.sha256]
            item.type = end.type
            self._store.put(
                _type_key(item.sha256),
                msgspec.json.encode((item.bytes, end.type)),
                subject=item.sha256,
                size=item.bytes,
            )
        self.commit()
        self._on_end(errand)

    def give_up(
        self, errand: Errand, identity: Identity | None, step: str, problem: Problem
    ) -> bool:
        """Take in that a visit had to be stopped twice.

        What is recorded is not kept for later runs: they may have more memory, or more time.

        Parameters
        ----------
        errand : Errand
            The file.
        identity : Identity or None
            Which bytes it holds; None when that was not found out.
        step : str
            What was running.
        problem : Problem
            Why it was stopped.

        Returns
        -------
        bool
            Whether other steps are left to run on it.
        """
        if identity is None:
            self._found[errand] = Refused(problem.error, problem.advice, by_system=False)
            self._on_end(errand)
            return False
        item = self.items[identity.sha256]
        missing = [each for each in self._steps if each.name not in item.outcomes]
        # It may have died before it could say which step it had begun.
        row = next((each for each in missing if each.name == step), missing[0])
        item.outcomes[row.name] = Outcome(row.name, row.version, (item.sha256,), problem)
        item.was_decoded = True
        if row.scope == "file":
            self._stopped[item.sha256] = problem
        if len(missing) == 1:
            self._on_end(errand)
        return len(missing) > 1

    def in_order(self) -> list[Visited]:
        """Give the items by their first path, each with its outcomes in the table's order.

        Returns
        -------
        list of Visited
            The same in every run, whoever was visited first.
        """
        order = {step.name: place for place, step in enumerate(self._steps)}
        for item in self.items.values():
            item.errands.sort(key=lambda errand: errand.path)
            names = sorted(item.outcomes, key=order.__getitem__)
            item.outcomes = {name: item.outcomes[name] for name in names}
        return sorted(self.items.values(), key=lambda item: item.errands[0].path)

    def _note(self, errand: Errand, item: Visited) -> None:
        if self._found.get(errand) is not item:
            item.errands.append(errand)
            self._found[errand] = item

    @overload
    def _recall(self, sha256: str, identity: None) -> Visited | None: ...

    @overload
    def _recall(self, sha256: str, identity: Identity) -> Visited: ...

    def _recall(self, sha256: str, identity: Identity | None) -> Visited | None:
        """Give what earlier runs found out, even of a visit that was cut short.

        None when they never came to the end of it and no `identity` says what it is.
        """
        known = self._store.about(sha256)
        opened = known.get(_type_key(sha256))
        if opened is not None:
            item = Visited(sha256, *msgspec.json.decode(opened, type=tuple[int, SniffedType]))
        elif identity is not None:
            item = Visited(sha256, identity.bytes, identity.type)
        else:
            return None
        for step in self._steps if known else ():
            key = self._key(step, item)
            if key is None or key not in known:
                continue
            outcome = recall_outcome(known[key], self._keeper)
            if outcome is None:
                self._store.drop(key)
                continue
            item.outcomes[step.name] = outcome
        return item

    def _key(self, step: Step, item: Visited) -> str | None:
        """Give a step's key; None while something it takes is not known, or is not to be kept."""
        taken = [each for each in self._steps if each.name in step.takes]
        if item.sha256 in self._stopped or any(each.name not in item.outcomes for each in taken):
            return None
        upstream = [item.outcomes[each.name] for each in taken]
        return key_of(step, (item.sha256,), upstream=upstream)


def recall_outcome(payload: bytes, keeper: Keeper) -> Outcome | None:
    """Read back what an earlier run kept of a step.

    Parameters
    ----------
    payload : bytes
        As the store has it.
    keeper : Keeper
        Knows which artefacts are still there.

    Returns
    -------
    Outcome or None
        None when one of its artefacts is gone or damaged.
    """
    outcome = msgspec.json.decode(payload, type=Outcome)
    if isinstance(outcome.outcome, Result) and not all(
        map(keeper.holds, outcome.outcome.artefacts.values())
    ):
        return None
    return outcome


def keep_artefacts(told: Told, keeper: Keeper) -> Outcome:
    """Store the files that a step made.

    Parameters
    ----------
    told : Told
        What it said.
    keeper : Keeper
        Where to.

    Returns
    -------
    Outcome
        With their paths.
    """
    outcome = told.outcome
    if not told.artefacts or not isinstance(outcome.outcome, Result):
        return outcome
    if not all(PLAIN_ENDING.fullmatch(each.suffix) for each in told.artefacts.values()):
        problem = Problem(f"{outcome.step} made a file whose name has no plain ending")
        return msgspec.structs.replace(outcome, outcome=problem)
    kept = {name: keeper.keep(each) for name, each in told.artefacts.items()}
    result = msgspec.structs.replace(outcome.outcome, artefacts=kept)
    return msgspec.structs.replace(outcome, outcome=result)


def _type_key(sha256: str) -> str:
    return f"type {sha256}"
