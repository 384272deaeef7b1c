"""Amounts as whole thousandths of a currency, which every currency has room for."""

# What the company reckons with; for the dinar it has no rate.
RATES = {"EUR": "1", "USD": "0.9", "GBP": "1.15", "JPY": "0.006"}
DECIMALS = {"JPY": 0, "KWD": 3}


def exact(thousandths: str) -> str:
    """The SQL for an amount in full precision."""
    return f"({thousandths})::decimal(18, 0) * 0.001::decimal(4, 3)"


def written(thousandths: str, currency: str = "currency") -> str:
    """The SQL that writes an amount with the decimals its currency has."""
    amount = exact(thousandths)
    cases = " ".join(
        f"when '{code}' then ({amount})::decimal(18, {digits})::varchar"
        for code, digits in DECIMALS.items()
    )
    return f"case {currency} {cases} else ({amount})::decimal(18, 2)::varchar end"


def minor(thousandths: str, currency: str = "currency") -> str:
    """The SQL for an amount in its currency's smallest unit."""
    cases = " ".join(
        f"when '{code}' then {10 ** (3 - digits)}" for code, digits in DECIMALS.items()
    )
    return f"({thousandths}) // case {currency} {cases} else 10 end"


def reported(thousandths: str, currency: str = "currency") -> str:
    """The SQL for an amount in euros; null where there is no rate."""
    cases = " ".join(
        f"when '{code}' then {rate}::decimal(6, 3)" for code, rate in RATES.items()
    )
    return f"{exact(thousandths)} * case {currency} {cases} end"
