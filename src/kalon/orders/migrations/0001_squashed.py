import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('orders', '0001_initial'), ('orders', '0002_patients_read_results')]

    initial = True

    dependencies = [
        ('consultations', '0001_squashed'),
        ('documents', '0001_initial'),
        ('kernel', '0006_joined'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
    ]

    operations = [
        migrations.CreateModel(
            name='Order',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status', models.CharField(choices=[('ORDERED', 'Ordered'), ('COLLECTED', 'Collected'), ('RESULTED', 'Results are here'), ('REVIEWED', 'Reviewed'), ('CANCELLED', 'Cancelled')], default='ORDERED', editable=False, max_length=12)),
                ('kind', models.CharField(choices=[('LAB', 'Laboratory'), ('IMAGING', 'Imaging')], max_length=8)),
                ('urgency', models.CharField(choices=[('ROUTINE', 'Routine'), ('URGENT', 'Urgent')], default='ROUTINE', max_length=8)),
                ('question', kalon.kernel.encrypted.EncryptedText(default='', key='patient.data_key', max_length=500)),
                ('laboratory', models.CharField(blank=True, max_length=120)),
                ('ordered_by', models.CharField(editable=False, max_length=200)),
                ('collected_at', models.DateTimeField(editable=False, null=True)),
                ('collected_by', models.CharField(blank=True, editable=False, max_length=200)),
                ('answered_at', models.DateTimeField(editable=False, null=True)),
                ('reviewed_at', models.DateTimeField(editable=False, null=True)),
                ('reviewed_by', models.CharField(blank=True, editable=False, max_length=200)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('consultation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='consultations.consultation')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'orders_order',
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('ORDERED') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of orders_order', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_order_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('ORDERED') AND NEW.status = 'COLLECTED' AND NULLIF(NEW.collected_by::text, '') IS NOT NULL)\n        OR (OLD.status IN ('COLLECTED') AND NEW.status = 'RESULTED' AND NULLIF(NEW.answered_at::text, '') IS NOT NULL)\n        OR (OLD.status IN ('RESULTED') AND NEW.status = 'REVIEWED' AND NULLIF(NEW.reviewed_by::text, '') IS NOT NULL)\n        OR (OLD.status IN ('ORDERED', 'COLLECTED') AND NEW.status = 'CANCELLED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in orders_order', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_order_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='orders_order_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'orders_order', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='orders_order_history'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.status NOT IN ('REVIEWED', 'CANCELLED') THEN\n        IF TG_OP = 'DELETE' THEN RETURN OLD; ELSE RETURN NEW; END IF;\n    END IF;\n    IF TG_OP = 'UPDATE' AND to_jsonb(NEW) - ARRAY['status', 'status_at', 'answered_at', 'reviewed_at', 'reviewed_by'] = to_jsonb(OLD) - ARRAY['status', 'status_at', 'answered_at', 'reviewed_at', 'reviewed_by'] THEN RETURN NEW; END IF;\n    RAISE EXCEPTION 'this row of orders_order is sealed (%); correct it by a new record that names it', OLD.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_order_sealed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='orders_order_sealed'), models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='orders_order_of_patient'), models.CheckConstraint(condition=models.Q(models.Q(('collected_at__isnull', True), ('collected_by', '')), models.Q(('collected_at__isnull', False), models.Q(('collected_by', ''), _negated=True)), _connector='OR'), name='orders_order_collected'), models.CheckConstraint(condition=models.Q(models.Q(('reviewed_at__isnull', True), ('reviewed_by', '')), models.Q(('reviewed_at__isnull', False), models.Q(('reviewed_by', ''), _negated=True)), _connector='OR'), name='orders_order_reviewed'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['RESULTED', 'REVIEWED']), _negated=True), ('answered_at__isnull', False), _connector='OR'), name='orders_order_answered'), kalon.kernel.rows.SameOrganization(field='consultation_id', name='orders_order_consultation_of_patient', through=('organization_id', 'patient_id'), to='consultations.Consultation'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='orders_order_rows', patient='patient_id', portal='SELECT', portal_where="status <> 'CANCELLED'", reviewed='', tenant='organization_id')],
                'indexes': [models.Index(fields=['patient', '-created_at', '-id'], name='orders_of_patient'), models.Index(fields=['consultation'], name='orders_of_consultation'), models.Index(fields=['organization', 'status', 'answered_at'], name='orders_waiting')],
            },
        ),
        migrations.CreateModel(
            name='OrderedTest',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('position', models.PositiveSmallIntegerField()),
                ('code', models.CharField(blank=True, max_length=12)),
                ('name', models.CharField(max_length=120)),
                ('answer', models.CharField(choices=[('NUMBER', 'A number'), ('SIGN', 'Positive or negative'), ('WORDS', 'In words')], max_length=8)),
                ('unit', models.CharField(blank=True, max_length=20)),
                ('low', models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                ('high', models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                ('source', models.CharField(blank=True, max_length=200)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='tests', to='orders.order')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'orders_orderedtest',
                'constraints': [models.UniqueConstraint(fields=('order', 'position'), name='orders_orderedtest_place'), models.UniqueConstraint(fields=('organization', 'patient', 'order', 'id'), name='orders_orderedtest_of_order'), models.CheckConstraint(condition=models.Q(models.Q(('high__isnull', True), ('low__isnull', True)), models.Q(('source', ''), _negated=True), _connector='OR'), name='orders_orderedtest_cited'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of orders_orderedtest are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_orderedtest_append_only';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='orders_orderedtest_append_only'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of orders_orderedtest are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_orderedtest_append_only';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='orders_orderedtest_append_only_truncate'), kalon.kernel.rows.SameOrganization(field='order_id', name='orders_orderedtest_order_of_patient', through=('organization_id', 'patient_id'), to='orders.Order'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='orders_orderedtest_rows', patient='patient_id', portal='SELECT', portal_where='EXISTS (SELECT FROM orders_order AS asked WHERE asked.id = order_id)', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Result',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('value', kalon.kernel.encrypted.EncryptedText(default='', key='patient.data_key', max_length=500)),
                ('flag', models.CharField(choices=[('NONE', 'Not compared'), ('NORMAL', 'In range'), ('LOW', 'Low'), ('HIGH', 'High'), ('ABNORMAL', 'Abnormal')], default='NONE', max_length=8)),
                ('low', models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                ('high', models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                ('reason', kalon.kernel.encrypted.EncryptedText(default='', key='patient.data_key', max_length=300)),
                ('entered_by', models.CharField(editable=False, max_length=200)),
                ('document', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document')),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='results', to='orders.order')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('replaces', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='orders.result')),
                ('test', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='results', to='orders.orderedtest')),
            ],
            options={
                'db_table': 'orders_result',
                'constraints': [models.UniqueConstraint(fields=('organization', 'patient', 'order', 'id'), name='orders_result_in_order'), models.UniqueConstraint(condition=models.Q(('replaces__isnull', True)), fields=('test',), name='orders_result_once'), models.CheckConstraint(condition=models.Q(models.Q(('document__isnull', True), ('test__isnull', False)), models.Q(('document__isnull', False), ('test__isnull', True)), _connector='OR'), name='orders_result_value_or_file'), models.CheckConstraint(condition=models.Q(('low__isnull', True), ('high__isnull', True), ('high__gte', models.F('low')), _connector='OR'), name='orders_result_range'), kalon.kernel.triggers.Trigger(body="\n    IF NEW.replaces_id IS NOT NULL AND NOT EXISTS (\n        SELECT 1 FROM orders_result AS former\n        WHERE former.id = NEW.replaces_id AND former.test_id = NEW.test_id)\n    THEN\n        RAISE EXCEPTION 'a correction names a value of the same test'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_result_of_same_test';\n    END IF;\n    SELECT status INTO found_status FROM orders_order WHERE id = NEW.order_id FOR KEY SHARE;\n    IF found_status IN ('COLLECTED', 'RESULTED') OR (found_status = 'REVIEWED' AND NEW.replaces_id IS NOT NULL) THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'an order that is % takes no such result', found_status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_result_in_time';", declare='found_status text;', events='BEFORE INSERT', level='ROW', name='orders_result_in_time'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of orders_result are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_result_append_only';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='orders_result_append_only'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of orders_result are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_result_append_only';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='orders_result_append_only_truncate'), kalon.kernel.rows.SameOrganization(field='order_id', name='orders_result_order_of_patient', through=('organization_id', 'patient_id'), to='orders.Order'), kalon.kernel.rows.SameOrganization(field='test_id', name='orders_result_test_of_order', through=('organization_id', 'patient_id', 'order_id'), to='orders.OrderedTest'), kalon.kernel.rows.SameOrganization(field='replaces_id', name='orders_result_replaces_in_order', through=('organization_id', 'patient_id', 'order_id'), to='orders.Result'), kalon.kernel.rows.SameOrganization(field='document_id', name='orders_result_document_of_patient', through=('organization_id', 'patient_id'), to='documents.Document'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='orders_result_rows', patient='patient_id', portal='SELECT', portal_where="EXISTS (SELECT FROM orders_order AS asked WHERE asked.id = order_id AND asked.status = 'REVIEWED' AND asked.answered_at <= asked.reviewed_at)", reviewed='', tenant='organization_id')],
                'indexes': [models.Index(fields=['order'], name='orders_result_of_order')],
            },
        ),
        migrations.CreateModel(
            name='Review',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('note', kalon.kernel.encrypted.EncryptedText(default='', key='patient.data_key', max_length=2000)),
                ('reviewed_by', models.CharField(editable=False, max_length=200)),
                ('order', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='orders.order')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'orders_review',
                'constraints': [kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of orders_review are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_review_append_only';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='orders_review_append_only'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of orders_review are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'orders_review_append_only';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='orders_review_append_only_truncate'), kalon.kernel.rows.SameOrganization(field='order_id', name='orders_review_order_of_patient', through=('organization_id', 'patient_id'), to='orders.Order'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='orders_review_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
                'indexes': [models.Index(fields=['order'], name='orders_review_of_order')],
            },
        ),
    ]
