"""Render made-up bridges before and after a strike, with exact truth; development only."""
