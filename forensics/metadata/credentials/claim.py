"""What the statements (assertions) of a manifest say, whatever shape a stranger gave them."""

from collections.abc import Iterator
from typing import Any

from forensics.metadata.credentials.source_types import Declaration
from forensics.metadata.credentials.store import Json
from forensics.metadata.reading import clean_text
from forensics.model.provenance import Action

MAX_ENTRIES = 50
"""Actions and ingredients that are listed; the file keeps the rest."""

_ACTIONS = "c2pa.actions"
_INGREDIENT = "c2pa.ingredient"
_SOURCE_TYPE = "Iptc4xmpExt:DigitalSourceType"
_ABOUT_SIGNER = (
    "signingCredential.",
    "timeStamp.",
    "claimSignature.insideValidity",
    "claimSignature.outsideValidity",
)
_METADATA = ("c2pa.metadata", "cawg.metadata", "stds.iptc")


def dict_of(value: object) -> Json:
    """Give a value when it is a record, else an empty one.

    Parameters
    ----------
    value : object
        Anything that JSON can hold.

    Returns
    -------
    dict
        Never the caller's to change.
    """
    return value if isinstance(value, dict) else {}


def list_in(record: Json, key: str) -> list[Any]:
    """Give a record's list, or an empty one.

    Parameters
    ----------
    record : dict
        The record.
    key : str
        Where the list stands.

    Returns
    -------
    list
        A new one.
    """
    value = record.get(key)
    return list(value) if isinstance(value, list) else []


def dicts_in(record: Json, key: str) -> list[Json]:
    """Give the records in a record's list.

    Parameters
    ----------
    record : dict
        The record.
    key : str
        Where the list stands.

    Returns
    -------
    list of dict
        Without what is no record.
    """
    return [each for each in list_in(record, key) if isinstance(each, dict)]


def text_of(value: object) -> str | None:
    """Give a text that people can be shown, or None.

    Parameters
    ----------
    value : object
        Anything that JSON can hold.

    Returns
    -------
    str or None
        Cut and escaped as metadata is.
    """
    return clean_text(value) if isinstance(value, str) else None


def name_of(subject: Json) -> str | None:
    """Name the party of a certificate.

    Parameters
    ----------
    subject : dict
        Parts of the distinguished name.

    Returns
    -------
    str or None
        Common name, and organisation when it is another.
    """
    parts = [text_of(subject.get(key)) for key in ("CN", "O")]
    return ", ".join(dict.fromkeys(part for part in parts if part)) or None


def codes_of(manifest: Json, kind: str) -> set[str]:
    """Give the validation status codes of a manifest.

    Parameters
    ----------
    manifest : dict
        As `read_store` gives it.
    kind : str
        ``success``, ``informational`` or ``failure``.

    Returns
    -------
    set of str
        Each once.
    """
    return codes_in(dict_of(manifest.get("validationResults")), kind)


def codes_in(results: Json, kind: str) -> set[str]:
    """Give the validation status codes of a record of results.

    Parameters
    ----------
    results : dict
        With a list for each kind.
    kind : str
        ``success``, ``informational`` or ``failure``.

    Returns
    -------
    set of str
        Each once.
    """
    return {code for each in dicts_in(results, kind) if (code := text_of(each.get("code")))}


def is_about_signer(code: str) -> bool:
    """Say whether a code is about the certificate or the time of signing, not about bytes.

    Parameters
    ----------
    code : str
        A validation status code.

    Returns
    -------
    bool
        False for those about signature, statements, content and ingredients.

    References
    ----------
    C2PA Technical Specification 2.2, 15.2 (status codes).
    """
    return code.startswith(_ABOUT_SIGNER)


def claim_of(manifest: Json) -> Json:
    """Give the claim of a manifest, of either version.

    Parameters
    ----------
    manifest : dict
        As `read_store` gives it.

    Returns
    -------
    dict
        Empty when there is none.
    """
    return dict_of(manifest.get("claim.v2")) or dict_of(manifest.get("claim"))


def generator_of(manifest: Json) -> tuple[str | None, str | None]:
    """Name the program that wrote a claim.

    Parameters
    ----------
    manifest : dict
        As `read_store` gives it.

    Returns
    -------
    name, version : str or None
        As it calls itself.
    """
    claim = claim_of(manifest)
    info = claim.get("claim_generator_info")
    first = dict_of(info) or next(iter(dicts_in(claim, "claim_generator_info")), {})
    name = text_of(first.get("name")) or text_of(claim.get("claim_generator"))
    return name, text_of(first.get("version"))


def assertions_of(manifest: Json, kind: str) -> list[tuple[str, Json]]:
    """Give the assertions of one kind, whatever their version and number.

    Parameters
    ----------
    manifest : dict
        As `read_store` gives it.
    kind : str
        Label without version and number: ``c2pa.actions``.

    Returns
    -------
    list of (str, dict)
        Label and content, in the order of the library's report.
    """
    return [
        (label, dict_of(content))
        for label, content in dict_of(manifest.get("assertions")).items()
        if label.partition("__")[0].partition(".v")[0] == kind
    ]


def ingredients_of(manifest: Json) -> list[tuple[str, Json]]:
    """Give the files that a manifest says it was made from.

    Parameters
    ----------
    manifest : dict
        As `read_store` gives it.

    Returns
    -------
    list of (str, dict)
        Label and content.
    """
    return assertions_of(manifest, _INGREDIENT)


def actions_of(manifest: Json) -> tuple[Action, ...]:
    """Give what a manifest says was done.

    Parameters
    ----------
    manifest : dict
        As `read_store` gives it.

    Returns
    -------
    tuple of Action
        All of them, in order.
    """
    return tuple(
        _action(each, content)
        for _, content in assertions_of(manifest, _ACTIONS)
        for each in dicts_in(content, "actions")
    )


def _action(action: Json, content: Json) -> Action:
    parameters = dict_of(action.get("parameters"))
    return Action(
        action=text_of(action.get("action")) or "an action without a name",
        software_agent=_agent(action, content),
        when=text_of(action.get("when")),
        digital_source_type=text_of(action.get("digitalSourceType")),
        description=text_of(action.get("description"))
        or text_of(parameters.get("description"))
        or text_of(parameters.get("name")),
    )


def _agent(action: Json, content: Json) -> str | None:
    agent = action.get("softwareAgent")
    agents, number = list_in(content, "softwareAgents"), action.get("softwareAgentIndex")
    if agent is None and isinstance(number, int) and 0 <= number < len(agents):
        agent = agents[number]
    if isinstance(agent, str):
        return text_of(agent)
    parts = [text_of(dict_of(agent).get(key)) for key in ("name", "version")]
    return " ".join(part for part in parts if part) or None


def declarations_in(manifest: Json, *, of: str, signed: bool) -> Iterator[Declaration]:
    """Give what a manifest declares about the kind of source.

    Parameters
    ----------
    manifest : dict
        As `read_store` gives it.
    of : str
        Put behind where it stands: empty for the file's own, else whose manifest it is.
    signed : bool
        Whether the manifest is intact.

    Yields
    ------
    Declaration
        Of actions, and of signed metadata. That training on a file is allowed or not is none.
    """
    for action in actions_of(manifest):
        if action.digital_source_type:
            yield Declaration(
                f"C2PA action {action.action}{of}", action.digital_source_type, signed
            )
    for label, content in dict_of(manifest.get("assertions")).items():
        value = text_of(dict_of(content).get(_SOURCE_TYPE))
        if value and label.startswith(_METADATA):
            yield Declaration(f"C2PA assertion {label}{of}", value, signed)
