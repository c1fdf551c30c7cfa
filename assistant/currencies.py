"""ISO 4217 as data: the active currencies with their decimals, and the signs that sites print for them.

Decimals are the minor units of ISO 4217 list one as published on 2026-01-01, with which they were compared (BGN, ANG,
ZWL, CUC and HRK are gone; SLE, VED, XCG, ZWG and XAD are in). Left out are the codes without a minor unit, in which
nobody is paid: gold (XAU), silver (XAG), platinum (XPT), palladium (XPD), the bond market units (XBA, XBB, XBC, XBD),
XDR, XSU, XUA, XTS and XXX.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_BY_DECIMALS: Final = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    2: (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW "
        "CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF "
        "IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK "
        "MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP "
        "SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XAD XCD XCG "
        "YER ZAR ZMW ZWG"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}

DECIMALS: Final[Mapping[str, int]] = MappingProxyType(
    {code: decimals for decimals, codes in _BY_DECIMALS.items() for code in codes.split()}
)
"""Code -> number of decimals, for every active currency."""

_DOLLARS = (
    "USD ARS AUD BBD BMD BND BSD BZD CAD CLP COP CUP CVE DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD "
    "UYU XCD"
)

_SIGNS: Final = {
    "$": _DOLLARS, "US$": "USD", "U$": "USD", "A$": "AUD", "AU$": "AUD", "C$": "CAD NIO", "CA$": "CAD", "CAD$": "CAD",
    "NZ$": "NZD", "S$": "SGD", "SG$": "SGD", "HK$": "HKD", "MX$": "MXN", "Mex$": "MXN", "NT$": "TWD", "R$": "BRL",
    "AR$": "ARS", "CL$": "CLP", "CO$": "COP", "COL$": "COP", "J$": "JMD", "RD$": "DOP", "TT$": "TTD", "BZ$": "BZD",
    "€": "EUR",
    "£": "GBP EGP FKP GIP LBP SDG SHP SSP SYP", "UK£": "GBP", "E£": "EGP", "LE": "EGP",
    "¥": "CNY JPY", "CN¥": "CNY", "JP¥": "JPY", "RMB": "CNY", "元": "CNY", "円": "JPY",
    "₹": "INR", "Rs": "INR LKR MUR NPR PKR SCR", "Rs.": "INR LKR MUR NPR PKR SCR", "₨": "INR LKR MUR NPR PKR SCR",
    "৳": "BDT", "Tk": "BDT",
    "kr": "DKK ISK NOK SEK", "kr.": "DKK ISK NOK SEK", "zł": "PLN", "Kč": "CZK", "Ft": "HUF", "lei": "MDL RON",
    "Fr.": "CHF", "SFr.": "CHF", "₽": "RUB", "₴": "UAH", "₺": "TRY", "₾": "GEL", "₼": "AZN", "₸": "KZT", "֏": "AMD",
    "₩": "KPW KRW", "₱": "PHP", "₫": "VND", "฿": "THB", "₪": "ILS", "₮": "MNT", "₭": "LAK", "៛": "KHR",
    "RM": "MYR", "Rp": "IDR", "Rp.": "IDR", "S/": "PEN", "S/.": "PEN", "₡": "CRC SVC", "₲": "PYG", "Gs.": "PYG",
    "R": "ZAR", "₦": "NGN", "₵": "GHS", "GH₵": "GHS", "KSh": "KES", "KES.": "KES", "TSh": "TZS", "USh": "UGX",
    "DH": "AED MAD", "Dhs": "AED MAD", "Dhs.": "AED MAD", "SR": "SAR SCR", "Br": "BYN ETB", "Bs": "BOB VES",
    "Bs.": "BOB VES", "Q": "GTQ", "L": "HNL", "FCFA": "XAF XOF", "CFA": "XAF XOF",
}  # fmt: skip

SIGNS: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {sign: frozenset(codes.split()) for sign, codes in _SIGNS.items()}
)
"""Sign -> every currency that is written with it. A sign of several says nothing by itself."""

USUAL: Final[Mapping[str, str]] = MappingProxyType({"£": "GBP", "₩": "KRW", "₡": "CRC"})
"""Signs of several currencies of which only one is ever meant on a freelance platform."""
