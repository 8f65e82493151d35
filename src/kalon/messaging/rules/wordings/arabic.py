"""What comes with Kalon in Arabic; to be read by a native speaker before use."""

from kalon.messaging.rules.known import Words

_END = "\n\n{{ clinic }}"
_VISIT = "{{ day }}، {{ time }}\n{{ service }}\n{{ doctor }}\n{{ branch }}\n{{ address }}"
_HELLO = "مرحبًا {{ name }}،\n\n"

ARABIC = {
    "registration-code": Words(
        "رمزك هو {{ code }}",
        _HELLO + "رمزك هو {{ code }}. يبقى صالحًا لمدة {{ minutes }} دقائق." + _END,
        "{{ code }} هو رمزك لدى {{ clinic }}. لا تخبر به أحدًا.",
    ),
    "sign-in-code": Words(
        "رمز الدخول هو {{ code }}",
        "رمز الدخول هو {{ code }}. يبقى صالحًا لمدة {{ minutes }} دقائق. لا تخبر به أحدًا." + _END,
        "{{ code }} هو رمز دخولك لدى {{ clinic }}. لا تخبر به أحدًا.",
    ),
    "statement-ready": Words(
        "كشف حسابك",
        _HELLO + "كشف حسابك من {{ since }} إلى {{ until }} جاهز: {{ balance }}\n\n{{ link }}\n\n"
        "سجّل الدخول لقراءته وطباعته. إن رأيت خطأً فاتصل بنا." + _END,
        "{{ clinic }}: كشف حسابك هنا: {{ link }}",
    ),
    "appointment-requested": Words(
        "وصلنا طلبك ليوم {{ day }}",
        _HELLO + "وصلنا طلبك وسنجيبك قريبًا:\n\n" + _VISIT + _END,
        "{{ clinic }}: وصلنا طلبك ليوم {{ day }}، {{ time }}. سنجيبك قريبًا.",
    ),
    "appointment-confirmed": Words(
        "موعدك: {{ day }}، {{ time }}",
        _HELLO + "تم تأكيد موعدك:\n\n" + _VISIT + _END,
        "{{ clinic }}: تم تأكيد موعدك يوم {{ day }}، الساعة {{ time }}. المكان: {{ branch }}.",
    ),
    "series-confirmed": Words(
        "مواعيدك ({{ count }}) ابتداءً من {{ day }}",
        _HELLO
        + "تم تأكيد مواعيدك ({{ count }}):\n\n{{ visits }}\n\n{{ service }}\n{{ doctor }}\n{{ branch }}\n"
        + "{{ address }}\n\nإذا لم يناسبك أحدها فغيّره أو ألغه على صفحاتنا، أو اتصل بنا."
        + _END,
        "{{ clinic }}: تم تأكيد مواعيدك ({{ count }})، أولها {{ day }} الساعة {{ time }} وآخرها {{ last_day }}. "
        "المكان: {{ branch }}.",
    ),
    "appointment-cancelled": Words(
        "أُلغي موعدك يوم {{ day }}",
        _HELLO
        + "أُلغي موعدك يوم {{ day }}، الساعة {{ time }}.\nالسبب: {{ reason }}\n\nاختر وقتًا آخر على صفحاتنا، أو اتصل بنا."
        + _END,
        "{{ clinic }}: أُلغي موعدك يوم {{ day }}، الساعة {{ time }}.",
    ),
    "appointment-rescheduled": Words(
        "موعدك الآن يوم {{ day }}، {{ time }}",
        _HELLO + "موعدك له وقت جديد:\n\n" + _VISIT + _END,
        "{{ clinic }}: موعدك الآن يوم {{ day }}، الساعة {{ time }}. المكان: {{ branch }}.",
    ),
    "appointment-reminder": Words(
        "موعدك غدًا الساعة {{ time }}",
        _HELLO + "ننتظرك غدًا:\n\n" + _VISIT + _END,
        "{{ clinic }}: موعدك يوم {{ day }}، الساعة {{ time }}، {{ branch }}. "
        "أجب: 1 للتأكيد، 2 لتغيير الموعد، 3 للإلغاء.",
        "🏥 *{{ clinic }}*\n\nمرحبًا {{ name }}،\n\nموعدك غدًا:\n📅 التاريخ: {{ day }}\n⏰ الوقت: {{ time }}\n"
        "👨‍⚕️ الطبيب: {{ doctor }}\n\nأجب:\n1️⃣ تأكيد\n2️⃣ تغيير الموعد\n3️⃣ إلغاء",
    ),
    "appointment-reminder-unpaid": Words(
        "موعدك غدًا بانتظار الدفع",
        _HELLO
        + "يتأكد موعدك غدًا بعد دفع {{ amount }}:\n\n{{ day }}، {{ time }}\n{{ doctor }}\n{{ branch }}\n\n"
        + "ادفع قبل {{ pay_by }}: {{ link }}"
        + _END,
        "{{ clinic }}: موعد {{ day }}، {{ time }} محفوظ لك حتى {{ pay_by }}. ادفع {{ amount }}: {{ link }} "
        "أجب: 2 لتغيير الموعد، 3 للإلغاء.",
        "🏥 *{{ clinic }}*\n\nمرحبًا {{ name }}،\n\nموعدك غدًا لم يتأكد بعد:\n📅 التاريخ: {{ day }}\n"
        "⏰ الوقت: {{ time }}\n"
        "👨‍⚕️ الطبيب: {{ doctor }}\n\nادفع {{ amount }} قبل {{ pay_by }}: {{ link }}\n\nأجب:\n2️⃣ تغيير الموعد\n3️⃣ إلغاء",
    ),
    "check-in-notice": Words(
        "تم تسجيل وصولك",
        _HELLO + "تم تسجيل وصولك لموعد الساعة {{ time }}.\nقبلك: {{ before_you }}\n\nسنناديك." + _END,
        "{{ clinic }}: تم تسجيل وصولك. قبلك: {{ before_you }}. سنناديك.",
    ),
    "waiting-list-offer": Words(
        "وقت متاح لك: {{ day }}، {{ time }}",
        _HELLO
        + "أصبح هذا الوقت متاحًا:\n\n{{ day }}، {{ time }}\n{{ service }}\n{{ doctor }}\n{{ branch }}\n\n"
        + "احجزه هنا قبل {{ answer_by }}:\n{{ link }}\n\nمن يحجزه أولًا يكن له."
        + _END,
        "{{ clinic }}: {{ day }}، {{ time }} متاح. من يحجزه أولًا يكن له: {{ link }}",
    ),
    "payment-request": Words(
        "ادفع {{ amount }} لتأكيد موعدك",
        _HELLO
        + "موعد {{ day }}، {{ time }} محفوظ لك حتى {{ pay_by }}. يتأكد بعد دفع {{ amount }}.\n\nادفع هنا: {{ link }}"
        + _END,
        "{{ clinic }}: ادفع {{ amount }} قبل {{ pay_by }} لتأكيد موعد {{ day }}، {{ time }}. {{ link }}",
    ),
    "no-show-follow-up": Words(
        "لم تأتِ يوم {{ day }}",
        _HELLO
        + "انتظرناك يوم {{ day }}، الساعة {{ time }}. نرجو أن تكون بخير.\n\nاختر وقتًا آخر هنا:\n{{ link }}"
        + _END,
        "{{ clinic }}: لم تأتِ يوم {{ day }}. اختر وقتًا آخر: {{ link }}",
    ),
    "reply-confirmed": Words(
        "شكرًا: ننتظرك يوم {{ day }}، {{ time }}",
        _HELLO + "شكرًا لك. ننتظرك يوم {{ day }}، الساعة {{ time }}." + _END,
        "{{ clinic }}: شكرًا لك {{ name }}. ننتظرك يوم {{ day }}، الساعة {{ time }}.",
    ),
    "reply-reschedule": Words(
        "اختر وقتًا آخر",
        _HELLO + "اختر وقتًا آخر هنا:\n{{ link }}\n\nحتى ذلك الحين يبقى موعد {{ day }}، {{ time }} كما هو." + _END,
        "{{ clinic }}: اختر وقتًا آخر هنا: {{ link }} حتى ذلك الحين يبقى موعد {{ day }}، {{ time }} كما هو.",
    ),
    "reply-cancelled": Words(
        "أُلغي موعد {{ day }}",
        _HELLO + "أُلغي موعد {{ day }}، {{ time }} كما رغبت." + _END,
        "{{ clinic }}: أُلغي موعد {{ day }}، {{ time }} كما رغبت. احجز وقتًا آخر على صفحاتنا، أو اتصل بنا.",
    ),
    "reply-too-late": Words(
        "لم نتمكن من تغيير موعدك",
        _HELLO + "لا يمكن ذلك برسالة. من فضلك اتصل بنا بشأن موعد {{ day }}، {{ time }}." + _END,
        "{{ clinic }}: لا يمكن ذلك برسالة. من فضلك اتصل بنا بشأن موعد {{ day }}، {{ time }}.",
    ),
    "messages-stopped": Words(
        "لن تصلك رسائل هنا بعد الآن",
        "لن تصلك رسائل هنا بعد الآن، سوى الرموز التي تطلبها. لاستقبالها من جديد اكتب START." + _END,
        "{{ clinic }}: لن تصلك رسائل هنا بعد الآن، سوى الرموز التي تطلبها. لاستقبالها من جديد اكتب START.",
    ),
    "messages-started": Words(
        "ستصلك رسائلنا هنا من جديد",
        "ستصلك رسائلنا هنا من جديد. لإيقافها اكتب STOP." + _END,
        "{{ clinic }}: ستصلك رسائلنا هنا من جديد. لإيقافها اكتب STOP.",
    ),
    "package-expires-soon": Words(
        "يمكنك استعمال باقتك حتى {{ until }}",
        _HELLO
        + "عدد الجلسات المتبقية من باقتك {{ package }}: {{ left }}. يمكنك استعمالها حتى {{ until }}.\n{{ branch }}\n\n"
        "احجز موعدًا على صفحاتنا أو اتصل بنا. إن تعذّر عليك الحضور في الوقت المناسب فأخبرنا قبل ذلك اليوم." + _END,
        "{{ clinic }}: الجلسات المتبقية من {{ package }}: {{ left }}. استعملها حتى {{ until }}.",
    ),
    "voucher-ends-soon": Words(
        "تسري قسيمة الهدية حتى {{ until }}",
        _HELLO + "المتبقي من قسيمة الهدية التي اشتريتها: {{ left }}، وينتهي رمزها بـ {{ ending }}. "
        "تسري القسيمة حتى {{ until }}.\n{{ branch }}\n\n"
        "هل أهديتها؟ نرجو أن تخبر من هي معه. وإن كان ذلك اليوم قريبًا جدًا فاتصل بنا قبله." + _END,
        "{{ clinic }}: المتبقي من قسيمة الهدية التي ينتهي رمزها بـ {{ ending }}: {{ left }}. تسري حتى {{ until }}.",
    ),
    "membership-ends-soon": Words(
        "تنتهي عضويتك {{ membership }} يوم {{ until }}",
        _HELLO
        + "آخر يوم في عضويتك {{ membership }} هو {{ until }}. حتى ذلك الحين تدفع أقل بنسبة {{ percent }} %.\n"
        + "{{ branch }}\n\n"
        "لا تتجدد العضوية من تلقاء نفسها. إن أردت الاستمرار فاتصل بنا أو أخبرنا في زيارتك القادمة." + _END,
        "{{ clinic }}: تنتهي عضويتك {{ membership }} يوم {{ until }}. اتصل بنا لتجديدها.",
    ),
    "membership-renewed": Words(
        "تستمر عضويتك {{ membership }} حتى {{ until }}",
        _HELLO + "شكرًا لك: جُدّدت عضويتك {{ membership }}. تستمر من {{ since }} حتى {{ until }}، "
        "وتدفع خلالها أقل بنسبة {{ percent }} %.\n{{ branch }}" + _END,
        "{{ clinic }}: تستمر عضويتك {{ membership }} من {{ since }} حتى {{ until }}.",
    ),
    "device-recall": Words(
        "يرجى الاتصال بنا: إشعار بخصوص علاجك",
        _HELLO + "أرسلت إلينا الشركة المصنّعة لمنتج استُخدم في علاجك إشعار سلامة. يرجى الاتصال بنا على {{ phone }} "
        "لنشرح لك ما يعنيه "
        "ذلك ونحدد موعدًا لرؤيتك، دون أي تكلفة عليك.\n\n{{ clinic }}، {{ branch }}",
        "{{ clinic }}: لدينا إشعار سلامة بخصوص علاجك. يرجى الاتصال على {{ phone }}.",
    ),
    "quote-sent": Words(
        "عرض السعر {{ number }} جاهز",
        _HELLO + "عرض السعر {{ number }} جاهز. يبقى السعر ساريًا حتى {{ valid_until }}.\n\n"
        "اقرأه وقارن بين الخيارات واسألنا، ويمكنك قبوله هنا:\n{{ link }}\n\n{{ clinic }}، {{ branch }}",
        "{{ clinic }}: عرض السعر {{ number }} جاهز، ويسري حتى {{ valid_until }}. {{ link }}",
    ),
    "quote-expires": Words(
        "يسري عرض السعر {{ number }} حتى {{ valid_until }}",
        _HELLO + "يسري عرض السعر {{ number }} حتى {{ valid_until }}. بعد ذلك اليوم نعدّ لك عرضًا جديدًا.\n\n"
        "تجده هنا، ويمكنك أن تسألنا قبل أن تقرر:\n{{ link }}\n\n{{ clinic }}، {{ branch }}",
        "{{ clinic }}: يسري عرض السعر {{ number }} حتى {{ valid_until }}. {{ link }}",
    ),
    "consent-answered": Words(
        "أجبنا عن سؤالك: {{ title }}",
        _HELLO + "أجبنا عن سؤالك حول ما تقرؤه:\n{{ title }}\n\nتجد الجواب هنا:\n{{ link }}" + _END,
        "{{ clinic }}: أجبنا عن سؤالك حول الموافقة: {{ link }}",
    ),
    "consent-code": Words(
        "رمز توقيع {{ number }} هو {{ code }}",
        "رمز توقيع الموافقة {{ number }} هو {{ code }}، ويعمل لمدة {{ minutes }} دقائق.\n\n"
        "كتابته تحت الموافقة هي توقيعك. لم تطلبه؟ لا تفعل شيئًا وأخبرنا." + _END,
        "{{ code }} هو رمز توقيع {{ number }} في {{ clinic }}، ويعمل لمدة {{ minutes }} دقائق. لا تخبر به أحدًا.",
    ),
    "quote-answered": Words(
        "أجبنا عن سؤالك حول عرض السعر {{ number }}",
        _HELLO + "أجبنا عن سؤالك حول عرض السعر {{ number }}. تجد الجواب هنا:\n{{ link }}" + _END,
        "{{ clinic }}: أجبنا عن سؤالك حول عرض السعر {{ number }}: {{ link }}",
    ),
    "payment-plan-agreed": Words(
        "دفعاتك: {{ total }} على أقساط",
        _HELLO + "اتفقنا على أن تدفع {{ total }} على أقساط، دون فوائد ودون رسوم:\n{{ parts }}\n\n"
        "الرقم {{ number }}. تجد المواعيد وما دُفع حتى الآن على صفحاتنا، تحت فواتيرك." + _END,
        "{{ clinic }}: اتفقنا على دفع {{ total }} على أقساط ({{ number }}). المواعيد على صفحاتنا.",
    ),
    "installment-due": Words(
        "يستحق {{ amount }} يوم {{ due }}",
        _HELLO + "تذكير ودّي: يستحق القسط التالي من خطة الدفع {{ number }} يوم {{ due }}.\n{{ amount }}\n\n"
        "ادفع على صفحاتنا أو في {{ branch }}. هل دفعت بالفعل؟ إذن لا حاجة إلى أي شيء." + _END,
        "{{ clinic }}: يستحق {{ amount }} من خطة الدفع {{ number }} يوم {{ due }}.",
    ),
    "installment-overdue": Words(
        "كان {{ amount }} مستحقًا يوم {{ due }}",
        _HELLO + "كان قسط من خطة الدفع {{ number }} مستحقًا يوم {{ due }} ولم يصلنا بعد.\n{{ amount }}\n\n"
        "ربما غاب عن بالك: ادفع على صفحاتنا أو في {{ branch }}.\n"
        "هل يصعب ذلك الآن؟ اتصل بنا لنبحث معًا عن مواعيد تناسبك أكثر." + _END,
        "{{ clinic }}: كان {{ amount }} من خطة الدفع {{ number }} مستحقًا يوم {{ due }}. ادفع أو اتصل بنا.",
    ),
    "installment-overdue-again": Words(
        "من فضلك اتصل بنا بشأن {{ number }}",
        _HELLO
        + "كتبنا إليك من قبل: ما زال قسط من خطة الدفع {{ number }}، المستحق يوم {{ due }}، غير مدفوع.\n{{ amount }}\n\n"
        "من فضلك ادفعه على صفحاتنا أو في {{ branch }}، أو اتصل بنا هذا الأسبوع لنتفق على مواعيد جديدة.\n"
        "إن لم يصلنا منك جواب ينتهي الاتفاق ويصبح الباقي مستحقًا فورًا." + _END,
        "{{ clinic }}: ما زال {{ amount }} من خطة الدفع {{ number }} غير مدفوع منذ {{ due }}. من فضلك اتصل بنا.",
    ),
    "instructions-after": Words(
        "ماذا تفعل الآن، وما الذي تنتبه له",
        _HELLO + "ماذا تفعل في الأيام القادمة، وما هو الطبيعي، ومتى تتصل بنا:\n{{ link }}\n\n"
        "تقرؤه هناك بلغتك، ويمكنك حفظه أو طباعته.\n\n"
        "هل يقلقك شيء؟ اتصل بنا فورًا: {{ phone }}. في الحالات الطارئة اذهب إلى أقرب مستشفى.\n{{ doctor }}\n{{ branch }}"
        + _END,
        "{{ clinic }}: ماذا تفعل الآن، وما هو الطبيعي، ومتى تتصل: {{ link }} هاتف: {{ phone }}",
    ),
    "aftercare-satisfaction": Words(
        "ما مدى رضاك عن النتيجة؟",
        _HELLO + "انتهت زياراتك بعد العلاج. نودّ أن نعرف مدى رضاك، وما الذي يمكننا تحسينه. "
        "لن يستغرق ذلك أكثر من دقيقة:\n{{ link }}\n\n"
        "هل يقلقك شيء؟ اتصل بنا ولا تنتظر الرد.\n{{ doctor }}\n{{ branch }}" + _END,
        "{{ clinic }}: كيف كانت تجربتك معنا؟ أخبرنا في دقيقة: {{ link }}",
    ),
}
