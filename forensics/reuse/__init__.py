"""Is it recycled? Perceptual hashes, the archive of known footage, and what they can show."""

from forensics.reuse.archive import Archive
from forensics.reuse.check import check_files
from forensics.reuse.compare import Comparison, compare_views
from forensics.reuse.groups import find_groups
from forensics.reuse.hashes import hash_frames, hash_image, hash_orientations
from forensics.reuse.search import search_archive
from forensics.reuse.views import Probe, make_views

__all__ = [
    "Archive",
    "Comparison",
    "Probe",
    "check_files",
    "compare_views",
    "find_groups",
    "hash_frames",
    "hash_image",
    "hash_orientations",
    "make_views",
    "search_archive",
]
