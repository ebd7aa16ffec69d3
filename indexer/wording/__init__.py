"""Precedent wording: who has written this sentence, how, how often, when first.

    frames      text -> clauses, in normal form and as frames with slots for names and numbers
    records     what is found: uses, groups, marked sentences, the use of a phrase
    view        the sentence index: clauses by hash, statements by vector; follows the catalogue
    match       how like two wordings are, and the stretch of a text that is likest
    differ      the differences of two texts, character by character
    search      a text -> for each of its sentences the groups of precedents
    draft       sentences with their groups -> set phrase, precedented or new; copied from where
    phrases     how often a phrase is used, over the years and by place

Only the library calls `search` and `phrases`; everything else is pure but the view.
"""
