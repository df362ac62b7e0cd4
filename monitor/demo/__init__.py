"""The whole program without the internet: invented outlets tell thirty days on loopback, faster than life."""
