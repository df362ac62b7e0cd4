"""What the reader sees, piece by piece."""
