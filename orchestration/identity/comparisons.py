"""What is compared of two records that may be one human, and which pairs are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Comparison:
    """`missing` says when a pair cannot be compared; `levels` from best to worst.

    Each level is (name, condition over <column>_l and <column>_r); what meets none is
    level `differs`, 0. The last but one is 1, and so on; what cannot be compared is -1.
    """

    name: str
    missing: str
    levels: tuple[tuple[str, str], ...]


def _absent(column: str) -> str:
    return f"{column}_l is null or {column}_r is null"


def _equal(*columns: str) -> str:
    return " and ".join(f"{column}_l = {column}_r" for column in columns)


# Jaro-Winkler depends on the order of its arguments, a pair does not.
def _alike(column: str, similarity: float) -> str:
    ends = f"least({column}_l, {column}_r), greatest({column}_l, {column}_r)"
    return f"jaro_winkler_similarity({ends}) >= {similarity}"


# Each look is dearer than the one before, which spares it for what is far apart.
def _typo(column: str, distance: int = 1) -> str:
    return (
        f"case when {_alike(column, 0.7)}"
        f" then case when levenshtein({column}_l, {column}_r) <= {2 * distance}"
        f" then damerau_levenshtein({column}_l, {column}_r) <= {distance}"
        " else false end else false end"
    )


def _prefix(column: str, letters: int) -> str:
    return (
        f"least(length({column}_l), length({column}_r)) >= {letters}"
        f" and (starts_with({column}_l, {column}_r)"
        f" or starts_with({column}_r, {column}_l))"
    )


_SWAPPED = "given_name_l = surname_r and surname_l = given_name_r"
_CROSSED = "given_name_l = surname_r or surname_l = given_name_r"
# ann.lee77@ or ann.lee_2@ is no slip of the pen for ann.lee@: that one was taken. Nor
# is annlee@: dots are chosen.
_NUMBERED = (
    "(mailbox_l <> mailbox_r"
    " and (translate(mailbox_l, '._-', '') = translate(mailbox_r, '._-', '')"
    " or mailbox_is_name_l and starts_with(mailbox_r, mailbox_l)"
    " or mailbox_is_name_r and starts_with(mailbox_l, mailbox_r)))"
)
# Every town has its station road.
_ONE_PLACE = "coalesce(postal_code_l = postal_code_r or city_l = city_r, true)"
_DAY_MONTH = (
    "birth_date_l = substr(birth_date_r, 1, 4) || substr(birth_date_r, 7, 2)"
    " || substr(birth_date_r, 5, 2)"
)

COMPARISONS = (
    Comparison(
        "given_name",
        _absent("given_name"),
        (
            ("same first name", _equal("given_name")),
            ("nickname of one first name", _equal("given_key")),
            ("first name is the other surname", _SWAPPED),
            ("first name is a beginning", _prefix("given_name", 3)),
            ("similar first name", _alike("given_name", 0.88)),
            ("first name is an initial", _prefix("given_name", 1)),
            ("a name crossed over", _CROSSED),
            ("first names resemble", _alike("given_name", 0.78)),
        ),
    ),
    Comparison(
        "surname",
        _absent("surname"),
        (
            ("same surname", _equal("surname")),
            ("names swapped", _SWAPPED),
            (
                "similar surname",
                f"{_alike('surname', 0.92)}"
                " and abs(length(surname_l) - length(surname_r)) <= 3"
                f" or {_typo('surname')}",
            ),
            ("surname is a beginning", _prefix("surname", 4)),
            ("a surname crossed over", _CROSSED),
            ("surnames resemble", _alike("surname", 0.8)),
        ),
    ),
    Comparison(
        "birth_date",
        _absent("birth_date"),
        (
            ("same birth date", f"{_equal('birth_date')} and length(birth_date_l) > 4"),
            (
                "birth date with a typing error",
                f"{_typo('birth_date')} or {_DAY_MONTH}",
            ),
            (
                "birth date with two errors",
                "levenshtein(birth_date_l, birth_date_r) <= 2",
            ),
            (
                "same birth year",
                "substr(birth_date_l, 1, 4) = substr(birth_date_r, 1, 4)",
            ),
            (
                "birth date with three errors",
                "levenshtein(birth_date_l, birth_date_r) <= 3",
            ),
        ),
    ),
    Comparison(
        "email",
        _absent("mailbox"),
        (
            ("same e-mail", _equal("email")),
            (
                "same mailbox elsewhere",
                f"{_equal('mailbox')} and length(mailbox_l) > 3"
                " and not mailbox_is_name_l",
            ),
            (
                "e-mail with a typing error",
                f"case when {_alike('email', 0.9)} then case when"
                " levenshtein(email_l, email_r) <= 4"
                " then damerau_levenshtein(email_l, email_r) <= case when"
                " least(length(mailbox_l), length(mailbox_r)) > 4 then 2 else 1 end"
                f" and not {_NUMBERED} else false end else false end",
            ),
            (
                "similar mailbox",
                f"{_alike('mailbox', 0.92)}"
                " and coalesce(given_name_l <> given_name_r, true)"
                " and not (mailbox_is_name_l and mailbox_is_name_r)",
            ),
            # It says what the names say already.
            ("mailbox as the name gives", _alike("mailbox", 0.92)),
        ),
    ),
    Comparison(
        "phone",
        _absent("phone"),
        (
            ("same phone", _equal("phone")),
            ("phone with a typing error", _typo("phone")),
        ),
    ),
    Comparison(
        "street",
        _absent("street"),
        (
            ("same house", f"{_equal('street', 'house_number')} and {_ONE_PLACE}"),
            (
                "similar street and same number",
                f"{_alike('street', 0.88)} and {_equal('house_number')}"
                f" and {_ONE_PLACE}",
            ),
            ("same street", f"{_equal('street')} and {_ONE_PLACE}"),
            ("similar street", f"{_alike('street', 0.92)} and {_ONE_PLACE}"),
            ("same house number", _equal("house_number")),
        ),
    ),
    Comparison(
        "postal_code",
        _absent("postal_code"),
        (
            ("same postal code", _equal("postal_code")),
            ("postal code with a typing error", _typo("postal_code")),
            ("same city, another postal code", _equal("city")),
        ),
    ),
    # A city says no more where postal codes are there to compare.
    Comparison(
        "city",
        f"{_absent('city')}"
        " or (postal_code_l is not null and postal_code_r is not null)",
        (("same city", _equal("city")), ("similar city", _alike("city", 0.85))),
    ),
    Comparison(
        "national_id",
        _absent("national_id"),
        (
            ("same national number", _equal("national_id")),
            ("national number with a typing error", _typo("national_id")),
        ),
    ),
    Comparison(
        "employer", _absent("employer"), (("same employer", _equal("employer")),)
    ),
    Comparison(
        "organisation",
        _absent("organisation"),
        (
            ("same company name", _equal("organisation")),
            ("similar company name", _alike("organisation", 0.92)),
            ("company name is a beginning", _prefix("organisation", 4)),
            ("company names resemble", _alike("organisation", 0.8)),
        ),
    ),
)

# Narrow first: a pair is compared once, by the first rule that finds it.
BLOCKING_RULES = (
    ("email",),
    ("phone",),
    ("national_id",),
    ("mailbox", "birth_date"),
    ("mailbox", "given_key"),
    ("mailbox", "surname"),
    ("mailbox", "city"),
    ("name_key", "birth_date"),
    ("name_key", "postal_code"),
    ("name_key", "city"),
    ("name_key", "state"),
    ("name_key", "substr(birth_date, 1, 4)"),
    ("surname", "birth_date"),
    ("given_key", "birth_date"),
    ("birth_date", "postal_code"),
    ("birth_date", "city"),
    ("birth_date", "street"),
    ("surname", "street"),
    ("given_key", "street"),
    ("street", "house_number", "postal_code"),
    ("street", "house_number", "city"),
    ("postal_code", "substr(surname, 1, 3)", "substr(given_name, 1, 1)"),
    ("postal_code", "given_key"),
    ("city", "substr(surname, 1, 3)", "substr(given_name, 1, 3)"),
    ("substr(surname, 1, 4)", "substr(given_name, 1, 3)", "substr(birth_date, 1, 4)"),
    ("organisation",),
    ("substr(organisation, 1, 5)", "city"),
    ("substr(organisation, 1, 5)", "postal_code"),
    # Wide rules: for a few thousand records; above, the budget refuses them.
    ("name_key",),
    ("birth_date",),
    ("surname", "substr(given_name, 1, 1)"),
    ("given_key", "substr(surname, 1, 1)"),
    ("surname", "city"),
    ("given_key", "city"),
    ("surname", "substr(birth_date, 1, 4)"),
    ("given_key", "substr(birth_date, 1, 4)"),
    ("surname", "substr(birth_date, 5)"),
    ("given_key", "substr(birth_date, 5)"),
    ("street",),
    ("postal_code", "substr(birth_date, 1, 4)"),
    ("city", "substr(birth_date, 1, 4)"),
    ("postal_code", "house_number"),
    ("city", "house_number"),
    ("surname",),
    ("postal_code",),
    ("substr(organisation, 1, 4)",),
)


def rule_names() -> list[str]:
    """The blocking rules as they are called: `surname + birth_date`."""
    return [" + ".join(rule) for rule in BLOCKING_RULES]
