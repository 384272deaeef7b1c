"""A landing file's way in, in stages: look, read, load, check, account."""
