"""People who share a surname, an address and a phone, as several lists know them."""

import random
import re

GIVEN = re.findall(
    r"\w+",
    """
    james mary robert patricia john jennifer michael linda david elizabeth
    william barbara richard susan joseph jessica thomas sarah christopher karen
    charles lisa daniel nancy matthew betty anthony margaret mark sandra donald
    ashley steven kimberly andrew emily paul donna joshua michelle kenneth carol
    kevin amanda brian dorothy george melissa timothy deborah ronald stephanie
    jason rebecca edward sharon jeffrey laura ryan cynthia jacob kathleen gary
    amy nicholas angela eric shirley jonathan anna stephen brenda larry pamela
    justin emma scott nicole brandon helen benjamin samantha samuel katherine
    gregory christine alexander debra patrick rachel frank carolyn raymond janet
    jack maria dennis olivia jerry heather
    """,
)
NICKNAMES = {
    "james": "jim", "robert": "bob", "michael": "mike", "elizabeth": "liz",
    "william": "bill", "richard": "rick", "susan": "sue", "joseph": "joe",
    "thomas": "tom", "christopher": "chris", "daniel": "dan", "matthew": "matt",
    "anthony": "tony", "margaret": "peggy", "steven": "steve", "andrew": "andy",
    "joshua": "josh", "kenneth": "ken", "timothy": "tim", "edward": "ed",
    "katherine": "kate", "benjamin": "ben", "samuel": "sam", "nicholas": "nick",
}  # fmt: skip
SYLLABLES = re.findall(
    r"\w+",
    """
    ba be bo da de do fa ga ha ho ka ko la le lo ma mi mo na no pa ra ro sa sto
    ta to va wa wil har son ton ford man ley berg stein er ski ova mann
    """,
)


def households(count: int, seed: int) -> list[dict[str, str | None]]:
    """`count` records with typing errors, nicknames, moves and gaps; `person` is truth.

    A household has one to five people, a person one to four records. Six of ten share
    the phone of the household.
    """
    chance = random.Random(seed)

    def word(parts: int) -> str:
        return "".join(chance.choice(SYLLABLES) for _ in range(parts))

    def digits(number: int) -> str:
        return "".join(str(chance.randrange(10)) for _ in range(number))

    surnames = [word(chance.choice((2, 3, 3))) for _ in range(max(500, count // 25))]
    commonness = [1 / (rank + 10) for rank in range(len(surnames))]
    given_commonness = [1 / (rank + 10) for rank in range(len(GIVEN))]
    kinds = (" street", " road", " lane", " avenue")
    streets = [word(3) + chance.choice(kinds) for _ in range(max(200, count // 20))]
    places = [(digits(5), word(3)) for _ in range(max(50, count // 200))]

    def address() -> tuple[str, str, str]:
        street = f"{chance.randrange(1, 150)} {chance.choice(streets)}"
        return (street, *chance.choice(places))

    records: list[dict[str, str | None]] = []
    person = 0
    while len(records) < count:
        (surname,) = chance.choices(surnames, commonness)
        home, home_phone = address(), "0" + digits(9)
        (size,) = chance.choices((1, 2, 3, 4, 5), (35, 25, 15, 15, 10))
        for given in dict.fromkeys(chance.choices(GIVEN, given_commonness, k=size)):
            born = (
                f"{chance.randrange(1940, 2006)}{chance.randrange(1, 13):02}"
                f"{chance.randrange(1, 29):02}"
            )
            email = chance.choice(
                (
                    f"{given}.{surname}{chance.randrange(100)}",
                    f"{given[0]}{surname}{chance.randrange(1000)}",
                    f"{given}{born[:4]}{chance.randrange(100)}",
                )
            ) + chance.choice(("@gmail.com", "@yahoo.com", "@gmx.de", "@web.de"))
            phone = home_phone if chance.random() < 0.6 else "0" + digits(9)
            (copies,) = chance.choices((1, 2, 3, 4), (45, 30, 15, 10))
            for _ in range(copies):
                where = home if chance.random() < 0.9 else address()
                first = given
                if given in NICKNAMES and chance.random() < 0.12:
                    first = NICKNAMES[given]
                elif chance.random() < 0.04:
                    first = given[0]
                last = surname
                if chance.random() < 0.02:
                    first, last = last, first
                values = {
                    "first_name": (first, 0.05, 0.08),
                    "last_name": (last, 0.03, 0.08),
                    "birth_date": (born, 0.35, 0.08),
                    "email": (email, 0.40, 0.06),
                    "phone": (phone, 0.35, 0.04),
                    "street": (where[0], 0.12, 0.08),
                    "postal_code": (where[1], 0.10, 0.03),
                    "city": (where[2], 0.10, 0.05),
                }
                record: dict[str, str | None] = {
                    name: None
                    if chance.random() < gap
                    else _mistyped(value, chance)
                    if chance.random() < error
                    else value
                    for name, (value, gap, error) in values.items()
                }
                records.append({**record, "person": str(person)})
            person += 1
    chance.shuffle(records)
    return records[:count]


def _mistyped(text: str, chance: random.Random) -> str:
    if len(text) < 3:
        return text
    at = chance.randrange(len(text) - 1)
    other = chance.choice("0123456789" if text[at].isdigit() else "abcdefghijklmnop")
    return chance.choice(
        (
            text[:at] + text[at + 1 :],
            text[:at] + other + text[at:],
            text[:at] + other + text[at + 1 :],
            text[:at] + text[at + 1] + text[at] + text[at + 2 :],
        )
    )
