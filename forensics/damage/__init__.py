"""What happened to a bridge between two pictures of it."""

from forensics.damage.compare import DamageComparison, compare_views

__all__ = ["DamageComparison", "compare_views"]
