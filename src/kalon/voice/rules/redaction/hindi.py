"""Numbers as Hindi says them, in its own script and in Latin letters, and English digits as Devanagari writes them.

Hindi has a word of its own for each number up to ninety-nine; a phone number is said in them, too.
"""
# ruff: noqa: E501  (tables of words read better on their lines)

DIGITS_LATIN = {
    "shunya": "0", "sifar": "0", "ek": "1", "do": "2", "teen": "3", "tin": "3", "char": "4", "chaar": "4",
    "paanch": "5", "panch": "5", "paach": "5", "chhe": "6", "chhah": "6", "chah": "6", "chhai": "6", "che": "6",
    "saat": "7", "sat": "7", "aath": "8", "ath": "8", "aat": "8", "nau": "9",
}  # fmt: skip
_DIGITS = """
0 शून्य सिफर सिफ़र ज़ीरो ओ
1 एक वन
2 दो टू
3 तीन थ्री
4 चार फोर
5 पांच फाइव
6 छह छः छे छ सिक्स
7 सात सेवन
8 आठ एट ऐट
9 नौ नाइन
"""
_PAIRS = """
10 दस das|11 ग्यारह gyarah gyaarah|12 बारह barah baarah|13 तेरह terah|14 चौदह chaudah|15 पंद्रह पन्द्रह pandrah
16 सोलह solah|17 सत्रह satrah|18 अठारह अट्ठारह atharah atthaarah|19 उन्नीस unnis unnees|20 बीस bees|21 इक्कीस ikkis ikkees
22 बाईस बाइस bais baais|23 तेईस तेइस teis|24 चौबीस chaubis chaubees|25 पच्चीस pachis pachchis|26 छब्बीस chhabbis chabbis
27 सत्ताईस सत्ताइस sattais|28 अट्ठाईस अट्ठाइस अठाईस atthais athais|29 उनतीस उन्तीस untis|30 तीस tees|31 इकतीस इकत्तीस iktis ikattis
32 बत्तीस battis|33 तैंतीस तेंतीस taintis|34 चौंतीस chauntis|35 पैंतीस paintis|36 छत्तीस chhattis chattis|37 सैंतीस saintis
38 अड़तीस adtis artis|39 उनतालीस उन्तालीस untalis|40 चालीस chalis chaalis|41 इकतालीस iktalis|42 बयालीस बियालीस bayalis
43 तैंतालीस तेंतालीस taintalis|44 चौवालीस चवालीस chauvalis chavalis|45 पैंतालीस paintalis|46 छियालीस chhiyalis|47 सैंतालीस saintalis
48 अड़तालीस adtalis|49 उनचास उन्चास unchas|50 पचास pachas pachaas|51 इक्यावन ikyavan|52 बावन bavan baavan|53 तिरपन तिरेपन tirpan
54 चौवन चव्वन chauvan|55 पचपन pachpan|56 छप्पन chhappan chappan|57 सत्तावन sattavan|58 अट्ठावन अठावन atthavan athavan|59 उनसठ unsath
60 साठ saath|61 इकसठ iksath|62 बासठ basath baasath|63 तिरसठ तिरेसठ tirsath|64 चौंसठ चौसठ chaunsath chausath|65 पैंसठ painsath
66 छियासठ chhiyasath|67 सड़सठ सरसठ sadsath sarsath|68 अड़सठ adsath|69 उनहत्तर unhattar|70 सत्तर sattar|71 इकहत्तर ikhattar
72 बहत्तर bahattar|73 तिहत्तर tihattar|74 चौहत्तर chauhattar|75 पचहत्तर pachhattar|76 छिहत्तर chhihattar|77 सतहत्तर satahattar sathattar
78 अठहत्तर athhattar athattar|79 उन्यासी उनासी unyasi unasi|80 अस्सी assi|81 इक्यासी ikyasi|82 बयासी bayasi|83 तिरासी tirasi
84 चौरासी chaurasi|85 पचासी pachasi|86 छियासी chhiyasi|87 सत्तासी सतासी sattasi|88 अट्ठासी अठासी atthasi athasi|89 नवासी navasi
90 नब्बे nabbe|91 इक्यानवे इक्यानबे ikyanve|92 बानवे बानबे banve baanve|93 तिरानवे तिरानबे tiranve|94 चौरानवे चौरानबे chauranve
95 पचानवे पंचानवे पचानबे pachanve|96 छियानवे छियानबे chhiyanve|97 सत्तानवे सतानवे सत्तानबे sattanve|98 अट्ठानवे अठानवे अट्ठानबे atthanve athanve
99 निन्यानवे निन्यानबे ninyanve
"""
_TIMES = {"डबल": 2, "दोबार": 2, "ट्रिपल": 3, "तिबारा": 3}
UNSURE = frozenset({"das", "bees", "tees", "saath", "chalis", "assi", "artis", "bais", "ओ", "छ", "वन", "एट", "फोर"})


def plain(word: str) -> str:
    """A word of Devanagari in one spelling: no dots below, one sign for what is said through the nose."""
    return word.replace("\u093c", "").replace("ँ", "ं")


def _read(table: str) -> dict[str, str]:
    rows = (row.split() for row in table.replace("|", "\n").strip().splitlines())
    return {plain(word): number for number, *words in rows for word in words}


DIGITS, PAIRS = _read(_DIGITS), _read(_PAIRS)
TIMES = {plain(word): times for word, times in _TIMES.items()}
