"""The vendors' HTTP interfaces over a world, and the server in front of them."""
