"""What happens in a visit, step by step, for each way a visit can go."""

from dataclasses import dataclass

import numpy as np

from ingestion.sample.catalogue import ARTICLE_COUNT, CATEGORY_OF, PLACE, PRODUCTS

PAGE, TRACK, IDENTIFY, REQUEST = range(4)
BUY = -1  # stands for one of the scripts that buy until the account is known
EVENTS = [
    *("Product Viewed", "Product Added", "Checkout Started", "Order Completed"),
    *("Form Submitted", "Signed In", "Signed Out"),
]
VIEWED, ADDED, STARTED, COMPLETED, SUBMITTED, SIGNED_IN, SIGNED_OUT = range(7)
# Which number of the visit is added to a step's place.
_FIXED, _PRODUCT, _OTHER, _CATEGORY, _ARTICLE = range(5)


@dataclass(frozen=True)
class Step:
    """One step; only pages and requests have a place of their own."""

    kind: int
    place: str = "home"
    shift: int = _FIXED
    event: int = -1
    form: str = ""
    status: int = 200


def _file(place: str, shift: int = _FIXED, status: int = 200) -> Step:
    return Step(REQUEST, place, shift, status=status)


_STEPS = {
    **{
        name: Step(PAGE, name)
        for name in (
            *("home", "cart", "checkout", "thanks", "contact", "contact_thanks"),
            *("newsletter", "login", "account"),
        )
    },
    "blog": Step(PAGE, "article", _ARTICLE),
    "category": Step(PAGE, "category", _CATEGORY),
    "product": Step(PAGE, "product", _PRODUCT),
    "other": Step(PAGE, "product", _OTHER),
    "view": Step(TRACK, shift=_PRODUCT, event=VIEWED),
    "view_other": Step(TRACK, shift=_OTHER, event=VIEWED),
    "add": Step(TRACK, shift=_PRODUCT, event=ADDED),
    "start": Step(TRACK, event=STARTED),
    "complete": Step(TRACK, event=COMPLETED),
    "ask": Step(TRACK, event=SUBMITTED, form="contact"),
    "subscribe": Step(TRACK, event=SUBMITTED, form="newsletter"),
    "sign_in": Step(TRACK, event=SIGNED_IN),
    "sign_out": Step(TRACK, event=SIGNED_OUT),
    "identify": Step(IDENTIFY),
    "style": _file("style"),
    "program": _file("program"),
    "picture": _file("picture"),
    "photo": _file("photo", _PRODUCT),
    "other_photo": _file("photo", _OTHER),
    "broken_link": _file("missing", status=404),
    "robots": _file("robots"),
    "read_home": _file("home"),
    "read_category": _file("category", _CATEGORY),
    "read_product": _file("product", _PRODUCT),
    "read_other": _file("product", _OTHER),
    "read_blog": _file("article", _ARTICLE),
    "scan_login": _file("scan_login", status=404),
    "scan_env": _file("scan_env", status=404),
}
_TEXT = {
    "bounce": "home style program",
    "peek": "product style photo view",
    "read": "blog style program category product photo view",
    "browse": "home style category product photo view other other_photo view_other",
    "compare": "category style product photo view other other_photo view_other product",
    "lost": "category style broken_link home product view",
    "abandon": "product style photo view add cart checkout",
    "subscribe": "home style program newsletter subscribe identify",
    "ask": "blog style program product photo view contact ask identify contact_thanks",
    "member": "home style login sign_in identify account category product photo view",
    "family": "home login sign_in identify category product view account sign_out",
    "buy_member": (
        "product style program photo view add cart login sign_in identify checkout "
        "start complete thanks"
    ),
    "buy_guest": (
        "product style photo view add other other_photo view_other cart checkout "
        "identify start complete thanks"
    ),
    "crawl": "robots read_home read_category read_product read_other read_blog",
    "scan": "read_home scan_login scan_env broken_link",
    "render": "home category product view other view_other",
}
SCRIPT = {name: number for number, name in enumerate(_TEXT)}
BROWSING = {
    **{"bounce": 0.17, "peek": 0.16, "read": 0.13, "browse": 0.24, "compare": 0.14},
    **{"lost": 0.02, "abandon": 0.11, "subscribe": 0.03},
}

_FLAT = [_STEPS[word] for words in _TEXT.values() for word in words.split()]
_LENGTH = np.array([len(words.split()) for words in _TEXT.values()])
_START = np.cumsum([0, *_LENGTH[:-1]])
KIND = np.array([step.kind for step in _FLAT])
EVENT = np.array([step.event for step in _FLAT])
STATUS = np.array([step.status for step in _FLAT])
IS_NEWSLETTER = np.array([step.form == "newsletter" for step in _FLAT])
_SHIFT = np.array([step.shift for step in _FLAT])
_PLACE = np.array([PLACE[step.place] for step in _FLAT])


def _signed_steps() -> np.ndarray:
    """True from signing in to signing out, both included."""
    signed = []
    for words in _TEXT.values():
        inside = False
        for word in words.split():
            inside = inside or word == "sign_in"
            signed.append(inside)
            inside = inside and word != "sign_out"
    return np.array(signed)


IS_SIGNED = _signed_steps()


@dataclass(frozen=True)
class Steps:
    """All steps of a day's visits, visit after visit.

    `page` is the step number of the page a step happened on, `previous_page` of the
    page before it in the same visit (-1 on the landing page). Times are milliseconds.
    """

    visit: np.ndarray
    step: np.ndarray
    time: np.ndarray
    place: np.ndarray
    product: np.ndarray
    page: np.ndarray
    previous_page: np.ndarray

    @property
    def is_landing(self) -> np.ndarray:
        """On the landing page of its visit, or a file fetched for it."""
        return self.previous_page < 0


def play(
    rng: np.random.Generator, script: np.ndarray, start: np.ndarray, product: np.ndarray
) -> Steps:
    """Play each visit's script from its start; `product` is what the visit is about."""
    length = _LENGTH[script]
    ends = np.cumsum(length)
    visit = np.repeat(np.arange(len(script)), length)
    position = np.arange(ends[-1]) - np.repeat(ends - length, length)
    step = _START[script][visit] + position
    kind = KIND[step]
    at = np.arange(len(step))

    # People take their time; what a page fetches or reports by itself follows at once.
    dwell = rng.exponential(26_000.0, len(step)).astype(np.int64) + 1_500
    acts = (kind == PAGE) | (EVENT[step] >= ADDED)
    wait = np.where(acts, dwell, rng.integers(40, 900, len(step)))
    wait[position == 0] = 0
    elapsed = np.cumsum(wait)
    time = start[visit] + elapsed - elapsed[ends - length][visit]

    first = (ends - length)[visit]
    page = np.maximum(np.maximum.accumulate(np.where(kind == PAGE, at, 0)), first)
    previous_page = np.where(page > first, page[page - 1], -1)

    other = (product + 7) % len(PRODUCTS)
    article = product % ARTICLE_COUNT
    shifts = np.stack([0 * product, product, other, CATEGORY_OF[product], article])
    shift = _SHIFT[step]
    shown = np.where(shift == _OTHER, other[visit], product[visit])
    own_place = _PLACE[step] + shifts[shift, visit]
    place = np.where(kind == REQUEST, own_place, own_place[page])
    return Steps(visit, step, time, place, shown, page, previous_page)
