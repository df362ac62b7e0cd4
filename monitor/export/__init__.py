"""What leaves the program in other people's formats."""
