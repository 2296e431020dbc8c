"""Minor and major units of money: the hub stores minor units, people read major ones.

ISO 4217 says how many minor units make a major one.

https://www.six-group.com/en/products-services/financial-information/data-standards.html
"""

USUAL_DECIMALS = 2
MOST_AMOUNT = 10**13
"""The greatest amount of an event, in minor units. So sums stay whole numbers of 64 bits."""
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_FOUR = "CLF UYW"
_DECIMALS = {
    currency: decimals
    for currencies, decimals in ((_NONE, 0), (_THREE, 3), (_FOUR, 4))
    for currency in currencies.split()
}


_CODES = (
    "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD "
    "BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP "
    "DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HRK HTG HUF IDR ILS "
    "INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD "
    "MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR "
    "PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SLL SOS "
    "SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW "
    "UZS VED VES VND VUV WST XAD XAF XAG XAU XBA XBB XBC XBD XCD XCG XDR XOF XPD XPF XPT XSU "
    "XTS XUA XXX YER ZAR ZMW ZWG ZWL"
)
CURRENCIES = frozenset(_CODES.split())
"""The currencies of ISO 4217, with those that ended since 2023 and may be in late events."""


def find_money_problem(amount: int, currency: object, most: int = MOST_AMOUNT) -> tuple[str, str]:
    """Finds which of the two is wrong, `amount` or `currency`, and why; two empty texts if none is.

    `amount` is in minor units. An amount may have no currency: None or an empty text.
    """
    if abs(amount) > most:
        return "amount", f"is more than {most} minor units"
    if currency and (not isinstance(currency, str) or currency not in CURRENCIES):
        return "currency", "is no currency of ISO 4217, such as EUR"
    return "", ""


def decimal_places(currency: str) -> int:
    """The decimals of a currency in major units: 2 for EUR, 0 for JPY."""
    return _DECIMALS.get(currency, USUAL_DECIMALS)


def to_major_units(amount: int, currency: str) -> float:
    """Converts minor units: 1250 euro cents are `12.5`."""
    places = decimal_places(currency)
    return round(amount / 10.0**places, places)
