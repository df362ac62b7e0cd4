"""Whole screens and the questions they ask."""
