"""What a file's content credentials (C2PA) say, and what was checked of them."""

from typing import Literal

from msgspec import Struct

IntegrityState = Literal["intact", "broken", "undetermined"]
SignerState = Literal["trusted", "not_on_list", "expired", "untrusted_other", "not_checked"]
IngredientsState = Literal["none", "intact", "problems"]
IngredientState = Literal["no_credentials", "intact", "problems"]
AiExtent = Literal["wholly", "partly", "not_stated"]


class Integrity(Struct, frozen=True):
    """Whether the file and its credentials are as they were when they were signed.

    Parameters
    ----------
    state : {"intact", "broken", "undetermined"}
        The signature verifies and every hash of statements and content matches; at least one does
        not; it could not be settled.
    detail : str
        The same for a person, in one sentence.
    codes : tuple of str
        C2PA validation status codes it rests on, sorted, each once.
    """

    state: IntegrityState
    detail: str
    codes: tuple[str, ...]


class Signer(Struct, frozen=True):
    """Who vouches, and whether a list of known signers has them.

    Parameters
    ----------
    state : {"trusted", "not_on_list", "expired", "untrusted_other", "not_checked"}
        The certificate leads to one on the list; it does not; the certificate was not valid when
        it signed; it was revoked or may not sign; there was no list to compare with.
    detail : str
        The same for a person, in one sentence.
    codes : tuple of str
        C2PA validation status codes it rests on, sorted, each once.
    name, organization : str or None
        Whom the certificate names; None when it does not. Anybody can make such a certificate.
    issuer : str or None
        Who issued the certificate, as it says; None when it does not.
    trust_list : str or None
        Name and SHA-256 of the list that was used; None when there was none.
    """

    state: SignerState
    detail: str
    codes: tuple[str, ...]
    name: str | None
    organization: str | None
    issuer: str | None
    trust_list: str | None


class Ingredient(Struct, frozen=True):
    """One file that this one says it was made from.

    Parameters
    ----------
    title : str or None
        Its title, as claimed.
    relationship : str or None
        ``parentOf``, ``componentOf`` or ``inputTo``.
    format : str or None
        Its media type, as claimed.
    state : {"no_credentials", "intact", "problems"}
        What checking its own credentials gave, which this file carries a copy of.
    codes : tuple of str
        Codes of what failed in its credentials, sorted, each once.
    """

    title: str | None
    relationship: str | None
    format: str | None
    state: IngredientState
    codes: tuple[str, ...]


class Ingredients(Struct, frozen=True):
    """Whether the credentials of the files that this one was made from hold.

    An ingredient's broken state is not the file's own.

    Parameters
    ----------
    state : {"none", "intact", "problems"}
        None are named, or none of them has credentials; no check of theirs failed; one did.
    detail : str
        The same for a person, in one sentence.
    codes : tuple of str
        C2PA validation status codes of what failed, sorted, each once.
    entries : tuple of Ingredient
        Those of the newest manifest, in the order of the claim; at most the first 50.
    count : int
        How many there are.
    """

    state: IngredientsState
    detail: str
    codes: tuple[str, ...]
    entries: tuple[Ingredient, ...]
    count: int


class Action(Struct, frozen=True):
    """One thing that the signer says was done.

    Parameters
    ----------
    action : str
        For example ``c2pa.created``.
    software_agent : str or None
        What did it.
    when : str or None
        When, as claimed.
    digital_source_type : str or None
        Kind of source, as a URL of the IPTC or C2PA vocabulary.
    description : str or None
        What the signer adds.
    """

    action: str
    software_agent: str | None
    when: str | None
    digital_source_type: str | None
    description: str | None


class Credentials(Struct, frozen=True, tag="credentials"):
    """The newest manifest of content credentials that a file carries.

    Parameters
    ----------
    manifest : str
        Its label.
    manifests : int
        How many the file carries, those of ingredients included.
    title : str or None
        Title of the file, as claimed.
    generator, generator_version : str or None
        Program that wrote the claim, as it calls itself.
    signed_at : str or None
        RFC 3339 time of a time stamp over the signature; None when there is none that verifies.
        The standard has no field for a time that the signer alone states.
    time_stamp_authority : str or None
        Who states that time, by its certificate, which anybody can make.
    integrity : Integrity
        Whether bytes and statements are unchanged since.
    signer : Signer
        Who vouches.
    ingredients : Ingredients
        What it was made from.
    actions : tuple of Action
        What the signer says was done, in the order of the claim; at most the first 50.
    action_count : int
        How many there are.
    """

    manifest: str
    manifests: int
    title: str | None
    generator: str | None
    generator_version: str | None
    signed_at: str | None
    time_stamp_authority: str | None
    integrity: Integrity
    signer: Signer
    ingredients: Ingredients
    actions: tuple[Action, ...]
    action_count: int


class NoCredentials(Struct, frozen=True, tag="no_credentials"):
    """Why nothing is said of content credentials.

    Parameters
    ----------
    reason : {"not_present", "unreadable", "not_available"}
        The file carries none, which says nothing; it carries some that cannot be read; they were
        not examined, because a library is missing or they are kept elsewhere.
    detail : str
        The same for a person, in one sentence.
    advice : str
        What would make them available; empty when nothing would.
    """

    reason: Literal["not_present", "unreadable", "not_available"]
    detail: str
    advice: str = ""


class AiDeclaration(Struct, frozen=True):
    """A statement that a trained model made a file, or was used for it.

    Parameters
    ----------
    where : str
        Where it stands: ``XMP Iptc4xmpExt:DigitalSourceType``, ``C2PA action c2pa.created``,
        ``PNG tEXt parameters``.
    value : str
        As it stands there, at most 2,000 characters.
    extent : {"wholly", "partly", "not_stated"}
        What the statement covers; settings of a generator do not say.
    meaning : str
        The same for a person: ``declares that it was made by a trained model``.
    signed : bool
        Whether it stands in credentials that are intact; anybody can write or remove the others.
    """

    where: str
    value: str
    extent: AiExtent
    meaning: str
    signed: bool


class SourceDeclaration(Struct, frozen=True):
    """A statement about the source of a file that declares no trained model.

    Parameters
    ----------
    where : str
        Where it stands.
    value : str
        As it stands there.
    meaning : str
        The same for a person: ``declares that a digital camera took it``.
    signed : bool
        Whether it stands in credentials that are intact.
    """

    where: str
    value: str
    meaning: str
    signed: bool


class Provenance(Struct, frozen=True, tag="provenance"):
    """What a file carries about its own making: content credentials and declared sources.

    Parameters
    ----------
    credentials : Credentials or NoCredentials
        The content credentials, or why there is nothing to say about them.
    remote_manifest_url : str or None
        Where the file says that credentials are kept; named, never fetched.
    declared_ai : tuple of AiDeclaration
        Statements that a trained model made it; none means nothing.
    declared_sources : tuple of SourceDeclaration
        Other statements about the kind of source.
    """

    credentials: Credentials | NoCredentials
    remote_manifest_url: str | None
    declared_ai: tuple[AiDeclaration, ...]
    declared_sources: tuple[SourceDeclaration, ...]
