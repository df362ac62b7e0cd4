"""Keyword rules: `syntax` reads what an analyst wrote, `engine` finds where it holds."""
