"""All targets by name."""

from tools.fuzz import archives, blocks, containers, media, reports, structures, texts
from tools.fuzz.target import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for module in (texts, structures, blocks, containers, archives, reports, media)
    for target in module.TARGETS
}
