"""Clips that were made from others, and how well their stretches are found again."""
