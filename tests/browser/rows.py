"""A clinic in the middle of its day, so that every page has something to show."""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from kalon.billing import actions as billing
from kalon.billing import queries as bills
from kalon.catalog import queries as catalog
from kalon.catalog.actions import add_cancellation_policy, add_procedure, add_tax_scheme
from kalon.charts import actions as charts
from kalon.charts import queries as drawn
from kalon.config.seed import prices, purchasing, store
from kalon.config.seed.faces import Face, jpeg
from kalon.config.seed.implants import gtin_of
from kalon.consents import actions as consents
from kalon.consultations import actions as consultations
from kalon.documents import actions as documents
from kalon.documents.actions import DocumentDetails
from kalon.documents.tests import samples
from kalon.entitlements import actions as entitlements
from kalon.inventory import actions as inventory
from kalon.inventory import queries as stock
from kalon.kernel import clock
from kalon.kernel.events import on
from kalon.kernel.tenancy import acting_as
from kalon.messaging.models import Message
from kalon.orders import actions as orders
from kalon.orders import queries as order_queries
from kalon.orders.actions import Answered, Wish
from kalon.papers.tests.conftest import letter
from kalon.patients import actions as patients
from kalon.patients import queries as patient_queries
from kalon.patients.models import PatientAccess
from kalon.patients.rules import AllergyDetails, HistoryDetails, PatientDetails
from kalon.people import queries as people
from kalon.people.actions import add_equipment
from kalon.photos import actions as photographs
from kalon.plans import actions as plans
from kalon.prescribing import actions as prescribing
from kalon.quotes import actions as quotes
from kalon.reports import actions as reports
from kalon.scheduling import actions as scheduling
from kalon.scheduling.actions import BookingRequest, SeriesRequest, SeriesVisit
from kalon.scheduling.events import TimeOffered
from kalon.theatre import queries as theatre_queries
from kalon.tills import actions as tills
from kalon.voice import actions as voice
from tests.browser import around, before_surgery, in_parts, operated, satisfied, spoken, wished
from tests.journeys.story import Story, on_tuesday

PATIENT = "meera@example.org"
PASSWORD = "a long pass phrase"


def lived_day(story: Story) -> dict[str, dict[str, Any]]:
    """Live a morning in the clinic; the examples that addresses are opened on, by context or by page."""
    place, desk = story.place, story.desk
    with clock.at(on_tuesday("07:00")):
        kept = store.fill(place)
        bought = purchasing.buy(place, kept)
    with clock.at(on_tuesday("09:00") - timedelta(days=1)):
        meera = _registers(story)
        done, waiting, coming = (_booked(story, meera, at) for at in ("09:00", "10:00", "11:00"))
        unpaid = _booked(story, meera, "15:00", paid=False)
        rahul = story.registered()
        asked = scheduling.book(_wish(story, rahul.patient_id, "16:00", "FOLLOW-UP"), by=rahul)
        weekly = [SeriesVisit(start=on_tuesday("12:00") + timedelta(days=7 * week)) for week in (1, 2)]
        series, _visits = scheduling.book_series(
            SeriesRequest(like=_wish(story, meera.pk, "12:00", "FOLLOW-UP"), visits=weekly, interval_days=7), by=desk
        )
    with clock.at(on_tuesday("08:55")):
        scheduling.check_in(done.pk, by=desk)
        closed = _seen(story, done)
    with clock.at(on_tuesday("09:50")):
        scheduling.check_in(waiting.pk, by=desk)
        present = story.encounter(waiting)
        assert present is not None
        consultations.start_triage(present.pk, by=story.nurse)
        consultations.record_vitals(
            present.pk, measured={"systolic": 148, "diastolic": 94, "pulse": 78}, by=story.nurse
        )
        consultations.begin(present.pk, by=story.doctor)
        prescription = prescribing.start(present.pk, by=story.doctor)
        prescribed = prescribing.add_item(
            prescription.pk, prescribing.LineDetails(medicine="cetirizine", days=10), by=story.doctor
        )
        for text, edition in (("Patches on both cheeks.", 0), ("Brown patches on both cheeks.", 1)):
            consultations.save_section(present.pk, section="examination", text=text, edition=edition, by=story.doctor)
        consultations.save_section(
            present.pk, section="examination", text="Freckles since childhood.", edition=0, by=place.by["surgeon"]
        )
        chart, finished = _charted(story, present)
        checkout = billing.start_online_payment(story.bill(unpaid).pk, by=story.patient_actor(meera.pk, "Meera"))
        signed = prescribing.start(present.pk, by=story.doctor)
        prescribing.add_item(signed.pk, prescribing.LineDetails(medicine="paracetamol", days=3), by=story.doctor)
        signed = prescribing.finalize(signed.pk, by=story.doctor)
        own = prescribing.start(present.pk, by=story.doctor)
        handed = prescribing.add_item(
            own.pk,
            prescribing.LineDetails(
                medicine="cetirizine", strength="10 mg", form="tablet", days=10, is_in_house=True, frequency="HS"
            ),
            by=story.doctor,
        )
        own = prescribing.finalize(own.pk, by=story.doctor)
        part = [prescribing.HandOut(item_id=handed.pk, quantity=Decimal(4))]
        prescribing.dispense(own.pk, part, by=place.by["inventory"])
    story.carry_out()
    with clock.at(on_tuesday("09:55")):
        on = on_tuesday("08:00").date()
        holiday = scheduling.add_holiday(
            place.branch.pk, on + timedelta(days=30), "Anniversary of the clinic", by=place.system
        )
        free = on + timedelta(days=40)
        leave = scheduling.request_leave(free, free, note="A wedding", by=story.doctor)
    with acting_as(place.system):
        payment = story.bill(done).allocations.get().payment_id
        types = list(catalog.appointment_types(seen_by=place.system))
        packages = list(catalog.packages(seen_by=place.system))
        tax_rate = catalog.tax_rates(seen_by=place.system)[0]
        role = people.roles(seen_by=place.system)[0]
        room = people.rooms(seen_by=place.system, branch_id=place.branch.pk)[0]
        message = Message.objects.filter(patient=meera)[0]
        shelf = stock.shelves(seen_by=place.system)[1]
    held = _package_in_use(story, meera, packages[0], present.appointment_id)
    voucher = _voucher_partly_redeemed(story, meera)
    registration = patients.start_registration(
        PatientDetails(given_name="Tara", birth_date="1990-01-01", email="tara@example.org"), by=story.visitor
    )
    _, at_door = scheduling.open_screen(place.branch.pk, "DOOR", by=place.by["owner"])
    _, in_waiting_room = scheduling.open_screen(place.branch.pk, "WAITING", by=place.by["owner"])
    offered = _offered(story, meera)
    owner = place.by["owner"]
    procedure = add_procedure({"code": "NOSE", "name": "Nose", "category": "FACE", "has_side": True}, by=owner)
    policy = add_cancellation_policy(
        {"name": "A day before", "notice_hours": 24, "no_show_percent": 50, "sentence": "Cancel a day before."},
        by=owner,
    )
    tax_scheme = add_tax_scheme(
        code="GST_IN", name="GST from 2030", split="HALVES", first_half="CGST", second_half="SGST", whole="IGST",
        registration="GSTIN", valid_from=date(2030, 4, 1), by=owner,
    )  # fmt: skip
    note_template = consultations.add_template(
        name="Pigmentation", sections={"examination": "Wood's lamp: {today}."}, by=owner
    )
    device = add_equipment(place.branch.pk, name="Nd:YAG laser", code="Y1", kind="LASER_ND_YAG", by=owner)
    report = documents.upload(
        meera.pk,
        BytesIO(samples.picture()),
        DocumentDetails(kind="LAB_REPORT", description="Thyroid profile"),
        by=story.nurse,
    )
    planned = _planned(story, closed)
    patients.record_allergies(meera.pk, "KNOWN", [AllergyDetails(substance="Latex", reaction="rash")], by=story.nurse)
    line = patients.add_history(
        meera.pk, HistoryDetails(kind="MEDICATION", text="Levothyroxine", dose="50 micrograms"), by=story.nurse
    )
    asked_for = orders.order(present.pk, Wish(codes=["HB", "HIV"]), by=story.doctor)
    with acting_as(place.system):
        allergy = patient_queries.allergies(meera.pk, seen_by=place.system)[0]
        tests = [one.test.pk for one in order_queries.lines(asked_for)]
    orders.write_results(asked_for.pk, [Answered(test_id=tests[0], value="10.9")], by=story.nurse)
    with acting_as(place.system):
        value = order_queries.lines(order_queries.order(asked_for.pk, seen_by=place.system))[0].result
        assert value is not None
    with clock.at(on_tuesday("09:56")):
        agreed = _agreed(story, meera)
        seen_twice = _compared(story, meera)
        recording, to_verify = _recorded(story, meera, present, agreed["version"])
    bill = {"pk": story.bill(done).pk, "patient_id": meera.pk}
    counted = _counted(story, meera)
    billing.ask_write_off(story.bill(unpaid).pk, "She cannot pay this month.", by=desk)
    billing.receive_advance(meera.pk, place.branch.pk, "UPI", Decimal("1200.50"), reference="UPI 77", by=desk)
    billing.make_advance_link(meera.pk, place.branch.pk, Decimal(500), by=desk)
    half = billing.credit_line(bill["pk"], _line_of(story, bill["pk"]), Decimal("0.5"), "Shorter", by=place.by["owner"])
    assert half is not None
    with clock.at(on_tuesday("09:57")):
        priced = prices.fill(place.branch, meera, by=owner, desk=desk)
    paper = letter(place, meera, by=story.doctor)
    before = before_surgery.rows(story, closed)
    in_theatre = operated.rows(story, closed)
    pieces = _pieces(story, kept, planned, in_theatre["theatre"]["pk"])
    return {
        **before,
        "people": {"pk": place.doctors[0].pk, "branch_id": place.branch.pk},
        "people:role": {"pk": role.pk},
        "people:branch": {"pk": place.branch.pk},
        "people:room": {"pk": room.pk},
        "people:device": {"pk": device.pk},
        "patients": {"pk": meera.pk, "key": "details"},
        "patients:register_confirm": {"pk": registration.pk},
        "patients:compare": {"pk": _double(story).pk},
        "patients:history_change": {"item_id": line.pk},
        "patients:allergy": {"allergy_id": allergy.pk},
        "orders": {"pk": asked_for.pk, "consultation_id": present.pk, "result_id": value.pk},
        "documents": {"pk": report.pk, "patient_id": meera.pk},
        "voice": {"pk": recording.pk, "consultation_id": present.pk},
        **spoken.rows(story, recording, to_verify),
        "photos": {"pk": seen_twice.earlier_id, "patient_id": meera.pk},
        "photos:pair": {"pk": seen_twice.pk},
        "photos:export_pair": {"pk": seen_twice.pk},
        "portal:document": {"pk": report.pk},
        "portal:record_paper": {"pk": closed.pk},
        "portal:result": {"pk": _looked_at(story, present).pk},
        "catalog:service": {"pk": place.services["CONSULT"].pk},
        "catalog:procedure": {"pk": procedure.pk},
        "catalog:instructions": {"pk": procedure.pk},
        "catalog:package": {"pk": packages[0].pk},
        "catalog:policy": {"pk": policy.pk},
        "catalog:tax_rate": {"pk": tax_rate.pk},
        "catalog:tax_scheme": {"pk": tax_scheme.pk},
        "catalog:appointment_type": {"pk": types[0].pk},
        "papers": {"pk": paper.pk, "token": paper.link.rpartition("/")[2]},
        "messaging:quiet_hours": {"branch_id": place.branch.pk},
        "messaging:wishes": {"patient_id": meera.pk},
        "messaging": {"pk": message.pk, "code": "summary-ready", "channel": "EMAIL", "language": "en"},
        "scheduling": {"pk": coming.pk, "name": "cancel"},
        "scheduling:door": {"word": at_door},
        "scheduling:offer": {"token": offered},
        "scheduling:waiting": {"word": in_waiting_room},
        "scheduling:work_on_holiday": {"pk": holiday.pk},
        "scheduling:leave_request": {"pk": leave.pk},
        "scheduling:series_one": {"pk": series.pk},
        "consultations": {"pk": present.pk},
        "consents": {"pk": agreed["open"].pk, "patient_id": meera.pk, "language": "en"},
        "consents:paper": {"pk": agreed["signed"].pk},
        "consents:my_paper": {"pk": agreed["signed"].pk},
        "consents:form": {"pk": agreed["version"].template_id},
        "consents:of_procedure": {"pk": procedure.pk},
        "consents:text": {"pk": agreed["version"].pk, "language": "hi"},
        "plans": {"pk": planned.pk},
        "plans:session": {"pk": _session_of(story, planned)},
        "plans:change": {"pk": _written(story, closed).pk},
        "plans:write": {"pk": closed.pk},
        "plans:follow_ups": {"pk": closed.pk},
        **_quoted(story, planned),
        **in_parts.rows(story, planned, closed),
        **satisfied.rows(story, meera, closed),
        **wished.rows(story, meera),
        **in_theatre,
        **around.rows(story, closed),
        "prescribing": {"pk": prescription.pk, "item_id": prescribed.pk, "consultation_id": present.pk},
        "prescribing:prescription": {"pk": own.pk},  # the draft is seen in its consultation
        "prescribing:paper": {"pk": signed.pk},
        "prescribing:counter": {"pk": own.pk},
        "consultations:template": {"pk": note_template.pk},
        "billing": bill,
        "billing:line_discount": {"pk": priced["bill"].pk, "line_id": priced["line"].pk},
        "pricing": {"pk": priced["schedule"].pk, "patient_id": meera.pk},
        "pricing:procedure": {"pk": procedure.pk},
        "pricing:discount": {"pk": priced["discount"].pk},
        "entitlements": {"pk": held.pk, "patient_id": meera.pk},
        "entitlements:voucher": {"pk": voucher.pk},
        "entitlements:membership": {"pk": _member(story, meera).pk},
        "entitlements:voucher_paper": {"pk": voucher.pk},
        "entitlements:my_voucher_paper": {"pk": voucher.pk},
        "billing:credit_note": {"note_id": half.pk},
        "billing:payment": {"pk": payment},
        "billing:receipt": {"pk": payment},
        "billing:refund": {"pk": payment},
        "billing:pay": {"token": checkout.checkout_token},
        "reports": {"slug": "revenue-by-service", "kind": "csv"},
        "reports:end_term": {"pk": _terms(place).pk},
        "tills": {"pk": counted["session"].pk},
        "tills:open": {"pk": counted["drawer"].pk},
        "tills:receipt": {"pk": counted["checkout"].pk},
        "tills:report": {"pk": counted["close"].pk},
        "tills:checkout": {"pk": story.bill(unpaid).pk},
        "tills:same_day": {"appointment_id": present.appointment_id},
        "purchasing": {"pk": bought.supplier.pk},
        "purchasing:order": {"pk": bought.ordered.pk},
        "purchasing:change_order": {"pk": bought.draft.pk},
        "purchasing:receive": {"pk": bought.ordered.pk},
        "purchasing:order_paper": {"pk": bought.ordered.pk},
        "purchasing:invoice_order": {"pk": bought.received.pk},
        "purchasing:invoice": {"pk": bought.owed.pk},
        "inventory": {"pk": shelf.pk},
        "inventory:item": {"pk": shelf.item_id},
        "inventory:change_item": {"pk": shelf.item_id},
        "inventory:lock": {"pk": shelf.batch_id},
        "inventory:place": {"pk": kept.places["PH"].pk},
        "inventory:unit": {"pk": pieces["unit"].pk},
        "inventory:move_unit": {"pk": pieces["unit"].pk},
        "inventory:change_unit": {"pk": pieces["unit"].pk, "what": "waste"},
        "inventory:release_reserved": {"pk": pieces["reservation"].pk},
        "inventory:kit": {"pk": pieces["procedure"].pk},
        "inventory:for_plan": {"plan_id": pieces["reservation"].plan_id},
        "inventory:explant": {"pk": pieces["implant"].pk},
        "inventory:recall": {"pk": pieces["notice"].pk},
        "inventory:recall_task": {"pk": pieces["task"].pk},
        "portal:implant_card": {"pk": pieces["implant"].pk},
        "inventory:take": {"pk": pieces["take"].pk},
        "inventory:implant_card": {"pk": pieces["implant"].pk},
        "charts": {"pk": chart.pk},
        "charts:correct": {"pk": finished.pk},
        "charts:print": {"pk": finished.pk},
        "portal:visit": {"pk": coming.pk},
        "portal:move": {"pk": coming.pk},
        "portal:wait_earlier": {"pk": coming.pk},
        "portal:record": {"pk": closed.pk},
        "portal:plan": {"pk": planned.pk},
        "portal:prescription": {"pk": own.pk},
        "portal:prescription_paper": {"pk": own.pk},
        "portal:bill": {"pk": story.bill(unpaid).pk},
        "portal:receipt": {"pk": payment},
        "asked": {"pk": asked.pk},
    }


def _counted(story: Story, patient: Any) -> dict[str, Any]:
    """A drawer that was counted, one that may be opened, a checkout by two tenders, and a day that is closed."""
    place, desk, billing_desk = story.place, story.desk, story.place.by["billing"]
    with clock.at(on_tuesday("08:00") - timedelta(days=8)):
        drawer = tills.add_drawer(place.branch.pk, "Front desk", by=billing_desk)
        session = tills.open_drawer(drawer.pk, {"100": 5}, by=desk)
        draft = billing.draft_bill(patient.pk, place.branch.pk, by=desk)
        billing.add_line(draft.pk, billing.LineDetails(description="Sunscreen", unit_price=Decimal(500)), by=desk)
        tenders = [tills.Tender("CASH", Decimal(300), given=Decimal(500)), tills.Tender("CARD", Decimal(200))]
        made = tills.checkout(draft.pk, tenders, "example", by=desk)
        tills.count_drawer(session.pk, {"100": 7}, by=desk)
        tills.explain(session.pk, "A hundred too little was taken.", by=desk)
        tills.close_drawer(session.pk, by=billing_desk)
        close = tills.close_day(place.branch.pk, clock.today(place.branch.timezone), {}, by=billing_desk)
    return {"session": session, "drawer": drawer, "checkout": made, "close": close}


def _package_in_use(story: Story, patient: Any, package: Any, visit_id: Any) -> Any:
    """A package that is paid, with one session used at the visit that goes on."""
    owner = story.place.by["owner"]
    held = entitlements.sell_package(patient.pk, package.pk, story.place.branch.pk, by=owner)
    with acting_as(owner):
        sale = held.bill_line.bill
    billing.take_payment(sale.pk, "UPI", sale.total, "4712", by=owner)
    entitlements.use_session(held.items.all()[0].pk, visit_id, by=owner)
    return held


def _into(story: Story, unit: Any, case_id: Any, side: str) -> None:
    """A piece that a case put in."""
    with acting_as(story.nurse):
        plan_id = theatre_queries.case(case_id, seen_by=story.nurse).plan_id
    inventory.implant(
        unit.pk, plan_id=plan_id, source=f"case:{case_id}", side=side, surgeon_name="Dr Rohan Shah", by=story.doctor
    )


def _pieces(story: Story, kept: Any, planned: Any, case_id: Any) -> dict[str, Any]:
    """Implants by serial: one on its shelf, one reserved for a plan, two put in by a case; a procedure with a kit."""
    keeper, place = story.place.by["inventory"], kept.places["PH"].pk
    details = {"name": "Lunara Round 295", "kind": "IMPLANT", "unit": "piece", "needs_serial": True, "model": "LR-295",
               "device_code": gtin_of("095011010299")}  # fmt: skip
    item = inventory.add_item(details, by=keeper)
    codes = [f"01{item.device_code}1730013110LR7\x1d21LR{number}" for number in (1, 2, 3)]
    unit, held, put_in = inventory.receive_units(place, [inventory.Pack(scan=code) for code in codes], by=keeper)
    procedure = add_procedure({"code": "CHIN", "name": "Chin implant", "category": "FACE"}, by=story.place.by["owner"])
    inventory.set_kit(procedure.pk, [inventory.KitPart(item_id=item.pk, quantity=Decimal(1))], by=keeper)
    today = on_tuesday("08:00").date()
    row = inventory.reserve_unit(held.pk, plan_id=planned.pk, needed_on=today, by=story.doctor)
    _into(story, put_in, case_id, "LEFT")
    with acting_as(keeper):
        entry = stock.implants(seen_by=keeper, text="LR3").get()
    details = {"name": "Lunara Round 250", "kind": "IMPLANT", "unit": "piece", "needs_serial": True, "model": "LR-250"}
    other = inventory.add_item(details, by=keeper)
    packs = [inventory.Pack(item_id=other.pk, serial=f"OLD{one}", lot="L250", expires_on=today) for one in (1, 2)]
    _shelved, old = inventory.receive_units(place, packs, by=keeper)
    _into(story, old, case_id, "RIGHT")
    said = inventory.NoticeDetails(
        title="Lunara Round 250", issued_by="Lunara Medical", issued_on=today - timedelta(days=5), hazard="Shell."
    )
    notice = inventory.open_recall(said, [inventory.Scope(item_id=other.pk, lot="L250")], by=keeper)
    with acting_as(keeper):
        task = stock.recall_tasks(notice.pk, seen_by=keeper)[0]
    counting = inventory.start_stock_take(place, by=keeper)
    return {
        "take": counting,
        "unit": unit,
        "reservation": row,
        "implant": entry,
        "procedure": procedure,
        "notice": notice,
        "task": task,
    }


def _member(story: Story, patient: Any) -> Any:
    """A membership for a year that is paid."""
    owner = story.place.by["owner"]
    gold = entitlements.add_offer("Gold", "YEAR", Decimal("2000.00"), Decimal(10), by=owner)
    row = entitlements.sell_membership(patient.pk, gold.pk, story.place.branch.pk, by=owner)
    with acting_as(owner):
        sale = row.bill_line.bill
    billing.take_payment(sale.pk, "UPI", sale.total, "4714", by=owner)
    return row


def _voucher_partly_redeemed(story: Story, patient: Any) -> Any:
    """A gift voucher that is paid, a part of which its buyer redeemed."""
    owner, branch = story.place.by["owner"], story.place.branch
    sold = entitlements.sell_voucher(
        patient.pk, branch.pk, Decimal("5000.00"), recipient="Anu Thomas", message="Happy birthday", by=owner
    )
    with acting_as(owner):
        sale = sold.bill_line.bill
    billing.take_payment(sale.pk, "UPI", sale.total, "4713", by=owner)
    entitlements.redeem_voucher(sold.code, patient.pk, branch.pk, Decimal("1200.00"), by=owner)
    return sold


def _charted(story: Story, encounter: Any) -> tuple[Any, Any]:
    """A finished chart, and its correction that is being drawn: both with a point and a device setting."""
    by = story.doctor
    with acting_as(by):
        syringe = drawn.choices(branch_id=story.place.branch.pk, seen_by=by)[0]
        device = people.equipment_of(branch_id=story.place.branch.pk, seen_by=by)[0]
    chart = charts.start(encounter.pk, by=by)
    mark = charts.Mark("FRONT", Decimal(0), Decimal(190), syringe.value, syringe.step, depth="INTRAMUSCULAR")
    charts.add_point(chart.pk, mark, by=by)
    setting = charts.DeviceSetting(device.pk, 1064, Decimal("2.8"), Decimal(8), Decimal("0.3"), 3, "Both cheeks")
    charts.add_setting(chart.pk, setting, by=by)
    finished = charts.finish(chart.pk, by=by)
    return charts.correct(finished.pk, "The other side", by=by), finished


def _looked_at(story: Story, encounter: Any) -> Any:
    """Results that the patient may read: one low, one as expected."""
    asked_for = orders.order(encounter.pk, Wish(codes=["HB", "HIV"]), by=story.doctor)
    with acting_as(story.place.system):
        tests = [one.test.pk for one in order_queries.lines(asked_for)]
    values = [Answered(test_id=test, value=value) for test, value in zip(tests, ("10.9", "negative"), strict=True)]
    orders.write_results(asked_for.pk, values, by=story.nurse)
    return orders.review(asked_for.pk, by=story.doctor)


def _compared(story: Story, patient: Any) -> Any:
    """Two drawn faces, before and after, shared with the patient; the patient has agreed to photographs."""
    taken = []
    for stage, pigment in (("BEFORE", 1.0), ("AFTER", 0.3)):
        picture = BytesIO(jpeg(Face(pigment=pigment).drawn((450, 600))))
        said = photographs.PhotoDetails(view="FRONT", stage=stage)
        taken.append(photographs.take(patient.pk, picture, said, by=story.nurse))
    pair = photographs.compare(*(one.pk for one in taken), by=story.nurse)
    return photographs.share(pair.pk, by=story.doctor)


def _agreed(story: Story, patient: Any) -> dict[str, Any]:
    """A consent that is signed, one that waits for the patient, and the version of another form."""
    drafts = consents.bring_built_in(by=story.place.by["owner"])
    in_use = {one.kind: consents.publish(one.pk, by=story.place.by["owner"]) for one in drafts}

    def presented(kind: str) -> Any:
        wish = consents.Wish(in_use[kind].pk, story.place.branch.pk)
        made = consents.prepare(patient.pk, wish, by=story.nurse)
        consents.present(made.pk, by=story.nurse)
        return consents.open_to_sign(made.pk, by=story.nurse)

    first = presented("PHOTOGRAPHY")
    lines = [[[100, 200, 0], [300, 60, 120], [420, 220, 260], [820, 190, 900]]]
    hand = consents.Signing("PATIENT", patient.name, lines, "", 2, first.content_sha256)
    signed = consents.sign(first.pk, hand, by=story.nurse)
    while story.carry_out():
        pass
    return {"signed": signed, "open": presented("MARKETING"), "version": in_use["RECORDING"]}


def _recorded(story: Story, patient: Any, visit: Any, version: Any) -> Any:
    """A recording of a visit that runs, and one that is drafted, under a consent that patient and nurse signed."""
    made = consents.prepare(patient.pk, consents.Wish(version.pk, story.place.branch.pk), by=story.nurse)
    consents.present(made.pk, by=story.nurse)
    shown = consents.open_to_sign(made.pk, by=story.nurse)
    lines = [[[100, 200, 0], [300, 60, 120], [420, 220, 260], [820, 190, 900]]]
    for role, name in (("PATIENT", patient.name), ("STAFF", story.nurse.name)):
        hand = consents.Signing(role, name, lines, "", 9, shown.content_sha256)
        consents.sign(shown.pk, hand, by=story.nurse)
    to_verify = spoken.drafted(story, visit)
    return voice.begin(visit.pk, by=story.doctor), to_verify


def _offered(story: Story, patient: Any) -> str:
    """Somebody waits and is offered a time; the token of the link they are sent."""
    tokens: list[str] = []
    remember = tokens.append
    on(TimeOffered, lambda event: remember(event.token))
    day = on_tuesday("10:00") + timedelta(days=1)
    entry = scheduling.join(
        scheduling.WaitingRequest(
            patient_id=patient.pk,
            branch_id=story.place.branch.pk,
            service_id=story.place.services["CONSULT"].pk,
            doctor_id=story.dr_menon.pk,
            until_date=day.date(),
        ),
        by=story.desk,
    )
    scheduling.offer_by_hand(entry.pk, day, by=story.desk)
    return tokens[0]


def _registers(story: Story) -> Any:
    details = PatientDetails(
        given_name="Meera", family_name="Nair", birth_date="1994-03-14", gender="female", email=PATIENT,
        phone="+919847055218",
    )  # fmt: skip
    registration = patients.start_registration(details, PASSWORD, by=story.visitor)
    meera = patients.confirm_registration(registration.pk, story.code_sent(), by=story.visitor)
    patients.record_allergies(
        meera.pk, "KNOWN", [AllergyDetails(substance="Latex", reaction="contact rash", since_year=2021)], by=story.nurse
    )
    assert _has_account(story, meera)
    return meera


def _double(story: Story) -> Any:
    """Meera registers herself again, as Mira and with another address: two records that may be one person."""
    again = PatientDetails(
        given_name="Mira", family_name="Nair", birth_date="1994-03-14", gender="female", email="mira@example.org",
        phone="+919847055218",
    )  # fmt: skip
    registration = patients.start_registration(again, PASSWORD, by=story.visitor)
    return patients.confirm_registration(registration.pk, story.code_sent(), by=story.visitor)


def _terms(place: Any) -> Any:
    return reports.add_commission_term(Decimal("12.5"), date(2020, 1, 1), staff_kind="DOCTOR", by=place.by["owner"])


def _line_of(story: Story, bill_id: Any) -> Any:
    with acting_as(story.place.system):
        return bills.lines_of(bill_id, seen_by=story.place.system)[0].pk


def _has_account(story: Story, patient: Any) -> bool:
    with acting_as(story.place.system):
        return PatientAccess.objects.filter(patient=patient).exists()


def _booked(story: Story, patient: Any, at: str, *, paid: bool = True) -> Any:
    visit = scheduling.book(_wish(story, patient.pk, at), by=story.desk)
    bill = story.bill(visit)
    if paid:
        billing.take_payment(bill.pk, "UPI", Decimal(bill.total), "4711", by=story.desk)
    return visit


def _wish(story: Story, patient_id: Any, at: str, service: str = "CONSULT") -> BookingRequest:
    return BookingRequest(
        patient_id=patient_id,
        branch_id=story.place.branch.pk,
        doctor_id=story.dr_menon.pk,
        service_id=story.place.services[service].pk,
        start=on_tuesday(at),
        chief_complaint="Brown patches on both cheeks",
    )


def _seen(story: Story, visit: Any) -> Any:
    encounter = story.encounter(visit)
    assert encounter is not None
    consultations.begin(encounter.pk, by=story.doctor)
    note = {"examination": "Epidermal melasma.", "assessment": "Melasma.", "advice": "Sunscreen every morning."}
    consultations.record_outcome(encounter.pk, outcome="PROCEDURE_PLANNED", note=note, by=story.doctor)
    return consultations.close(encounter.pk, by=story.doctor)


def _plan(story: Story, code: str, **more: Any) -> plans.PlanDetails:
    line = plans.LineDetails(service_id=story.place.services[code].pk)
    goal = "Even tone, without redness."
    return plans.PlanDetails(lines=(line,), goal=goal, consent="NOT_REQUIRED", **more)


def _planned(story: Story, consultation: Any) -> Any:
    """An approved series whose first session waits to be booked, and follow-ups of the same visit."""
    details = _plan(story, "PEEL", plan_type="SERIES", session_count=6, interval_days=14, review_after_days=30)
    written = plans.plan_procedure(consultation.pk, details, by=story.doctor)
    plans.submit(written.pk, by=story.doctor)
    wishes = [plans.FollowUpWish(interval_days=days) for days in (7, 30)]
    plans.plan_follow_ups(consultation.pk, wishes, by=story.doctor)
    return plans.approve(written.pk, by=story.doctor)


def _session_of(story: Story, planned: Any) -> Any:
    with acting_as(story.doctor):
        return planned.sessions.get(number=1).pk


def _quoted(story: Story, planned: Any) -> dict[str, dict[str, Any]]:
    """A quote at the patient's with two options and a question, and the version that is being written after it."""
    desk = story.desk
    first = quotes.draft_quote(planned.pk, by=desk)
    with acting_as(desk):
        option = first.options.get()
    quotes.add_option(first.pk, title="With home care", words="Peels, sunscreen, serum", like=option.pk, by=desk)
    sent = quotes.send(first.pk, by=desk)
    quotes.ask(sent.pk, "Is the review after a month included?", by=story.patient_actor(planned.patient_id, "Meera"))
    draft = quotes.new_version(sent.pk, by=desk)
    with acting_as(desk):
        new = draft.options.order_by("position")[0]
        line = new.lines.get()
    at_patient = {"pk": sent.pk}
    parts = [quotes.PartDetails(service_id=line.service_id, plan_type="NON_SURGICAL") for _ in range(2)]
    together = quotes.BundleDetails(name="Fresh for the wedding", percent=Decimal(10), parts=parts)
    bundle = quotes.add_bundle(together, by=story.place.by["owner"])
    return {
        "quotes:bundle": {"pk": bundle.pk},
        "quotes": {"pk": draft.pk, "plan_id": planned.pk, "service_id": line.service_id},
        "quotes:option": {"pk": new.pk},
        "quotes:add_line": {"pk": new.pk},
        "quotes:line": {"pk": line.pk},
        **{f"quotes:{name}": at_patient for name in ("sign", "paper", "my_quote", "my_paper")},
    }


def _written(story: Story, consultation: Any) -> Any:
    return plans.plan_procedure(
        consultation.pk, _plan(story, "LASER-PIGMENT", plan_type="NON_SURGICAL"), by=story.doctor
    )
