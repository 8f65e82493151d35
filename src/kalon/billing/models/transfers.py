"""Money on account that goes to another patient's account: both sides at once, and to the same paisa."""

from django.db import models
from django.db.models import F, Q

from kalon.billing.models.payments import Payment
from kalon.kernel.models.records import PatientRecord
from kalon.kernel.money import AmountField
from kalon.kernel.rows import RowSecurity, SameOrganization
from kalon.kernel.triggers import append_only
from kalon.ledger.lifecycles import Posts


def is_whole() -> Posts:
    """At the end of the transaction what left the one account has come into the other.

    No context may be open any more by then, so it runs with the rights of the books.
    """
    return Posts(
        name="billing_accounttransfer_whole",
        events="DEFERRED AFTER INSERT",
        body="""
    IF NEW.amount IS DISTINCT FROM
        (SELECT sum(amount) FROM billing_refund WHERE transfer_id = NEW.id AND status = 'DONE')
        OR NOT EXISTS (SELECT FROM billing_payment paid WHERE paid.id = NEW.payment_id AND paid.method = 'TRANSFER'
            AND paid.amount = NEW.amount AND paid.patient_id = NEW.to_patient_id AND paid.received_at IS NOT NULL) THEN
        RAISE EXCEPTION 'what leaves the one account comes into the other'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'billing_accounttransfer_whole';
    END IF;
    RETURN NULL;""",
    )


class AccountTransfer(PatientRecord):
    """Money on account of one patient that was given to another's account, with the reason. Never changed.

    It leaves by refunds of the method TRANSFER that name it, and comes in as one `payment` of that method.
    """

    to_patient = models.ForeignKey("patients.Patient", on_delete=models.PROTECT, related_name="+")
    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="transfer")
    amount = AmountField()
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField(max_length=120)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            *append_only("billing_accounttransfer", name="billing_accounttransfer_kept"),
            is_whole(),
            models.UniqueConstraint(fields=["organization", "id"], name="billing_accounttransfer_in_organization"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="billing_accounttransfer_positive"),
            models.CheckConstraint(condition=~Q(reason=""), name="billing_accounttransfer_explained"),
            models.CheckConstraint(condition=~Q(patient=F("to_patient")), name="billing_accounttransfer_of_two"),
            SameOrganization(name="billing_accounttransfer_same_patient", field="patient_id", to="patients.Patient"),
            SameOrganization(name="billing_accounttransfer_same_taker", field="to_patient_id", to="patients.Patient"),
            SameOrganization(name="billing_accounttransfer_same_payment", field="payment_id", to="billing.Payment"),
            RowSecurity(
                name="billing_accounttransfer_rows",
                patient="patient_id",
                app="SELECT, INSERT",
                reviewed="SELECT",
            ),
        ]

    def __str__(self) -> str:
        return f"Transfer of {self.amount}"
