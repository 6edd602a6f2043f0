"""Judge whether the credentials of the files that one was made from hold."""

from forensics.metadata.credentials.claim import (
    MAX_ENTRIES,
    codes_in,
    codes_of,
    dict_of,
    dicts_in,
    ingredients_of,
    is_about_signer,
    list_in,
    text_of,
)
from forensics.metadata.credentials.store import Json
from forensics.model.provenance import (
    Ingredient,
    Ingredients,
    IngredientsState,
    IngredientState,
)

_ABOUT_INGREDIENTS = "ingredient."
_SUCCESS = (".match", ".validated", ".trusted", ".insideValidity", ".notRevoked")
"""Ends of codes of what held; older claims record those in the same list as what failed."""


def judge_ingredients(manifest: Json) -> Ingredients:
    """Say whether the credentials of the files that this one was made from hold.

    Parameters
    ----------
    manifest : dict
        The file's own manifest.

    Returns
    -------
    Ingredients
        Problems are those found now and those that the signer recorded.
    """
    found = _found_in_ingredients(manifest)
    entries = [_ingredient(each, found.get(at, set())) for at, each in ingredients_of(manifest)]
    codes = {code for code in codes_of(manifest, "failure") if code.startswith(_ABOUT_INGREDIENTS)}
    codes = codes.union(*found.values(), *(entry.codes for entry in entries))
    state, detail = _judge(entries, codes)
    shown = tuple(entries[:MAX_ENTRIES])
    return Ingredients(state, detail, tuple(sorted(codes)), shown, len(entries))


def _judge(entries: list[Ingredient], codes: set[str]) -> tuple[IngredientsState, str]:
    if codes:
        return "problems", f"a check failed on what it was made from ({', '.join(sorted(codes))})"
    if any(entry.state == "intact" for entry in entries):
        return "intact", "no check failed on the credentials of what it was made from"
    if entries:
        return "none", "none of the files it says it was made from has credentials"
    return "none", "it names no file that it was made from"


def _found_in_ingredients(manifest: Json) -> dict[str, set[str]]:
    """Give the codes of what failed, by the last part of the address of the ingredient."""
    label = text_of(manifest.get("label")) or ""
    found: dict[str, set[str]] = {}
    for each in dicts_in(manifest, "ingredientDeltas"):
        address = text_of(each.get("ingredientAssertionURI")) or ""
        own = f"/{label}/" in address
        failed = codes_in(dict_of(each.get("validationDeltas")), "failure")
        name = address.rpartition("/")[2] if own else address
        found.setdefault(name, set()).update(code for code in failed if _counts(code))
    return found


def _counts(code: str) -> bool:
    """Leave out what is said of an ingredient's signer: no list is applied to those."""
    return not is_about_signer(code) and not code.endswith(_SUCCESS)


def _ingredient(ingredient: Json, found: set[str]) -> Ingredient:
    recorded = list_in(ingredient, "validationStatus")
    results = dict_of(dict_of(ingredient.get("validationResults")).get("activeManifest"))
    recorded += list_in(results, "failure")
    codes = found | {
        code for each in recorded if (code := text_of(dict_of(each).get("code"))) and _counts(code)
    }
    has_credentials = "c2pa_manifest" in ingredient or "activeManifest" in ingredient
    state: IngredientState = "intact" if has_credentials else "no_credentials"
    return Ingredient(
        title=text_of(ingredient.get("dc:title")),
        relationship=text_of(ingredient.get("relationship")),
        format=text_of(ingredient.get("dc:format")),
        state="problems" if codes else state,
        codes=tuple(sorted(codes)),
    )
