"""How words of people are compared: "São José" and "sao jose" are the same."""

import unicodedata


def fold_letters(words: str) -> str:
    """Without case and accents; other alphabets stay as they are."""
    decomposed = unicodedata.normalize("NFKD", words.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
