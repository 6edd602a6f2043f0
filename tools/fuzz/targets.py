"""All targets by name."""

from tools.fuzz import archives, containers, media, reports, structures, texts
from tools.fuzz.target import Target

TARGETS: dict[str, Target] = {
    target.name: target
    for module in (texts, structures, containers, archives, reports, media)
    for target in module.TARGETS
}
