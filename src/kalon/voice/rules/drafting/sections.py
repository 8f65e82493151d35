"""In which part of a note a statement belongs, and under which label, by what it speaks of."""

# ruff: noqa: E501  (patterns and lists read better on their lines)

import re
from dataclasses import dataclass

SUBJECTIVE, OBJECTIVE, ASSESSMENT, PLAN = "subjective", "objective", "assessment", "plan"
SECTIONS = (SUBJECTIVE, OBJECTIVE, ASSESSMENT, PLAN)


@dataclass(frozen=True)
class Cue:
    """Words that speak for a section, with how much, and the label they bring."""

    section: str
    label: str
    weight: int
    words: re.Pattern[str]


def _cue(section: str, label: str, weight: int, words: str) -> Cue:
    return Cue(section, label, weight, re.compile(rf"\b(?:{words})(?![\w-])"))


I_OR_THEY = r"(?:i|she|he|they|patient|you)"
SYMPTOMS = (
    r"pain\w*|hurts?|hurting|ache\w*|itch\w*|burn(?:s|ing)|swelling|swollen|redness|bleeding|discharge|fever|numb\w*|tingling|"
    r"bruis\w*|headaches?|nausea|vomit\w*|breathless\w*|cough|cold|rash(?:es)?|dry|dryness|oily|pimples?|breakouts?|bumps?|"
    r"tight(?:ness)?|sore|tender|blurr\w*|double vision|weakness|dizz\w*|fall(?:ing)? out|hair ?fall|thinning|lumps?|spots?|dard|"
    r"sujan|khujli|jalan|bukhar"
)
CUES = (
    _cue(SUBJECTIVE, "Complaint", 3, r"i (?:have|had|get|got|feel|felt|want|wanted|would like|don't like|am worried|came|noticed|can't|"
         r"cannot|hate|find|think my|was|used to)|i'm (?:worried|unhappy|here|not happy|having|getting)|i've (?:been|had|noticed)|"
         r"bothers? me|mujhe|meri|mera|mere|complain\w*|brings you|here for|concerned about|came (?:in )?for"),
    _cue(SUBJECTIVE, "Symptoms", 2, SYMPTOMS),
    _cue(SUBJECTIVE, "Medicines taken", 6, r"i (?:used|took|tried|applied|stopped|take|use|am taking|am using|was taking|was using)|"
         r"i'm (?:taking|using)"),
    _cue(SUBJECTIVE, "History", 3, r"since|for the (?:last|past)|ago|started|began|years? (?:old|back)|history|had (?:surgery|an operation|a "
         r"procedure)|in the past|previous(?:ly)?|before (?:this|that)|after (?:my|the) (?:pregnancy|delivery|operation|surgery|"
         r"procedure)|used to|last (?:time|visit|year|month|week)|diabet\w*|hypertens\w*|thyroid|asthma|pregnan\w*|breast ?feeding"),
    _cue(SUBJECTIVE, "Habits", 3, r"smok\w*|cigarettes?|alcohol|drink(?:s|ing)?|exercise\w*|gym|sunscreen every|sleep|diet|work as|my job"),
    _cue(SUBJECTIVE, "Wishes", 3, r"i (?:want|would like|hope|wish|expect|prefer)|my (?:goal|expectation|wedding)|look (?:natural|younger|"
         r"better|tired|fresher)|chahiye|chahti|chahta"),
    _cue(OBJECTIVE, "Vital signs", 5, r"blood pressure|bp|pulse(?: rate)?|heart rate|temperature|saturation|spo2|respiratory rate|afebrile|"
         r"weighs?|weight is|height is|bmi"),
    _cue(OBJECTIVE, "Measurements", 4, r"\d+(?:\.\d+)? (?:cm|centimet\w+|mm|millimet\w+|cc|degrees?)|measur\w+|notch to nipple|base width"),
    _cue(OBJECTIVE, "Examination", 4, r"on examination|examin\w+|i (?:can )?(?:see|feel|notice|find) (?:a|an|some|the|no|mild|that|your)|"
         r"looking at|palpat\w+|(?:wound|scar|incision|suture line|stitches|flap|graft|skin|swelling|bruising|nipple|nose|lid|lids|septum|"
         r"area|implants?) (?:is|are|looks?|has|have|shows?|appears?)|no (?:tenderness|collection|signs? of|discharge|erythema)|"
         r"tender(?:ness)? (?:on|over|to)|symmetr\w+|clean and dry|healing well|well healed|erythema\w*|fluctuan\w*|laxity|"
         r"(?:open|close|raise|turn|lift|squeeze|smile|frown) (?:your|for me)"),
    _cue(ASSESSMENT, "Assessment", 5, r"diagnos\w+|impression|consistent with|suggest(?:s|ive)|suspect\w*|most likely|in my opinion|"
         r"i think (?:this|it|you|that|we|the)|looks like|this is|it is a|it's a|you have (?:a |an |some )?(?:mild|moderate|severe|grade|"
         r"type|early|deep|\w+ skin|thick|thin|good|loose)|(?:good|poor|suitable|ideal) candidate|as expected|is normal|normal for|"
         r"no (?:signs? of )?infection|grade \w+|type \w+ skin|fitzpatrick|recovering well|healing (?:well|nicely)|happy with (?:the|your)"),
    _cue(PLAN, "Procedure", 5, r"we (?:will|can|would|should|could|are going to) (?:do|plan|inject|use|perform|operate|remove|place|treat|"
         r"start|go|schedule|book|offer|combine|correct|begin)|i(?:'ll| will|'d| would) (?:recommend|suggest|advise|plan|inject|use|do|"
         r"perform|place|remove|start|like to)|surgery (?:will|takes|is planned|under)|sessions?|sittings?|units? (?:of|in|into|to|on "
         r"each)|syringes?|ml of|general anaesthe\w+|local anaesthe\w+|plan(?:ned)? (?:is|for|a|an)|proceed|go ahead|consent|quote|"
         r"estimate"),
    _cue(PLAN, "Medicines", 5, r"prescrib\w+|tablets?|capsules?|antibiotics?|pain ?killers?|ointment|cream|gel|drops|take (?:it|this|one|1|the|"
         r"paracetamol)|apply|twice (?:a day|daily)|times a day|after (?:food|meals)|before (?:food|meals)|mg|goli"),
    _cue(PLAN, "Advice", 4, r"avoid|don't|do not|please|make sure|keep (?:it|the|your)|you (?:should|must|need to|can|may|will need)|wear|"
         r"sunscreen|sun screen|no (?:smoking|lifting|gym|exercise|sun)|rest|ice|compress\w*|garment|sleep (?:with|on)|drink plenty|call "
         r"(?:us|me|the clinic)|come (?:straight|immediately)|stop (?:the |taking |smoking|your )?|wash|massage|elevat\w+"),
    _cue(PLAN, "Investigations", 5, r"blood (?:test|tests|work)|x ?-?ray|ultrasound|mri|ct scan|ecg|biopsy|swab|culture|mammogram|lab|"
         r"haemoglobin|hemoglobin|fitness|anaesthetist"),
    _cue(PLAN, "Follow-up", 6, r"come back|see you (?:in|after|again|next|on)|follow ?-? ?up|review (?:you )?(?:in|after|at)|next (?:visit|"
         r"appointment|session|sitting)|(?:stitches|sutures) (?:come out|will be removed|out|removal)|check ?up|revisit"),
    _cue(PLAN, "Discussed", 4, r"risks?|complications?|side effects?|explain\w*|understand|results? (?:last|show|take)|recovery|downtime|"
         r"swelling (?:will|goes|settles)|lasts|costs?"),
)  # fmt: skip
CHAT = re.compile(
    r"^(?:(?:good (?:morning|afternoon|evening)|hello|hi|namaste|thank you|thanks|bye|take care|see you|nice to (?:see|meet) you(?: again)?|"
    r"how are you(?: today| doing)?|please (?:sit|come in|have a seat)|have a seat|sit down|any (?:other )?questions|okay|ok|sure|alright|"
    r"right|perfect|great|mm|hmm|that's (?:good|great|fine)|very good|no problem|of course|i see|let me (?:see|have a look|look)|"
    r"doctor|sir|madam|ma'am|yes|no|yeah|haan|ji|so|and|you're welcome|very much|today|let's see)\s*)+$"
)
TALK = re.compile(
    r"\b(?:can you hear me|is (?:this|it) recording|traffic|the weather|parking|how was your|cup of (?:tea|coffee)|holiday)\b"
)
NEGATIVE = re.compile(
    r"\b(?:no|not|never|don't|doesn't|didn't|haven't|denies|without|nahi|nahin)\b.*\b(?:fever|pain|bleeding|discharge|allerg\w*|smok\w*|"
    r"swelling|redness|numbness|itching|vision|breathless\w*|diabetes|surgery|operation|medicines?|tablets?|pregnan\w*|infection|drink|"
    r"alcohol|problems?|nausea|vomiting|asthma|headaches?|thyroid|dard|bukhar)\b"
)


def placed(plain: str) -> tuple[str, str] | None:
    """The section and label of what was said; None where it is talk."""
    if CHAT.match(plain) or TALK.search(plain):
        return None
    weights = dict.fromkeys(SECTIONS, 0)
    labels: dict[str, tuple[int, str]] = {}
    for cue in CUES:
        if cue.words.search(plain):
            weights[cue.section] += cue.weight
            if cue.weight > labels.get(cue.section, (0, ""))[0]:
                labels[cue.section] = (cue.weight, cue.label)
    section = max(SECTIONS, key=lambda one: weights[one])
    if not weights[section]:
        return None
    label = labels[section][1]
    if section == SUBJECTIVE and NEGATIVE.search(plain):
        label = "Denied"
    return section, label
