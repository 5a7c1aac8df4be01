"""Sign-in, first start, own account and error pages: HTML without Dash."""
