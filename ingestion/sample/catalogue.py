"""What the shop sells, the pages it shows, the roads that lead to it."""

from dataclasses import dataclass

import numpy as np

SITE = "https://fernweh-outfitters.shop"
TILL_EMAIL = "kasse@fernweh-outfitters.shop"


@dataclass(frozen=True)
class Product:
    """One article; the price is in cents."""

    sku: str
    name: str
    category: str
    price: int


@dataclass(frozen=True)
class Campaign:
    """One paid campaign as its ad platform knows it; costs are in cents."""

    platform: str
    number: str
    name: str
    kind: str
    cost_per_click: int
    click_rate: float


@dataclass(frozen=True)
class Road:
    """One way to arrive: what the landing address carries, who sent the visitor."""

    share: float
    referrer: str = ""
    source: str = ""
    medium: str = ""
    campaign: str = ""
    term: str = ""
    content: str = ""

    @property
    def click_id(self) -> str:
        """How the click's own id begins, if the road's platform gives one."""
        google = "gclid=Cj0KCQ"
        prefixes = {"cpc": google, "display": google, "paid_social": "fbclid=IwAR"}
        return prefixes.get(self.medium, "")

    @property
    def query(self) -> str:
        """The landing query, up to where the click's own id goes."""
        names = ("source", "medium", "campaign", "term", "content")
        tags = [f"utm_{name}={value}" for name in names if (value := self._tag(name))]
        tags += [self.click_id] if self.click_id else []
        return "?" + "&".join(tags) if tags else ""

    @property
    def context(self) -> str:
        """The campaign object of an event, as JSON."""
        names = ("campaign", "source", "medium", "term", "content")
        tags = [
            f'"{name.replace("campaign", "name")}":"{value}"'
            for name in names
            if (value := self._tag(name))
        ]
        return "{" + ",".join(tags) + "}" if tags else ""

    def _tag(self, name: str) -> str:
        return getattr(self, name)


_RANGE = {
    "Backpacks": "Ridge 28 L/8900,Ridge 45 L/13900,Fjord Daypack/5900,Trek 60 L/18900",
    "Tents": "Solo Nest/19900,Duo Nest/28900,Basecamp 4/45900,Tarp Light/7900",
    "Footwear": "Granite Boot/16900,Trail Runner/11900,Sandal/4900,Merino Sock/1490",
    "Jackets": "Storm Shell/24900,Down Hoody/21900,Fleece Loop/7990,Wind Vest/6990",
    "Cooking": "Gas Stove Mini/4490,Titan Pot/3990,Spork Set/990,Bottle 1 L/2490",
    "Sleeping": "Feather Bag -5/22900,Mat Air/8990,Pillow Pack/2490,Liner Silk/4990",
}
PRODUCTS = [
    Product(f"FW-{1000 + 10 * row + column}", name, category, int(price))
    for row, (category, entries) in enumerate(_RANGE.items())
    for column, (name, price) in enumerate(e.split("/") for e in entries.split(","))
]
CATEGORIES = list(_RANGE)
CATEGORY_OF = np.array([CATEGORIES.index(product.category) for product in PRODUCTS])
PRICES = np.array([product.price for product in PRODUCTS])

_ARTICLES = (
    "Packing for the Alps,How to choose a tent,Boots for wet trails,"
    "A team outing in the hills,Layering explained,Five huts worth the climb"
)
_FIXED = {
    "home": ("/", "Fernweh Outfitters"),
    "cart": ("/cart", "Your cart"),
    "checkout": ("/checkout", "Checkout"),
    "thanks": ("/checkout/thank-you", "Thank you"),
    "contact": ("/contact", "Talk to us"),
    "contact_thanks": ("/contact/thank-you", "We will call you"),
    "newsletter": ("/newsletter", "Newsletter"),
    "login": ("/account/login", "Sign in"),
    "account": ("/account", "Your account"),
    "style": ("/assets/css/shop-4f2a.css", ""),
    "program": ("/assets/js/shop-91bc.js", ""),
    "picture": ("/assets/img/header.png", ""),
    "robots": ("/robots.txt", ""),
    "missing": ("/old-catalogue.html", ""),
    "scan_login": ("/wp-login.php", ""),
    "scan_env": ("/.env", ""),
}
_ROWS = list(_FIXED.values())
PLACE = {name: number for number, name in enumerate(_FIXED)}


def _append(name: str, rows: list[tuple[str, str]]) -> None:
    PLACE[name] = len(_ROWS)
    _ROWS.extend(rows)


def _slug(name: str) -> str:
    return name.lower().replace(" ", "-")


_append("article", [(f"/blog/{_slug(name)}", name) for name in _ARTICLES.split(",")])
_append("category", [(f"/c/{_slug(name)}", name) for name in CATEGORIES])
_append("product", [(f"/p/{p.sku.lower()}-{_slug(p.name)}", p.name) for p in PRODUCTS])
_append("photo", [(f"/assets/img/{p.sku.lower()}.png", "") for p in PRODUCTS])
ARTICLE_COUNT = len(_ARTICLES.split(","))
PATHS = [path for path, _ in _ROWS]
TITLES = [title for _, title in _ROWS]

CAMPAIGNS = [
    Campaign("google", "20418830011", "brand-search-eu", "Search", 42, 0.09),
    Campaign("google", "20418830012", "tents-search-eu", "Search", 88, 0.05),
    Campaign("google", "20418830013", "team-outings-search", "Search", 160, 0.04),
    Campaign("google", "20418830017", "gear-shopping-us", "Shopping", 65, 0.012),
    Campaign("google", "20418830019", "autumn-display", "Display", 21, 0.004),
    Campaign("meta", "120207700000410", "spring-prospecting", "", 55, 0.011),
    Campaign("meta", "120207700000420", "retargeting-carts", "", 70, 0.019),
    Campaign("meta", "120207700000430", "lookalike-hikers", "", 61, 0.009),
]
_GOOGLE, _FACEBOOK = "https://www.google.com/", "https://l.facebook.com/"
_ADS = ("google", "cpc")
_SOCIAL = ("facebook", "paid_social")
ROADS = [
    Road(0.27),
    Road(0.24, _GOOGLE),
    Road(0.05, "https://www.bing.com/"),
    Road(0.03, "https://duckduckgo.com/"),
    Road(0.04, "https://www.wanderblatt.net/gear-of-the-year"),
    Road(0.07, "", "newsletter", "email", "weekly-letter"),
    Road(0.02, "", "newsletter", "email", "cart-reminder"),
    Road(0.05, _GOOGLE, *_ADS, "brand-search-eu", "fernweh+outfitters"),
    Road(0.05, _GOOGLE, *_ADS, "tents-search-eu", "light+tent"),
    Road(0.03, _GOOGLE, *_ADS, "team-outings-search", "team+outing+gear"),
    Road(0.03, _GOOGLE, *_ADS, "gear-shopping-us"),
    Road(
        0.02,
        "https://hiking-news.net/",
        "google",
        "display",
        "autumn-display",
        "",
        "banner-a",
    ),
    Road(0.04, _FACEBOOK, *_SOCIAL, "spring-prospecting", "", "video-ridge"),
    Road(0.03, _FACEBOOK, *_SOCIAL, "retargeting-carts", "", "carousel"),
    Road(0.03, _FACEBOOK, *_SOCIAL, "lookalike-hikers", "", "story-b"),
]
SEARCH_ROADS = [1, 9]
ROAD_ENDS = np.cumsum([road.share for road in ROADS])
