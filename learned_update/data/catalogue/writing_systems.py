"""Writing systems: which characters belong together, and which are held out."""

import difflib
import re
import unicodedata

from learned_update.errors import invalid

_MARKS = (
    "ACUTE|BREVE|CARON|CEDILLA|CIRCUMFLEX|DIAERESIS|DOT ABOVE|DOT BELOW|GRAVE|"
    "LINE BELOW|MACRON|OGONEK|RING ABOVE|TILDE"
)
_STROKES = "BAR|BELT|CURL|HOOK|LEG|LOOP|STROKE|SWASH TAIL|TAIL|TOPBAR"

# Scripts that rules are meta-trained on: patterns of the Unicode names.
_META_TRAIN = {
    "apl": r"APL FUNCTIONAL SYMBOL .*",
    "arabic": r"ARABIC LETTER (?!.*FORM).*",
    "arabic_final": r"ARABIC LETTER .* FINAL FORM",
    "arabic_initial": r"ARABIC LETTER .* INITIAL FORM",
    "arabic_medial": r"ARABIC LETTER .* MEDIAL FORM",
    "arrows": r"(?!COMBINING|MODIFIER).*ARROW.*",
    "box_drawing": r"BOX DRAWINGS .*",
    "braille": r"BRAILLE PATTERN DOTS-[1-6]+",
    "canadian": r"CANADIAN SYLLABICS (?!.*(CARRIER|CREE|FINAL)).*[AEIOU]",
    "canadian_cree": r"CANADIAN SYLLABICS .*CREE.*",
    "cyrillic": r"CYRILLIC SMALL LETTER (?!.*WITH).*",
    "cyrillic_capital": r"CYRILLIC CAPITAL LETTER (?!.*WITH).*",
    "cyrillic_capital_marked": r"CYRILLIC CAPITAL LETTER .* WITH .*",
    "cyrillic_marked": r"CYRILLIC SMALL LETTER .* WITH .*",
    "double_struck": r"(MATHEMATICAL )?DOUBLE-STRUCK .*SMALL .*",
    "double_struck_capital": r"(MATHEMATICAL )?DOUBLE-STRUCK .*CAPITAL .*",
    "greek": r"GREEK SMALL LETTER (?!.*WITH).*",
    "greek_capital": r"GREEK CAPITAL LETTER (?!.*WITH).*",
    "latin": r"LATIN SMALL LETTER [A-Z]",
    "latin_accented": rf"LATIN SMALL LETTER [A-Z] WITH ({_MARKS})",
    "latin_capital": r"LATIN CAPITAL LETTER [A-Z]",
    "latin_capital_hooked": rf"LATIN CAPITAL LETTER .* WITH (.* )?({_STROKES})",
    "latin_hooked": rf"LATIN SMALL LETTER .* WITH (.* )?({_STROKES})",
    "latin_phonetic": r"LATIN (SMALL )?LETTER (?!.*(CAPITAL|WITH))[A-Z ]{2,}",
    "latin_small_capital": r"LATIN LETTER SMALL CAPITAL .*",
    "lisu": r"LISU LETTER .*",
    "math_italic": r"MATHEMATICAL ITALIC SMALL .*",
    "math_italic_capital": r"MATHEMATICAL ITALIC CAPITAL .*",
    "old_italic": r"OLD ITALIC .*",
    "relations": r".*(LESS-THAN|GREATER-THAN|PRECEDES|SUCCEEDS|SUBSET|SUPERSET).*",
    "shapes": r"(BLACK|WHITE) .*",
}

# Scripts that no rule is meta-trained on.
_HELD_OUT = {
    "armenian": r"ARMENIAN SMALL LETTER .*",
    "armenian_capital": r"ARMENIAN CAPITAL LETTER .*",
    "georgian": r"GEORGIAN LETTER .*",
    "georgian_capital": r"GEORGIAN CAPITAL LETTER .*",
    "hebrew": r"HEBREW LETTER (?!.*(ALTERNATIVE|WIDE|WITH|YIDDISH)).*",
    "lao": r"LAO (?!CANCELLATION|ELLIPSIS|SIGN).*",
}

# Characters of held-out scripts that look like one of a meta-training script: left out.
_LOOKALIKES = frozenset(
    "աբիլհղյոպստցւփօ"  # Armenian
    "ԱԼՈՍՏՐՑՕՓ"
    "ႹႺ"  # Georgian
    "וחיכן"  # Hebrew
    "ອ໐"  # Lao
)

_PATTERNS = {**_META_TRAIN, **_HELD_OUT}
META_TRAIN_SCRIPTS = tuple(_META_TRAIN)
HELD_OUT_SCRIPTS = tuple(_HELD_OUT)


def script_characters(script, available):
    """The characters of a script, in the order of their code points.

    Args:
        script: one of `META_TRAIN_SCRIPTS` and `HELD_OUT_SCRIPTS`.
        available: characters to choose from.

    Returns:
        A tuple of characters.

    Raises:
        ValueError: if there is no such script.
    """
    if script not in _PATTERNS:
        near = difflib.get_close_matches(str(script), _PATTERNS) or sorted(_PATTERNS)
        raise invalid(
            f"There is no script {script!r}.",
            expected="a name in META_TRAIN_SCRIPTS or HELD_OUT_SCRIPTS",
            received=f"script={script!r}",
            remedy=f"Near names: {', '.join(near)}.",
        )
    matches = re.compile(_PATTERNS[script]).fullmatch
    return tuple(
        character
        for character in sorted(available)
        if unicodedata.category(character)[0] in "LNS"  # letters, numbers, symbols
        and character not in _LOOKALIKES
        and matches(unicodedata.name(character, ""))
    )
