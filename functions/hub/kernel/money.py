"""Money is kept in minor units and read in major ones: ISO 4217 says how many make one.

https://www.six-group.com/en/products-services/financial-information/data-standards.html
"""

USUAL_DECIMALS = 2
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_DECIMALS = dict.fromkeys(_NONE.split(), 0) | dict.fromkeys(_THREE.split(), 3)


def decimal_places(currency: str) -> int:
    return _DECIMALS.get(currency, USUAL_DECIMALS)


def to_major_units(amount: int, currency: str) -> float:
    """`12.5` for 1250 euro cents."""
    places = decimal_places(currency)
    return round(amount / 10.0**places, places)
