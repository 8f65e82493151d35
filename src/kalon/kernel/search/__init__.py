"""Finding people whose names stand encrypted: keyed tokens in an array, a few candidates, an exact ranking.

    patient.search_tokens = sorted(
        name_tokens([given, family], organization_id=org) | phone_tokens(phone, organization_id=org) | …)
    query = parse_query("mira nayar", organization_id=org)
    for id in candidates(query): …                       # the reviewed function of the database
    rank(query, [Candidate(key=patient, names=(…), …)])  # over the decrypted names

What the tokens give away: nobody without the index key can read one, but equal names have equal tokens, so a
copy of the table shows how often each occurs. Two organisations, and two fields, never share a token.
"""

from kalon.kernel.search.matching import Candidate, Ranked, rank
from kalon.kernel.search.queries import MOST, Query, Step, parse_query, parsed_dates
from kalon.kernel.search.sql import CANDIDATES_SQL, CANDIDATES_SQL_BACK, candidates
from kalon.kernel.search.tokens import date_tokens, mrn_tokens, name_tokens, phone_tokens
from kalon.kernel.search.words import fold, normalize, skeleton, sounds, words

__all__ = [
    "CANDIDATES_SQL",
    "CANDIDATES_SQL_BACK",
    "MOST",
    "Candidate",
    "Query",
    "Ranked",
    "Step",
    "candidates",
    "date_tokens",
    "fold",
    "mrn_tokens",
    "name_tokens",
    "normalize",
    "parse_query",
    "parsed_dates",
    "phone_tokens",
    "rank",
    "skeleton",
    "sounds",
    "words",
]
