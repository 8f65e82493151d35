import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('billing', '0003_credited_lines'),
        ('consultations', '0004_note'),
        ('inventory', '0001_initial'),
        ('patients', '0004_own_reach'),
        ('people', '0004_role_offered'),
        ('people', '__first__'),
        ('prescribing', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dispensing',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('filling', models.PositiveSmallIntegerField()),
                ('made_by_name', models.CharField(max_length=120)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('prescription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='dispensings', to='prescribing.prescription')),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'indexes': [models.Index(fields=['prescription'], name='prescribing_dispensing_of')],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of prescribing_dispensing are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensing_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='prescribing_dispensing_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of prescribing_dispensing are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensing_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='prescribing_dispensing_kept_truncate'), models.UniqueConstraint(fields=('organization', 'patient', 'prescription', 'id'), name='prescribing_dispensing_once'), kalon.kernel.rows.SameOrganization(field='branch_id', name='prescribing_dispensing_branch_here', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.SameOrganization(field='prescription_id', name='prescribing_dispensing_of_patient', through=('organization_id', 'patient_id'), to='prescribing.Prescription'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='prescribing_dispensing_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='DispensedLine',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('filling', models.PositiveSmallIntegerField()),
                ('quantity', models.DecimalField(decimal_places=3, max_digits=10)),
                ('batch_number', models.CharField(blank=True, max_length=60)),
                ('expires_on', models.DateField(null=True)),
                ('reason', models.CharField(blank=True, max_length=300)),
                ('bill_line', models.UUIDField(null=True)),
                ('made_by_name', models.CharField(max_length=120)),
                ('bill', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.bill')),
                ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='handed_out', to='prescribing.prescriptionitem')),
                ('movement', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='inventory.movement')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('prescription', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='prescribing.prescription')),
                ('takes_back', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='came_back', to='prescribing.dispensedline')),
                ('dispensing', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='prescribing.dispensing')),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'indexes': [models.Index(fields=['item', 'filling'], name='prescribing_dispensed_of_item')],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of prescribing_dispensedline are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='prescribing_dispensed_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of prescribing_dispensedline are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='prescribing_dispensed_kept_truncate'), kalon.kernel.triggers.Trigger(body="\n    SELECT status, refills_used INTO rx FROM prescribing_prescription WHERE id = NEW.prescription_id FOR UPDATE;\n    SELECT prescription_id, quantity, is_in_house, medicine, stock_item INTO line\n        FROM prescribing_prescriptionitem WHERE id = NEW.item_id;\n    SELECT movement.kind, movement.quantity, movement.patient_id, movement.source_kind, movement.source_id,\n            movement.returns_id, movement.item_id, stock.generic INTO moved\n        FROM inventory_movement movement JOIN inventory_item stock ON stock.id = movement.item_id\n        WHERE movement.id = NEW.movement_id;\n    IF line.prescription_id IS DISTINCT FROM NEW.prescription_id OR NOT line.is_in_house THEN\n        RAISE EXCEPTION 'this medicine is not handed out here'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_in_house';\n    END IF;\n    IF (moved.patient_id, moved.quantity, moved.source_kind, moved.source_id) IS DISTINCT FROM\n        (NEW.patient_id, abs(NEW.quantity), 'prescribing.Dispensing', NEW.dispensing_id) THEN\n        RAISE EXCEPTION 'what is handed out is what left the store'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_moved';\n    END IF;\n    IF NEW.quantity > 0 THEN\n        IF rx.status NOT IN ('FINALIZED', 'PARTIALLY_DISPENSED') OR NEW.filling <> rx.refills_used THEN\n            RAISE EXCEPTION 'nothing of this prescription is to be handed out'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_while_open';\n        END IF;\n        IF moved.kind <> 'ISSUED' OR NOT (moved.item_id IS NOT DISTINCT FROM line.stock_item\n            OR (moved.generic <> '' AND moved.generic = line.medicine)) THEN\n            RAISE EXCEPTION 'another medicine was prescribed'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_same_medicine';\n        END IF;\n        IF line.quantity IS NULL OR line.quantity < NEW.quantity + (\n            SELECT COALESCE(sum(quantity), 0) FROM prescribing_dispensedline\n            WHERE item_id = NEW.item_id AND filling = NEW.filling) THEN\n            RAISE EXCEPTION 'never more than was prescribed'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_over';\n        END IF;\n        RETURN NEW;\n    END IF;\n    SELECT item_id, filling, quantity, movement_id INTO earlier\n        FROM prescribing_dispensedline WHERE id = NEW.takes_back_id;\n    IF moved.kind <> 'RETURNED' OR (moved.returns_id, NEW.item_id, NEW.filling) IS DISTINCT FROM\n        (earlier.movement_id, earlier.item_id, earlier.filling) THEN\n        RAISE EXCEPTION 'what comes back was handed out'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_was_out';\n    END IF;\n    IF earlier.quantity + NEW.quantity + (\n        SELECT COALESCE(sum(quantity), 0) FROM prescribing_dispensedline\n        WHERE takes_back_id = NEW.takes_back_id) < 0 THEN\n        RAISE EXCEPTION 'more comes back than was handed out'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_dispensed_over_returned';\n    END IF;\n    RETURN NEW;", declare='rx record; line record; moved record; earlier record;', events='BEFORE INSERT', level='ROW', name='prescribing_dispensed_as_prescribed'), models.CheckConstraint(condition=models.Q(models.Q(('quantity__gt', 0), ('reason', ''), ('takes_back', None)), models.Q(('quantity__lt', 0), ('takes_back__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='prescribing_dispensed_two_ways'), models.UniqueConstraint(fields=('organization', 'patient', 'prescription', 'id'), name='prescribing_dispensed_once'), kalon.kernel.rows.SameOrganization(field='dispensing_id', name='prescribing_dispensed_same_dispensing', through=('organization_id', 'patient_id', 'prescription_id'), to='prescribing.Dispensing'), kalon.kernel.rows.SameOrganization(field='item_id', name='prescribing_dispensed_same_item', through=('organization_id', 'patient_id'), to='prescribing.PrescriptionItem'), kalon.kernel.rows.SameOrganization(field='takes_back_id', name='prescribing_dispensed_same_back', through=('organization_id', 'patient_id', 'prescription_id'), to='prescribing.DispensedLine'), kalon.kernel.rows.SameOrganization(field='bill_id', name='prescribing_dispensed_same_bill', through=('organization_id', 'patient_id'), to='billing.Bill'), kalon.kernel.rows.SameOrganization(field='movement_id', name='prescribing_dispensed_same_movement', through=('organization_id',), to='inventory.Movement'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='prescribing_dispensedline_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.RemoveConstraint(
            model_name='prescription',
            name='prescribing_prescription_status_moves',
        ),
        migrations.AddConstraint(
            model_name='prescription',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('DRAFT') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of prescribing_prescription', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_prescription_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('DRAFT') AND NEW.status = 'FINALIZED' AND NULLIF(NEW.number::text, '') IS NOT NULL AND NULLIF(NEW.finalized_by_id::text, '') IS NOT NULL)\n        OR (OLD.status IN ('FINALIZED') AND NEW.status = 'SENT_TO_PHARMACY')\n        OR (OLD.status IN ('FINALIZED') AND NEW.status = 'PARTIALLY_DISPENSED')\n        OR (OLD.status IN ('FINALIZED', 'PARTIALLY_DISPENSED') AND NEW.status = 'DISPENSED')\n        OR (OLD.status IN ('DISPENSED') AND NEW.status = 'PARTIALLY_DISPENSED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('PARTIALLY_DISPENSED', 'DISPENSED') AND NEW.status = 'FINALIZED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('PARTIALLY_DISPENSED') AND NEW.status = 'DISPENSED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('DISPENSED') AND NEW.status = 'PARTIALLY_DISPENSED')\n        OR (OLD.status IN ('DRAFT', 'FINALIZED', 'SENT_TO_PHARMACY') AND NEW.status = 'CANCELLED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in prescribing_prescription', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_prescription_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='prescribing_prescription_status_moves'),
        ),
        migrations.AddConstraint(
            model_name='prescription',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF NEW.refills_used <> OLD.refills_used THEN\n        SELECT (kalon_now() AT TIME ZONE timezone)::date INTO today FROM people_branch WHERE id = NEW.branch_id;\n        IF NOT (NEW.refills_used = OLD.refills_used + 1 AND OLD.status = 'DISPENSED'\n                AND NEW.status = 'PARTIALLY_DISPENSED' AND NEW.refills_until >= today\n            OR NEW.refills_used = OLD.refills_used - 1 AND NOT EXISTS (\n                SELECT FROM prescribing_dispensedline WHERE prescription_id = NEW.id AND filling = OLD.refills_used\n                GROUP BY item_id HAVING sum(quantity) > 0)) THEN\n            RAISE EXCEPTION 'this refill may not begin, or was not taken back'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_refill_counted';\n        END IF;\n    END IF;\n    IF NEW.status = OLD.status OR NOT (\n        NEW.status IN ('DISPENSED', 'PARTIALLY_DISPENSED') OR OLD.status IN ('DISPENSED', 'PARTIALLY_DISPENSED')) THEN\n        RETURN NEW;\n    END IF;\n    SELECT bool_or(item.quantity > COALESCE(given.quantity, 0)) INTO missing\n        FROM prescribing_prescriptionitem item LEFT JOIN (\n            SELECT item_id, sum(quantity) AS quantity FROM prescribing_dispensedline\n            WHERE prescription_id = NEW.id AND filling = NEW.refills_used GROUP BY item_id) given\n            ON given.item_id = item.id\n        WHERE item.prescription_id = NEW.id AND item.is_in_house;\n    some_out := EXISTS (SELECT FROM prescribing_dispensedline WHERE prescription_id = NEW.id\n        GROUP BY item_id HAVING sum(quantity) > 0);\n    IF (NEW.status = 'DISPENSED' AND missing IS DISTINCT FROM false)\n        OR (NEW.status = 'PARTIALLY_DISPENSED' AND NOT some_out) OR (NEW.status = 'FINALIZED' AND some_out) THEN\n        RAISE EXCEPTION 'the lines handed out do not say %', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'prescribing_says_what_is_out';\n    END IF;\n    RETURN NEW;", declare='missing boolean; some_out boolean; today date;', events='BEFORE UPDATE', level='ROW', name='prescribing_says_what_is_out'),
        ),
    ]
