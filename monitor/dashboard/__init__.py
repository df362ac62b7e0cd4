"""The screen: one board drawn for a person. Importing this package loads no textual: the plain twin costs nothing."""
