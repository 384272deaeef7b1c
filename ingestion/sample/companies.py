"""The companies that some of the hidden people work for."""

from ingestion.sample import names


def company_names(count: int) -> list[str]:
    """The names of the first `count` companies."""
    heads, tails = names.COMPANY_HEADS, names.COMPANY_TAILS
    every = len(heads) * len(tails)
    plain = [
        f"{heads[n % len(heads)]} {tails[n // len(heads) % len(tails)]}"
        for n in range(min(count, every))
    ]
    return [
        plain[n % every] + (f" {n // every + 1}" if n >= every else "")
        for n in range(count)
    ]


def company_domains(count: int) -> list[str]:
    """The mail domains of the first `count` companies."""
    return [
        name.lower().replace(" ", "-") + ".biz" * (n % 3 == 2) + ".com" * (n % 3 != 2)
        for n, name in enumerate(company_names(count))
    ]
