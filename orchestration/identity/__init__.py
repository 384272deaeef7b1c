"""The algorithms of identity that SQL cannot say."""
