from django.urls import reverse

from tests.browser.browsers import DESKTOP, PHONE
from tests.browser.rows import PATIENT, lived_day
from tests.journeys.story import on_tuesday


def test_shots(house, browsers):
    house.at(on_tuesday("08:00"))
    made = lived_day(house.story)
    house.at(on_tuesday("10:10"))
    pk = made["installments"]["pk"]
    q = made["installments"]["quote_id"]
    out = "/tmp/installments/shots/"
    import os

    os.makedirs(out, exist_ok=True)

    def shot(w, name, path, full=True):
        s = w.go(path)
        w.page.wait_for_timeout(700)
        w.page.screenshot(path=out + name + ".png", full_page=full)
        print(name, s)

    for dark in (False, True):
        d = "-dark" if dark else ""
        with browsers.window(DESKTOP, signed_in="owner@kalon.test", dark=dark) as w:
            shot(w, "plan" + d, reverse("installments:plan", args=[pk]))
            if not dark:
                shot(w, "new", reverse("installments:new", args=[q]))
                shot(w, "list", reverse("installments:list"))
                shot(w, "terms", reverse("installments:terms"))
                shot(w, "loan", reverse("installments:loan", args=[made["installments:loan"]["pk"]]))
                shot(w, "replan", reverse("installments:replan", args=[pk]))
                shot(w, "patient", reverse("patients:page", args=[made["patients"]["pk"]]))
                shot(w, "quote", reverse("quotes:quote", args=[q]))
            w.complaints = []
        with browsers.window(PHONE, signed_in=PATIENT, dark=dark) as w:
            shot(w, "my_plan" + d, reverse("installments:my_plan", args=[pk]))
            shot(w, "choose" + d, reverse("installments:choose", args=[q]) + "?parts=3")
            if not dark:
                shot(w, "my_payments", reverse("installments:my_payments"))
                shot(w, "bills", reverse("portal:bills"))
                shot(w, "my_quote", reverse("quotes:my_quote", args=[q]) + "?parts=3")
                open(out + "agreement.pdf", "wb").write(
                    w.context.request.get(reverse("installments:my_agreement", args=[pk])).body()
                )
            w.complaints = []
    # three interactions at the desk: open the patient's page, press Take payment, press Take payment
    with browsers.window(DESKTOP, signed_in="frontdesk@kalon.test") as w:
        w.go(reverse("patients:page", args=[made["patients"]["pk"]]))
        w.page.get_by_role("link", name="Take payment").first.click()
        w.page.get_by_role("button", name="Take payment").click()
        w.page.wait_for_timeout(1500)
        w.page.screenshot(path=out + "taken.png", full_page=True)
        w.complaints = []
