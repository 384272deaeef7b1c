"""Text and names as SQL has them."""


def literal(text: str) -> str:
    """`it's` as 'it''s'."""
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    """A column name, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'
