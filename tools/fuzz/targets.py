"""All targets by name."""

from tools.fuzz import archives, beside, blocks, media, reports, structures, texts
from tools.fuzz.target import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for module in (texts, structures, blocks, beside, archives, reports, media)
    for target in module.TARGETS
}
