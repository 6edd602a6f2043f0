"""What a file says about itself: every field, by every engine, and where they disagree."""

from forensics.metadata.read import read
from forensics.metadata.reconcile import reconcile

__all__ = ["read", "reconcile"]
