"""Minor and major units of money: the hub stores minor units, people read major ones.

ISO 4217 says how many minor units make a major one.

https://www.six-group.com/en/products-services/financial-information/data-standards.html
"""

USUAL_DECIMALS = 2
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"
_DECIMALS = {
    currency: decimals
    for currencies, decimals in ((_NONE, 0), (_THREE, 3), (_FOUR, 4))
    for currency in currencies.split()
}


def decimal_places(currency: str) -> int:
    """The decimals of a currency in major units: 2 for EUR, 0 for JPY."""
    return _DECIMALS.get(currency, USUAL_DECIMALS)


def to_major_units(amount: int, currency: str) -> float:
    """Converts minor units: 1250 euro cents are `12.5`."""
    places = decimal_places(currency)
    return round(amount / 10.0**places, places)
