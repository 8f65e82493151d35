import django.db.models.deletion
import django.db.models.expressions
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.money
import kalon.kernel.rows
import kalon.kernel.triggers
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


from kalon.tills.models.guards import ON_BILLING, ON_BILLING_BACK


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('billing', '0007_buyers'),
        ('patients', '0006_joining'),
        ('people', '0004_role_offered'),
        ('people', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Checkout',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('key', models.CharField(max_length=100)),
                ('asked', models.JSONField()),
                ('given', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), max_digits=14)),
                ('change', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('0.00'), max_digits=14)),
                ('taken_by_name', models.CharField(max_length=120)),
                ('bill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.bill')),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('taken_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of tills_checkout are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_checkout_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='tills_checkout_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of tills_checkout are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_checkout_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='tills_checkout_kept_truncate'), models.UniqueConstraint(fields=('organization', 'patient', 'key'), name='tills_checkout_key_once'), models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='tills_checkout_of_patient'), models.CheckConstraint(condition=models.Q(('change__gte', 0), ('given__gte', 0)), name='tills_checkout_positive'), kalon.kernel.rows.SameOrganization(field='branch_id', name='tills_checkout_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.SameOrganization(field='bill_id', name='tills_checkout_same_bill', through=('organization_id', 'patient_id'), to='billing.Bill'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='tills_checkout_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='CheckoutPart',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('tender', models.CharField(max_length=8)),
                ('amount', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('on_bill', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('checkout', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='tills.checkout')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('payment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.payment')),
            ],
            options={
                'ordering': ['checkout', 'position'],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of tills_checkoutpart are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_checkoutpart_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='tills_checkoutpart_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of tills_checkoutpart are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_checkoutpart_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='tills_checkoutpart_kept_truncate'), models.UniqueConstraint(fields=('checkout', 'position'), name='tills_checkoutpart_position_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('on_bill__gte', 0), ('on_bill__lte', models.F('amount'))), name='tills_checkoutpart_sums'), kalon.kernel.rows.SameOrganization(field='checkout_id', name='tills_checkoutpart_same_checkout', through=('organization_id', 'patient_id'), to='tills.Checkout'), kalon.kernel.rows.SameOrganization(field='payment_id', name='tills_checkoutpart_same_payment', through=('organization_id', 'patient_id'), to='billing.Payment'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='tills_checkoutpart_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='DayClose',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status', models.CharField(choices=[('CLOSED', 'Closed'), ('REOPENED', 'Reopened')], default='CLOSED', editable=False, max_length=8)),
                ('day', models.DateField()),
                ('number', models.PositiveIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('received', models.JSONField(default=dict, editable=False)),
                ('paid_back', models.JSONField(default=dict, editable=False)),
                ('counted', models.JSONField(default=dict)),
                ('unsettled', models.JSONField(default=dict)),
                ('note', models.CharField(blank=True, max_length=500)),
                ('closed_at', models.DateTimeField()),
                ('closed_by_name', models.CharField(max_length=120)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['-day', '-closed_at'],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('CLOSED') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of tills_dayclose', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_dayclose_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('CLOSED') AND NEW.status = 'REOPENED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in tills_dayclose', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_dayclose_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='tills_dayclose_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NULL, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'tills_dayclose', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='tills_dayclose_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('CLOSED', 'REOPENED') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of tills_dayclose is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_dayclose_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='tills_dayclose_sealed'), kalon.kernel.triggers.Trigger(body="\n    SELECT timezone INTO zone FROM people_branch WHERE id = NEW.branch_id;\n    PERFORM pg_advisory_xact_lock(hashtextextended('tills.day ' || NEW.branch_id || NEW.day, 0));\n    IF NEW.day > (kalon_now() AT TIME ZONE zone)::date THEN\n        RAISE EXCEPTION 'This day has not come yet. Close it when it is over.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_dayclose_not_ahead';\n    END IF;\n    starts := NEW.day::timestamp AT TIME ZONE zone;\n    ends := (NEW.day + 1)::timestamp AT TIME ZONE zone;\n    IF EXISTS (SELECT FROM tills_drawersession WHERE branch_id = NEW.branch_id AND status <> 'CLOSED'\n        AND opened_at < ends) THEN\n        RAISE EXCEPTION 'A drawer is not closed yet. Count it and close it, then close the day.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_dayclose_drawers_open';\n    END IF;\n    NEW.received := (SELECT COALESCE(jsonb_object_agg(method, amount::text), '{}') FROM (\n        SELECT method, sum(amount) AS amount FROM billing_payment WHERE organization_id = NEW.organization_id\n            AND branch_id = NEW.branch_id AND received_at >= starts AND received_at < ends GROUP BY method) AS sums);\n    NEW.paid_back := (SELECT COALESCE(jsonb_object_agg(method, amount::text), '{}') FROM (\n        SELECT p.method, sum(r.amount) AS amount FROM billing_refund r JOIN billing_payment p ON p.id = r.payment_id\n            WHERE r.organization_id = NEW.organization_id AND p.branch_id = NEW.branch_id AND r.status = 'DONE'\n            AND r.status_at >= starts AND r.status_at < ends GROUP BY p.method) AS sums);\n    RETURN NEW;", declare='zone text; starts timestamptz; ends timestamptz;', events='BEFORE INSERT', level='ROW', name='tills_dayclose_derives'), models.UniqueConstraint(condition=models.Q(('status', 'CLOSED')), fields=('branch', 'day'), name='tills_dayclose_once'), models.UniqueConstraint(fields=('branch', 'number'), name='tills_dayclose_number_once'), kalon.kernel.rows.SameOrganization(field='branch_id', name='tills_dayclose_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='tills_dayclose_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Drawer',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('name', models.CharField(max_length=60, verbose_name='Name')),
                ('is_active', models.BooleanField(default=True)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('branch', 'name'), name='tills_drawer_name_once'), models.UniqueConstraint(fields=('organization', 'branch', 'id'), name='tills_drawer_of_branch'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='tills_drawer_named'), kalon.kernel.rows.SameOrganization(field='branch_id', name='tills_drawer_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='tills_drawer_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='DrawerSession',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status', models.CharField(choices=[('OPEN', 'Open'), ('COUNTED', 'Counted'), ('CLOSED', 'Closed')], default='OPEN', editable=False, max_length=8)),
                ('currency', models.CharField(max_length=3)),
                ('float_count', models.JSONField(default=dict)),
                ('float_amount', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('opened_at', models.DateTimeField()),
                ('opened_by_name', models.CharField(max_length=120)),
                ('counted', models.JSONField(null=True)),
                ('counted_amount', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14, null=True)),
                ('counted_at', models.DateTimeField(null=True)),
                ('counted_by_name', models.CharField(blank=True, max_length=120)),
                ('expected', kalon.kernel.money.AmountField(decimal_places=2, editable=False, max_digits=14, null=True)),
                ('variance', kalon.kernel.money.AmountField(decimal_places=2, editable=False, max_digits=14, null=True)),
                ('variance_limit', kalon.kernel.money.AmountField(decimal_places=2, editable=False, max_digits=14, null=True)),
                ('explanation', models.CharField(blank=True, max_length=500)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_by_name', models.CharField(blank=True, max_length=120)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('closed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('counted_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('drawer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sessions', to='tills.drawer')),
                ('opened_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['-opened_at', '-id'],
                'indexes': [models.Index(fields=['branch', '-opened_at'], name='tills_drawersession_newest')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('OPEN') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of tills_drawersession', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_drawersession_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('OPEN') AND NEW.status = 'COUNTED')\n        OR (OLD.status IN ('COUNTED') AND NEW.status = 'OPEN' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('COUNTED') AND NEW.status = 'CLOSED')\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in tills_drawersession', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_drawersession_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='tills_drawersession_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NULL, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'tills_drawersession', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='tills_drawersession_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('CLOSED') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at'] = to_jsonb(OLD) - ARRAY['status', 'status_at'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of tills_drawersession is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_drawersession_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='tills_drawersession_sealed'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        PERFORM tills_day_must_be_open(NEW.branch_id, NEW.opened_at);\n        NEW.expected := NULL; NEW.variance := NULL; NEW.variance_limit := NULL; NEW.explanation := '';\n        RETURN NEW;\n    END IF;\n    IF (NEW.organization_id, NEW.drawer_id, NEW.branch_id, NEW.currency, NEW.float_count, NEW.float_amount,\n        NEW.opened_at, NEW.opened_by_id) IS DISTINCT FROM (OLD.organization_id, OLD.drawer_id, OLD.branch_id,\n        OLD.currency, OLD.float_count, OLD.float_amount, OLD.opened_at, OLD.opened_by_id)\n        OR (OLD.status = 'COUNTED' AND NEW.status <> 'OPEN' AND (NEW.counted, NEW.counted_amount, NEW.counted_at,\n        NEW.counted_by_id) IS DISTINCT FROM (OLD.counted, OLD.counted_amount, OLD.counted_at, OLD.counted_by_id)) THEN\n        RAISE EXCEPTION 'what a drawer was opened with, and what was counted, stays'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_drawersession_fixed';\n    END IF;\n    IF OLD.status = 'OPEN' AND NEW.status = 'COUNTED' THEN\n        NEW.expected := NEW.float_amount\n            + (SELECT COALESCE(sum(amount), 0) FROM tills_drawerentry WHERE session_id = NEW.id);\n        NEW.variance := NEW.counted_amount - NEW.expected;\n        NEW.variance_limit := COALESCE((SELECT variance_limit FROM tills_tillpolicy\n            WHERE organization_id = NEW.organization_id), 50);\n    ELSIF NEW.status = 'OPEN' THEN\n        NEW.expected := NULL; NEW.variance := NULL; NEW.variance_limit := NULL; NEW.explanation := '';\n    ELSE\n        NEW.expected := OLD.expected; NEW.variance := OLD.variance; NEW.variance_limit := OLD.variance_limit;\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='tills_drawersession_derives'), models.UniqueConstraint(fields=('organization', 'id'), name='tills_drawersession_in_organization'), models.UniqueConstraint(condition=models.Q(('status', 'CLOSED'), _negated=True), fields=('drawer',), name='tills_drawersession_one_at_a_time'), models.UniqueConstraint(condition=models.Q(('status', 'OPEN')), fields=('branch', 'opened_by'), name='tills_drawersession_one_of_a_person'), models.CheckConstraint(condition=models.Q(('float_amount__gte', 0)), name='tills_drawersession_float_positive'), models.CheckConstraint(condition=models.Q(('counted_amount', None), ('counted_amount__gte', 0), _connector='OR'), name='tills_drawersession_count_positive'), models.CheckConstraint(condition=models.Q(models.Q(('counted__isnull', True), ('counted_amount', None), ('counted_at', None), ('status', 'OPEN')), models.Q(models.Q(('status', 'OPEN'), _negated=True), ('counted__isnull', False), ('counted_amount__isnull', False), ('counted_at__isnull', False)), _connector='OR'), name='tills_drawersession_counted'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'CLOSED'), _negated=True), models.Q(('closed_at__isnull', False), models.Q(models.Q(('variance__gte', django.db.models.expressions.CombinedExpression(models.F('variance_limit'), '*', models.Value(-1))), ('variance__lte', models.F('variance_limit'))), models.Q(models.Q(('explanation', ''), _negated=True), ('closed_by__isnull', False), models.Q(('closed_by', models.F('counted_by')), _negated=True)), _connector='OR')), _connector='OR'), name='tills_drawersession_variance_agreed'), kalon.kernel.rows.SameOrganization(field='drawer_id', name='tills_drawersession_same_drawer', through=('organization_id', 'branch_id'), to='tills.Drawer'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='tills_drawersession_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='DrawerEntry',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('PAYMENT', 'Payment'), ('REFUND', 'Paid back'), ('BANKED', 'Taken to the bank'), ('PETTY', 'Petty cash'), ('ADDED', 'Put in')], max_length=8)),
                ('amount', kalon.kernel.money.AmountField(decimal_places=2, max_digits=14)),
                ('reason', models.CharField(blank=True, max_length=200)),
                ('key', models.CharField(max_length=120)),
                ('made_by_name', models.CharField(max_length=120)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('payment', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.payment')),
                ('refund', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='billing.refund')),
                ('session', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='tills.drawersession')),
            ],
            options={
                'ordering': ['created_at', 'id'],
                'indexes': [models.Index(fields=['session', 'created_at'], name='tills_drawerentry_of')],
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of tills_drawerentry are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_drawerentry_kept';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='tills_drawerentry_kept'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of tills_drawerentry are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_drawerentry_kept';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='tills_drawerentry_kept_truncate'), kalon.kernel.triggers.Trigger(body="\n    SELECT status, branch_id, float_amount INTO held FROM tills_drawersession WHERE id = NEW.session_id\n        FOR NO KEY UPDATE;\n    IF held.status IS DISTINCT FROM 'OPEN' THEN\n        RAISE EXCEPTION 'This drawer was counted meanwhile. Open a drawer, then take or give the cash.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_drawerentry_session_open';\n    END IF;\n    PERFORM tills_day_must_be_open(held.branch_id, kalon_now());\n    agrees := CASE NEW.kind\n        WHEN 'PAYMENT' THEN EXISTS (SELECT FROM billing_payment p WHERE p.id = NEW.payment_id AND p.method = 'CASH'\n            AND p.organization_id = NEW.organization_id AND p.branch_id = held.branch_id AND p.amount = NEW.amount\n            AND p.received_at IS NOT NULL)\n        WHEN 'REFUND' THEN EXISTS (SELECT FROM billing_refund r JOIN billing_payment p ON p.id = r.payment_id\n            WHERE r.id = NEW.refund_id AND p.method = 'CASH' AND r.organization_id = NEW.organization_id\n            AND p.branch_id = held.branch_id AND r.amount = -NEW.amount AND r.status = 'DONE')\n        ELSE true END;\n    IF NOT agrees THEN\n        RAISE EXCEPTION 'the entry does not say what its payment or refund says'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_drawerentry_agrees';\n    END IF;\n    IF NEW.amount < 0 AND held.float_amount + NEW.amount\n        + (SELECT COALESCE(sum(amount), 0) FROM tills_drawerentry WHERE session_id = NEW.session_id) < 0 THEN\n        RAISE EXCEPTION 'The drawer does not hold that much. Put money in first, or take less.'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'tills_drawerentry_holds_that_much';\n    END IF;\n    RETURN NEW;", declare='held record; agrees boolean;', events='BEFORE INSERT', level='ROW', name='tills_drawerentry_counts'), models.UniqueConstraint(fields=('organization', 'key'), name='tills_drawerentry_key_once'), models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('kind__in', ('PAYMENT', 'ADDED'))), models.Q(('amount__lt', 0), ('kind__in', ('REFUND', 'BANKED', 'PETTY'))), _connector='OR'), name='tills_drawerentry_way'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'PAYMENT'), ('payment__isnull', False), ('refund', None)), models.Q(('kind', 'REFUND'), ('payment', None), ('refund__isnull', False)), models.Q(('kind__in', ('BANKED', 'PETTY', 'ADDED')), ('payment', None), ('refund', None), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='tills_drawerentry_of_what'), kalon.kernel.rows.SameOrganization(field='session_id', name='tills_drawerentry_same_session', through=('organization_id',), to='tills.DrawerSession'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='tills_drawerentry_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='TillPolicy',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('cash', models.CharField(choices=[('OPTIONAL', "Cash may be taken without a drawer; it is listed at the day's close"), ('REQUIRED', 'Cash is taken at an open drawer only')], default='OPTIONAL', max_length=8, verbose_name='Cash')),
                ('variance_limit', kalon.kernel.money.AmountField(decimal_places=2, default=Decimal('50.00'), max_digits=14, verbose_name='Difference that needs nobody else')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization',), name='tills_policy_one'), models.CheckConstraint(condition=models.Q(('variance_limit__gte', 0)), name='tills_policy_limit_positive'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='tills_policy_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.RunSQL(ON_BILLING, ON_BILLING_BACK),
    ]
