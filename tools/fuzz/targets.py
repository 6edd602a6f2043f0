"""All targets by name."""

from tools.fuzz import archives, beside, blocks, containers, media, reports, structures, texts
from tools.fuzz.target import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for module in (texts, structures, blocks, containers, beside, archives, reports, media)
    for target in module.TARGETS
}
