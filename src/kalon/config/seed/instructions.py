"""What patients of the demonstration are told before and after, in four languages, and the lists of who does what.

Written for the demonstration in our own words, to be reviewed before clinical use; the translations are to be read by a
native speaker. Fasting after the Practice Guidelines for Preoperative Fasting (American Society of Anesthesiologists,
2017 and 2023); smoking, escort and when to call after patient advice of the NHS (nhs.uk, Having an operation).
"""

from typing import Any
from uuid import UUID

from kalon.catalog import actions
from kalon.catalog import queries as catalog
from kalon.catalog.actions import ToDo
from kalon.config.seed.clinic import Place
from kalon.kernel.tenancy import acting_as
from kalon.people import queries as people
from kalon.plans import actions as plans
from kalon.plans.models import ListItem
from kalon.theatre import actions as theatre

SOURCE = "ASA fasting guidelines 2017/2023 and NHS patient advice, in our own words. Review before clinical use."
BEFORE = {
    "en": """Four weeks before: stop smoking.
Two weeks before: tell us every medicine and herb that you take. Stop only what we tell you to stop.
Six hours before: no more food. Clear water until two hours before.
On the day: wash with soap. No cream, make-up, nail polish, jewellery or contact lenses.
Bring your papers, and somebody who takes you home and stays the night.""",
    "hi": """चार सप्ताह पहले: धूम्रपान बंद करें।
दो सप्ताह पहले: हर दवा और जड़ी-बूटी के बारे में बताएँ। केवल वही बंद करें जो हम कहें।
छह घंटे पहले: खाना बंद। साफ़ पानी दो घंटे पहले तक।
उस दिन: साबुन से नहाएँ। क्रीम, मेकअप, नेल पॉलिश, गहने और लेंस नहीं।
अपने काग़ज़ लाएँ, और किसी को साथ लाएँ जो घर ले जाए और रात भर साथ रहे।""",
    "ar": """قبل أربعة أسابيع: توقّف عن التدخين.
قبل أسبوعين: أخبرنا بكل دواء وعشبة تتناولها. لا توقف إلا ما نطلب منك إيقافه.
قبل ست ساعات: لا طعام. الماء الصافي مسموح حتى ساعتين قبل العملية.
في اليوم نفسه: اغتسل بالصابون. بلا كريم أو مكياج أو طلاء أظافر أو حليّ أو عدسات لاصقة.
أحضر أوراقك، ومن يرافقك إلى البيت ويبقى معك ليلًا.""",
    "ml": """നാല് ആഴ്ച മുമ്പ്: പുകവലി നിർത്തുക.
രണ്ട് ആഴ്ച മുമ്പ്: കഴിക്കുന്ന എല്ലാ മരുന്നും പച്ചമരുന്നും പറയുക. ഞങ്ങൾ പറയുന്നതു മാത്രം നിർത്തുക.
ആറു മണിക്കൂർ മുമ്പ്: ഭക്ഷണം നിർത്തുക. തെളിഞ്ഞ വെള്ളം രണ്ടു മണിക്കൂർ മുമ്പു വരെ.
അന്ന്: സോപ്പിട്ടു കുളിക്കുക. ക്രീം, മേക്കപ്പ്, നെയിൽ പോളിഷ്, ആഭരണം, ലെൻസ് എന്നിവ വേണ്ട.
രേഖകൾ കൊണ്ടുവരിക; വീട്ടിൽ എത്തിക്കാനും രാത്രി കൂടെ നിൽക്കാനും ഒരാളെ കൂട്ടുക.""",
}
AFTER = {
    "en": """Rest today with your head raised. Somebody stays with you tonight.
Take the medicines as they are written on the prescription. No aspirin unless we say so.
For 24 hours do not drive, drink alcohol or sign anything important.
Call us at once: bleeding that does not stop after ten minutes of pressing, fever over 38.5 °C, pain that grows,
one side much larger than the other, short breath, pain in the calf.""",
    "hi": """आज सिर ऊँचा रखकर आराम करें। रात को कोई आपके साथ रहे।
दवाएँ पर्चे के अनुसार लें। हमारे कहे बिना एस्पिरिन न लें।
24 घंटे तक गाड़ी न चलाएँ, शराब न पिएँ, कोई ज़रूरी काग़ज़ न लिखें।
तुरंत फ़ोन करें: दस मिनट दबाने पर भी न रुकने वाला ख़ून, 38.5 °C से अधिक बुख़ार, बढ़ता दर्द,
एक ओर बहुत अधिक सूजन, साँस फूलना, पिंडली में दर्द।""",
    "ar": """استرح اليوم ورأسك مرفوع. ليبقَ أحد معك الليلة.
تناول الأدوية كما في الوصفة. لا أسبرين إلا إذا قلنا ذلك.
لمدة 24 ساعة: لا تقُد سيارة ولا تشرب كحولًا ولا توقّع شيئًا مهمًا.
اتصل بنا فورًا: نزيف لا يتوقف بعد عشر دقائق من الضغط، حرارة فوق 38.5، ألم يزداد،
جانب أكبر بكثير من الآخر، ضيق في التنفس، ألم في الساق.""",
    "ml": """ഇന്ന് തല ഉയർത്തി വിശ്രമിക്കുക. രാത്രി ആരെങ്കിലും കൂടെ നിൽക്കണം.
മരുന്നുകൾ കുറിപ്പടി പ്രകാരം കഴിക്കുക. ഞങ്ങൾ പറയാതെ ആസ്പിരിൻ കഴിക്കരുത്.
24 മണിക്കൂർ വണ്ടി ഓടിക്കരുത്, മദ്യം കഴിക്കരുത്, പ്രധാന രേഖകളിൽ ഒപ്പിടരുത്.
ഉടൻ വിളിക്കുക: പത്തു മിനിറ്റ് അമർത്തിയിട്ടും നിലയ്ക്കാത്ത രക്തം, 38.5 °C-ൽ കൂടുതൽ പനി, കൂടുന്ന വേദന,
ഒരു വശം മറ്റേതിനെക്കാൾ വളരെ വലുതാകൽ, ശ്വാസംമുട്ടൽ, കണങ്കാലിനു മുകളിൽ വേദന.""",
}
WEEKS = {
    "RHINOPLASTY": {
        "en": """Keep the splint dry until we take it off. Do not blow your nose for two weeks.
No glasses on the nose for four weeks. No sport for three weeks, no ball games for six.""",
        "hi": """स्प्लिंट को सूखा रखें, जब तक हम न हटाएँ। दो सप्ताह नाक न छिनकें।
चार सप्ताह नाक पर चश्मा नहीं। तीन सप्ताह व्यायाम नहीं, छह सप्ताह गेंद के खेल नहीं।""",
        "ar": """أبقِ الجبيرة جافة حتى ننزعها. لا تتمخّط لمدة أسبوعين.
لا نظارة على الأنف أربعة أسابيع. لا رياضة ثلاثة أسابيع، ولا ألعاب كرة ستة أسابيع.""",
        "ml": """സ്പ്ലിന്റ് ഞങ്ങൾ മാറ്റുന്നതു വരെ നനയരുത്. രണ്ട് ആഴ്ച മൂക്കു ചീറ്റരുത്.
നാല് ആഴ്ച മൂക്കിൽ കണ്ണട വേണ്ട. മൂന്ന് ആഴ്ച വ്യായാമം വേണ്ട, ആറ് ആഴ്ച പന്തുകളി വേണ്ട.""",
    },
    "BLEPHAROPLASTY": {
        "en": """Cool compresses for two days, ten minutes in each hour. No contact lenses for two weeks.
No eye make-up until the stitches are out. Call at once when you see less than before.""",
        "hi": """दो दिन ठंडी सिकाई, हर घंटे दस मिनट। दो सप्ताह लेंस नहीं।
टाँके निकलने तक आँखों का मेकअप नहीं। कम दिखाई दे तो तुरंत फ़ोन करें।""",
        "ar": """كمادات باردة ليومين، عشر دقائق كل ساعة. لا عدسات لاصقة لمدة أسبوعين.
لا مكياج للعين حتى تُزال الغرز. اتصل فورًا إذا ضعف بصرك.""",
        "ml": """രണ്ടു ദിവസം തണുത്ത തുണി വയ്ക്കുക, മണിക്കൂറിൽ പത്തു മിനിറ്റ്. രണ്ട് ആഴ്ച ലെൻസ് വേണ്ട.
തുന്നൽ എടുക്കുന്നതു വരെ കണ്ണിൽ മേക്കപ്പ് വേണ്ട. കാഴ്ച കുറഞ്ഞാൽ ഉടൻ വിളിക്കുക.""",
    },
    "BREAST-AUG": {
        "en": """Wear the bra day and night for six weeks. Sleep on your back.
For three weeks lift nothing over five kilograms, and no arm above the shoulder.""",
        "hi": """छह सप्ताह दिन-रात ब्रा पहनें। पीठ के बल सोएँ।
तीन सप्ताह पाँच किलो से अधिक न उठाएँ, बाँह कंधे से ऊपर नहीं।""",
        "ar": """ارتدي الصدرية ليلًا ونهارًا ستة أسابيع. نامي على ظهرك.
لثلاثة أسابيع لا ترفعي أكثر من خمسة كيلوغرامات، ولا ذراعًا فوق الكتف.""",
        "ml": """ആറ് ആഴ്ച രാവും പകലും ബ്രാ ധരിക്കുക. മലർന്നു കിടക്കുക.
മൂന്ന് ആഴ്ച അഞ്ചു കിലോയിൽ കൂടുതൽ എടുക്കരുത്, കൈ തോളിനു മുകളിൽ ഉയർത്തരുത്.""",
    },
}
PRP = {
    "PRE_OP": {
        "en": "Wash your hair in the morning, no spray or gel. Eat and drink before you come.",
        "hi": "सुबह बाल धोएँ, स्प्रे या जेल नहीं। आने से पहले खाएँ-पिएँ।",
        "ar": "اغسل شعرك صباحًا، بلا رذاذ أو جل. كُل واشرب قبل أن تأتي.",
        "ml": "രാവിലെ മുടി കഴുകുക, സ്പ്രേയോ ജെല്ലോ വേണ്ട. വരുന്നതിനു മുമ്പ് ഭക്ഷണം കഴിക്കുക.",
    },
    "POST_OP": {
        "en": """Do not wash your hair until tomorrow. No sun, sauna or sport for two days.
Paracetamol when it hurts; no ibuprofen for three days. Call us when it becomes red, hot or wet.""",
        "hi": """कल तक बाल न धोएँ। दो दिन धूप, सॉना और व्यायाम नहीं।
दर्द हो तो पैरासिटामोल; तीन दिन आइबुप्रोफ़ेन नहीं। लाल, गर्म या गीला हो तो फ़ोन करें।""",
        "ar": """لا تغسل شعرك حتى الغد. لا شمس ولا ساونا ولا رياضة ليومين.
باراسيتامول عند الألم؛ لا إيبوبروفين ثلاثة أيام. اتصل إذا احمرّ أو سخن أو سال.""",
        "ml": """നാളെ വരെ മുടി കഴുകരുത്. രണ്ടു ദിവസം വെയിൽ, സോണ, വ്യായാമം വേണ്ട.
വേദനയ്ക്ക് പാരസെറ്റമോൾ; മൂന്നു ദിവസം ഐബുപ്രോഫെൻ വേണ്ട. ചുവപ്പോ ചൂടോ നീരൊലിപ്പോ വന്നാൽ വിളിക്കുക.""",
    },
}
OF_EVERY_OPERATION = (
    ToDo("Stopped smoking four weeks ago, or never smoked", "BEFORE", "PATIENT"),
    ToDo("Somebody is found who stays the first night", "BEFORE", "PATIENT"),
    ToDo("Washed with soap; hair, face and hands are clean", "DAY_OF", "NURSE"),
    ToDo("Jewellery, nail polish, lenses and dentures are off", "DAY_OF", "NURSE"),
    ToDo("Drank and kept it down, passed urine, walks safely", "AFTER", "NURSE"),
    ToDo("Dressing is dry, sides compared", "AFTER", "NURSE"),
    ToDo("Holds the instructions, the medicines and the emergency number", "AFTER", "NURSE"),
    ToDo("A call for tomorrow morning is agreed", "AFTER", "DESK", is_required=False),
)
BESIDES = {
    "BREAST-AUG": (ToDo("Support bra is fitted and brought", "BEFORE", "NURSE"),),
    "BLEPHAROPLASTY": (ToDo("Eye pressure and dry eyes were asked about", "BEFORE", "DOCTOR"),),
}


CARDS: dict[str, dict[str, Any]] = {
    "BREAST-AUG": {
        "minutes": 60, "anaesthesia": "GENERAL",
        "position": "Supine, arms at 80 degrees, heels padded, warm air; tested sitting up before draping.",
        "room_setup": "Headlight, lit retractor, mirror at the foot end.",
        "instruments": "Breast set, lit retractor, two skin hooks, fine needle holder.",
        "sutures": "Absorbable 2-0 for the fold, 3-0 and 4-0 under the skin.",
        "drugs": "Antibiotic within the hour before; infiltration drawn up; irrigation warm.",
        "implants": "Sizers 275 to 325 cc on the table; opened last, gloves changed, touched once.",
        "dressing": "Paper strips, support bra.", "notes": "Sits the patient up before closing.",
    },
    "BLEPHAROPLASTY": {
        "minutes": 60, "anaesthesia": "GENERAL", "position": "Supine, head raised by 15 degrees, both eyes free.",
        "room_setup": "Loupes; bipolar on low; no oxygen under the drapes while it is used.",
        "instruments": "Eyelid set, calipers, corneal shields.", "sutures": "Non-absorbable 6-0 for the skin.",
        "drugs": "Local anaesthetic with adrenaline, buffered; lubricating drops.",
        "dressing": "Ointment, cool compresses.",
    },
}  # fmt: skip


def tell(place: Place) -> None:
    """Write what patients are told, and the lists, for the procedures of the demonstration."""
    by = place.by["owner"]
    with acting_as(by):
        found = {one.code: one.pk for one in catalog.procedures(seen_by=by)}
    for code, weeks in WEEKS.items():
        for kind, texts in (("PRE_OP", BEFORE), ("POST_OP", AFTER), ("AFTERCARE", weeks)):
            _write(found[code], kind, texts, place)
        actions.write_checklist(found[code], (*BESIDES.get(code, ()), *OF_EVERY_OPERATION), SOURCE, by=by)
    with acting_as(place.system):
        surgeon = people.staff_of(place.by["surgeon"])
    assert surgeon is not None
    for code, card in CARDS.items():
        theatre.write_card(found[code], surgeon.pk, card, by=place.by["surgeon"])
    for kind, texts in PRP.items():
        _write(found["PRP-HAIR"], kind, texts, place)


def _write(pk: object, kind: str, texts: dict[str, str], place: Place) -> None:
    for language, text in texts.items():
        actions.write_instructions(pk, kind, language, text, SOURCE, by=place.by["owner"])  # type: ignore[arg-type]


def tick(place: Place, plan_id: UUID, moment: str) -> None:
    """Everything of a moment is ticked by whoever does it."""
    with acting_as(place.system):
        rows = list(ListItem.objects.filter(plan_id=plan_id, item__moment=moment).select_related("item"))
    who = {"DOCTOR": "surgeon", "DESK": "frontdesk", "ANAESTHETIST": "anaesthetist"}
    for one in rows:
        plans.tick(one.pk, by=place.by[who.get(one.item.who, "nurse")])
