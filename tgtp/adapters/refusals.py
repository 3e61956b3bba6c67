"""What an exchange refuses, by OKX's codes, and why: what people can meet has a sentence of its own, the rest OKX's words.

https://www.okx.com/docs-v5/en/#error-code
"""

from __future__ import annotations

from typing import Final

from tgtp.errors import OrderRefused, Problem

WHY_REFUSED: Final = {
    **dict.fromkeys(("51007", "51020", "51120", "51121"), Problem("problem.refused.size")),
    **dict.fromkeys(("51008", "51119", "51127", "51131"), Problem("problem.refused.funds")),
    **dict.fromkeys(("51022", "51027", "51028", "51029", "51030"), Problem("problem.refused.not_traded")),
    **dict.fromkeys(("51023", "51169"), Problem("problem.refused.nothing")),
    "51065": Problem("problem.refused.name"),
    "51068": Problem("problem.refused.name"),
    "51112": Problem("problem.refused.held"),
    **dict.fromkeys(("51108", "51201", "51202"), Problem("problem.refused.large")),
    "51206": Problem("problem.refused.reverses"),
    "51261": Problem("problem.refused.too_many"),
    "51277": Problem("problem.refused.past_last"),
    "51279": Problem("problem.refused.past_last"),
    "51298": Problem("problem.refused.net_mode"),
    "51299": Problem("problem.refused.too_many"),
    "51300": Problem("problem.refused.past_mark"),
    "51303": Problem("problem.refused.past_mark"),
    "51400": Problem("problem.refused.gone"),
    "51410": Problem("problem.refused.cancelling"),
    "51412": Problem("problem.refused.triggered"),
    "51416": Problem("problem.refused.triggered"),
    "51503": Problem("problem.refused.amended_late"),
    "59302": Problem("problem.refused.margin_bound"),
    "59668": Problem("problem.refused.leverage_bound_cross"),
    "59669": Problem("problem.refused.leverage_bound_isolated"),
}


def refused(code: str, words: str) -> OrderRefused:
    """Return what the exchange refuses by this code, with its own words beside the reason."""
    return OrderRefused(code, words, WHY_REFUSED.get(code) or Problem("problem.refused.words", words=words))
