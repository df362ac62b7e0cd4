"""What is held to be true: facts read from the seeded articles, and how a claim compares with them."""
