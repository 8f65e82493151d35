"""What comes with Kalon in Hindi; to be read by a native speaker before use."""

from kalon.messaging.rules.known import Words

_END = "\n\n{{ clinic }}"
_VISIT = "{{ day }}, {{ time }}\n{{ service }}\n{{ doctor }}\n{{ branch }}\n{{ address }}"
_HELLO = "नमस्ते {{ name }},\n\n"

HINDI = {
    "registration-code": Words(
        "आपका कोड {{ code }} है",
        _HELLO + "आपका कोड {{ code }} है। यह {{ minutes }} मिनट तक चलेगा।" + _END,
        "{{ code }} {{ clinic }} के लिए आपका कोड है। इसे किसी को न बताएँ।",
    ),
    "sign-in-code": Words(
        "आपका साइन-इन कोड {{ code }} है",
        "आपका साइन-इन कोड {{ code }} है। यह {{ minutes }} मिनट तक चलेगा। इसे किसी को न बताएँ।" + _END,
        "{{ code }} {{ clinic }} के लिए आपका साइन-इन कोड है। इसे किसी को न बताएँ।",
    ),
    "statement-ready": Words(
        "आपके खाते का विवरण",
        _HELLO + "{{ since }} से {{ until }} तक का आपके खाते का विवरण तैयार है: {{ balance }}\n\n{{ link }}\n\n"
        "पढ़ने और छापने के लिए साइन इन करें। कुछ गलत लगे तो हमें फ़ोन करें।" + _END,
        "{{ clinic }}: आपके खाते का विवरण यहाँ है: {{ link }}",
    ),
    "appointment-requested": Words(
        "{{ day }} के लिए आपका अनुरोध मिला",
        _HELLO + "हमें आपका अनुरोध मिल गया है और हम जल्द ही उत्तर देंगे:\n\n" + _VISIT + _END,
        "{{ clinic }}: {{ day }}, {{ time }} के लिए आपका अनुरोध मिल गया है। हम जल्द ही उत्तर देंगे।",
    ),
    "appointment-confirmed": Words(
        "आपका अपॉइंटमेंट: {{ day }}, {{ time }}",
        _HELLO + "आपका अपॉइंटमेंट पक्का हो गया है:\n\n" + _VISIT + _END,
        "{{ clinic }}: आपका अपॉइंटमेंट {{ day }}, {{ time }} पक्का है। {{ branch }}",
    ),
    "series-confirmed": Words(
        "{{ day }} से आपके {{ count }} अपॉइंटमेंट",
        _HELLO
        + "आपके {{ count }} अपॉइंटमेंट पक्के हो गए हैं:\n\n{{ visits }}\n\n{{ service }}\n{{ doctor }}\n{{ branch }}\n"
        + "{{ address }}\n\nकोई समय ठीक न हो तो हमारे पन्नों पर बदलें या रद्द करें, या हमें फ़ोन करें।"
        + _END,
        "{{ clinic }}: आपके {{ count }} अपॉइंटमेंट पक्के हैं। पहला {{ day }}, {{ time }}, आखिरी {{ last_day }}। {{ branch }}",
    ),
    "appointment-cancelled": Words(
        "{{ day }} का आपका अपॉइंटमेंट रद्द हो गया है",
        _HELLO
        + "{{ day }}, {{ time }} का आपका अपॉइंटमेंट रद्द हो गया है।\nकारण: {{ reason }}\n\n"
        + "हमारे पन्नों पर दूसरा समय चुनें, या हमें फ़ोन करें।"
        + _END,
        "{{ clinic }}: {{ day }}, {{ time }} का आपका अपॉइंटमेंट रद्द हो गया है।",
    ),
    "appointment-rescheduled": Words(
        "आपका अपॉइंटमेंट अब {{ day }}, {{ time }} पर है",
        _HELLO + "आपके अपॉइंटमेंट का नया समय:\n\n" + _VISIT + _END,
        "{{ clinic }}: आपका अपॉइंटमेंट अब {{ day }}, {{ time }} पर है। {{ branch }}",
    ),
    "appointment-reminder": Words(
        "कल {{ time }} बजे आपका अपॉइंटमेंट",
        _HELLO + "कल हम आपकी प्रतीक्षा करेंगे:\n\n" + _VISIT + _END,
        "{{ clinic }}: आपका अपॉइंटमेंट {{ day }}, {{ time }}, {{ branch }}। उत्तर दें: 1 पक्का, 2 समय बदलें, 3 रद्द करें।",
        "🏥 *{{ clinic }}*\n\nनमस्ते {{ name }},\n\nआपका अपॉइंटमेंट कल है:\n📅 तारीख: {{ day }}\n⏰ समय: {{ time }}\n"
        "👨‍⚕️ डॉक्टर: {{ doctor }}\n\nउत्तर दें:\n1️⃣ पक्का करें\n2️⃣ समय बदलें\n3️⃣ रद्द करें",
    ),
    "appointment-reminder-unpaid": Words(
        "कल के अपॉइंटमेंट का भुगतान बाकी है",
        _HELLO
        + "कल का आपका अपॉइंटमेंट {{ amount }} के भुगतान के बाद पक्का होगा:\n\n{{ day }}, {{ time }}\n{{ doctor }}\n"
        + "{{ branch }}\n\n{{ pay_by }} तक भुगतान करें: {{ link }}"
        + _END,
        "{{ clinic }}: {{ day }}, {{ time }} का अपॉइंटमेंट {{ pay_by }} तक आपके लिए रखा है। {{ amount }} का भुगतान करें: "
        "{{ link }} उत्तर दें: 2 समय बदलें, 3 रद्द करें।",
        "🏥 *{{ clinic }}*\n\nनमस्ते {{ name }},\n\nकल का आपका अपॉइंटमेंट अभी पक्का नहीं है:\n📅 तारीख: {{ day }}\n"
        "⏰ समय: {{ time }}\n👨‍⚕️ डॉक्टर: {{ doctor }}\n\n{{ pay_by }} तक {{ amount }} का भुगतान करें: {{ link }}\n\n"
        "उत्तर दें:\n2️⃣ समय बदलें\n3️⃣ रद्द करें",
    ),
    "check-in-notice": Words(
        "आप चेक-इन हो गए हैं",
        _HELLO + "{{ time }} के लिए आपका चेक-इन हो गया है।\nआपसे पहले: {{ before_you }}\n\nहम आपको बुलाएँगे।" + _END,
        "{{ clinic }}: आपका चेक-इन हो गया है। आपसे पहले: {{ before_you }}। हम आपको बुलाएँगे।",
    ),
    "waiting-list-offer": Words(
        "आपके लिए एक समय खाली है: {{ day }}, {{ time }}",
        _HELLO
        + "यह समय खाली हुआ है:\n\n{{ day }}, {{ time }}\n{{ service }}\n{{ doctor }}\n{{ branch }}\n\n"
        + "{{ answer_by }} से पहले यहाँ लें:\n{{ link }}\n\nजो पहले लेगा, समय उसी का होगा।"
        + _END,
        "{{ clinic }}: {{ day }}, {{ time }} खाली है। जो पहले लेगा, समय उसी का: {{ link }}",
    ),
    "payment-request": Words(
        "अपॉइंटमेंट पक्का करने के लिए {{ amount }} का भुगतान करें",
        _HELLO
        + "{{ day }}, {{ time }} का अपॉइंटमेंट {{ pay_by }} तक आपके लिए रखा है। {{ amount }} के भुगतान के बाद यह पक्का होगा।"
        + "\n\nभुगतान यहाँ करें: {{ link }}"
        + _END,
        "{{ clinic }}: {{ day }}, {{ time }} पक्का करने के लिए {{ pay_by }} तक {{ amount }} का भुगतान करें। {{ link }}",
    ),
    "no-show-follow-up": Words(
        "{{ day }} को आप नहीं आ सके",
        _HELLO + "{{ day }}, {{ time }} को हमने आपकी प्रतीक्षा की। आशा है सब ठीक है।\n\nदूसरा समय यहाँ चुनें:\n{{ link }}" + _END,
        "{{ clinic }}: {{ day }} को आप नहीं आ सके। दूसरा समय चुनें: {{ link }}",
    ),
    "reply-confirmed": Words(
        "धन्यवाद: {{ day }}, {{ time }} पर आपकी प्रतीक्षा करेंगे",
        _HELLO + "धन्यवाद। {{ day }}, {{ time }} पर हम आपकी प्रतीक्षा करेंगे।" + _END,
        "{{ clinic }}: धन्यवाद, {{ name }}। {{ day }}, {{ time }} पर हम आपकी प्रतीक्षा करेंगे।",
    ),
    "reply-reschedule": Words(
        "दूसरा समय चुनें",
        _HELLO + "दूसरा समय यहाँ चुनें:\n{{ link }}\n\nतब तक {{ day }}, {{ time }} का अपॉइंटमेंट बना रहेगा।" + _END,
        "{{ clinic }}: दूसरा समय यहाँ चुनें: {{ link }} तब तक {{ day }}, {{ time }} का अपॉइंटमेंट बना रहेगा।",
    ),
    "reply-cancelled": Words(
        "{{ day }} का अपॉइंटमेंट रद्द हो गया है",
        _HELLO + "आपकी इच्छा के अनुसार {{ day }}, {{ time }} का अपॉइंटमेंट रद्द हो गया है।" + _END,
        "{{ clinic }}: आपकी इच्छा के अनुसार {{ day }}, {{ time }} का अपॉइंटमेंट रद्द हो गया है।",
    ),
    "reply-too-late": Words(
        "हम अपॉइंटमेंट नहीं बदल सके",
        _HELLO + "यह संदेश से नहीं हो सका। {{ day }}, {{ time }} के अपॉइंटमेंट के लिए कृपया हमें फ़ोन करें।" + _END,
        "{{ clinic }}: यह संदेश से नहीं हो सका। {{ day }}, {{ time }} के अपॉइंटमेंट के लिए कृपया हमें फ़ोन करें।",
    ),
    "messages-stopped": Words(
        "अब यहाँ संदेश नहीं आएँगे",
        "अब यहाँ संदेश नहीं आएँगे, केवल वे कोड जो आप माँगें। फिर से पाने के लिए START लिखें।" + _END,
        "{{ clinic }}: अब यहाँ संदेश नहीं आएँगे, केवल वे कोड जो आप माँगें। फिर से पाने के लिए START लिखें।",
    ),
    "messages-started": Words(
        "अब यहाँ फिर संदेश आएँगे",
        "अब यहाँ फिर संदेश आएँगे। बंद करने के लिए STOP लिखें।" + _END,
        "{{ clinic }}: अब यहाँ फिर संदेश आएँगे। बंद करने के लिए STOP लिखें।",
    ),
}
