"""Pixel conventions and scaled views shared by the stages."""
