"""Any text as LaTeX that pdfLaTeX sets with its default fonts and encodings."""

from __future__ import annotations

import unicodedata

SIGNS = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "%": r"\%", "_": r"\_",
    "^": r"\textasciicircum{}", "~": r"\textasciitilde{}", "<": r"\textless{}", ">": r"\textgreater{}",
    "|": r"\textbar{}", '"': "''", "`": r"\textasciigrave{}", "±": r"$\pm$", "×": r"$\times$",
    "·": r"$\cdot$", "−": "$-$", "≤": r"$\leq$", "≥": r"$\geq$", "→": r"$\rightarrow$", "↑": r"$\uparrow$",
    "↓": r"$\downarrow$", "∞": r"$\infty$", "°": r"$^\circ$", "†": r"\textsuperscript{$\dagger$}",
    "§": r"\S{}", "¶": r"\P{}", "‡": r"\textsuperscript{$\ddagger$}", "–": r"\textendash{}", "—": r"\textemdash{}",
    "…": r"\dots{}", "‖": r"$\parallel$",
    "“": "``", "”": "''", "‘": "`",
    "’": "'", "\u00a0": "~", "Δ": r"$\Delta$", "Σ": r"$\Sigma$", "Ω": r"$\Omega$", "α": r"$\alpha$", "β": r"$\beta$",
    "γ": r"$\gamma$", "δ": r"$\delta$", "λ": r"$\lambda$", "μ": r"$\mu$", "µ": r"$\mu$", "π": r"$\pi$",
    "σ": r"$\sigma$", "τ": r"$\tau$", "ß": r"\ss{}", "æ": r"\ae{}", "Æ": r"\AE{}", "ø": r"\o{}", "Ø": r"\O{}",
    "œ": r"\oe{}", "Œ": r"\OE{}", "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}",
}  # fmt: skip
ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u", "\u0307": ".",
    "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0323": "d", "\u0327": "c", "\u0331": "b",
}  # fmt: skip


def escape(text: str) -> str:
    r"""Specials escaped, accented letters composed, everything else outside ASCII as its code point.

    A script that the default fonts lack (Hebrew, Arabic, Chinese) is written as code points in brackets: nothing is
    lost, everything compiles, and nothing that runs from right to left moves its neighbours.

    >>> print(escape("50 % of a_b"), escape("Müller"), escape("שלום"))
    50 \% of a\_b M\"{u}ller [U+05E9 U+05DC U+05D5 U+05DD]
    """
    out: list[str] = []
    unknown: list[str] = []
    for sign in unicodedata.normalize("NFC", text):
        written = _sign(sign)
        if written is None:
            unknown.append(f"U+{ord(sign):04X}")
            continue
        out.append(_brackets(unknown))
        unknown.clear()
        out.append(written)
    # Two hyphens in a row (a command's options) would become a dash.
    return "".join([*out, _brackets(unknown)]).replace("--", "-{}-").replace("--", "-{}-")


def _brackets(unknown: list[str]) -> str:
    return f"[{' '.join(unknown)}]" if unknown else ""


def _sign(sign: str) -> str | None:
    if sign in SIGNS:
        return SIGNS[sign]
    if " " <= sign <= "~":
        return sign
    parts = unicodedata.normalize("NFD", sign)
    if len(parts) == 2 and parts[0].isascii() and parts[1] in ACCENTS:
        base = {"i": r"\i", "j": r"\j"}.get(parts[0], parts[0])
        return f"\\{ACCENTS[parts[1]]}{{{base}}}"
    return None
