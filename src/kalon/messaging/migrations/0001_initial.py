import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('kernel', '0003_outbox'),
        ('patients', '0002_search'),
        ('people', '0002_functions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('status_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('data_key', models.BinaryField(null=True)),
                ('template_code', models.CharField(max_length=60)),
                ('channel', models.CharField(choices=[('EMAIL', 'E-mail'), ('SMS', 'SMS')], max_length=10)),
                ('language', models.CharField(default='en', max_length=8)),
                ('recipient', kalon.kernel.encrypted.EncryptedText(key='sealing_key', max_length=320)),
                ('subject', kalon.kernel.encrypted.EncryptedText(key='sealing_key', null=True)),
                ('body', kalon.kernel.encrypted.EncryptedText(key='sealing_key', null=True)),
                ('once', models.CharField(max_length=200)),
                ('status', models.CharField(choices=[('QUEUED', 'Waiting to be sent'), ('SENT', 'Sent'), ('DELIVERED', 'Delivered'), ('FAILED', 'Not delivered'), ('UNKNOWN', 'Perhaps sent')], default='QUEUED', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('provider_id', models.CharField(blank=True, max_length=200)),
                ('secret_until', models.DateTimeField(null=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['patient', '-id'], name='messaging_message_of_patient'), models.Index(fields=['status', 'status_at'], name='messaging_message_waiting')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('QUEUED') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of messaging_message', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_message_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('QUEUED', 'UNKNOWN') AND NEW.status = 'SENT')\n        OR (OLD.status IN ('SENT') AND NEW.status = 'DELIVERED')\n        OR (OLD.status IN ('QUEUED', 'SENT', 'UNKNOWN') AND NEW.status = 'FAILED')\n        OR (OLD.status IN ('QUEUED') AND NEW.status = 'UNKNOWN')\n        OR (OLD.status IN ('UNKNOWN') AND NEW.status = 'QUEUED')\n        OR (OLD.status IN ('FAILED') AND NEW.status = 'QUEUED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in messaging_message', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_message_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='messaging_message_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'messaging_message', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='messaging_message_history'), models.UniqueConstraint(fields=('organization', 'once'), name='messaging_message_once'), models.UniqueConstraint(fields=('organization', 'id'), name='messaging_message_in_organization'), kalon.kernel.triggers.Trigger(body="\n    IF to_jsonb(NEW) - ARRAY['status', 'status_at', 'attempts', 'provider_id', 'subject', 'body', 'data_key']\n        <> to_jsonb(OLD) - ARRAY['status', 'status_at', 'attempts', 'provider_id', 'subject', 'body', 'data_key']\n        OR (NEW.subject IS DISTINCT FROM OLD.subject AND NEW.subject IS NOT NULL)\n        OR (NEW.body IS DISTINCT FROM OLD.body AND NEW.body IS NOT NULL)\n        OR (NEW.body IS NULL AND OLD.body IS NOT NULL AND (OLD.secret_until IS NULL OR OLD.secret_until > kalon_now()))\n        OR (NEW.subject IS NULL AND OLD.subject IS NOT NULL AND NEW.body IS NOT NULL)\n        OR (NEW.data_key IS DISTINCT FROM OLD.data_key AND NEW.data_key IS NOT NULL)\n    THEN\n        RAISE EXCEPTION 'what a message said is never changed; send another one'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_message_kept';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='messaging_message_kept'), kalon.kernel.rows.SameOrganization(field='patient_id', name='messaging_message_same_patient', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='messaging_message_rows', patient='patient_id', portal='SELECT, INSERT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='DeliveryEvent',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('attempt', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('BEGAN', 'Handing over'), ('ACCEPTED', 'Taken by the sender'), ('DELIVERED', 'Arrived'), ('DEFERRED', 'Not now, tried again later'), ('REFUSED', 'Refused'), ('LOST', 'No answer'), ('ASKED', 'Asked after')], max_length=10)),
                ('sender', models.CharField(max_length=40)),
                ('detail', models.CharField(blank=True, max_length=300)),
                ('at', models.DateTimeField(default=kalon.kernel.clock.now)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('message', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='log', to='messaging.message')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('kind', 'BEGAN')), fields=('message', 'attempt'), name='messaging_deliveryevent_began_once'), kalon.kernel.rows.SameOrganization(field='message_id', name='messaging_deliveryevent_same', through=('organization_id',), to='messaging.Message'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of messaging_deliveryevent are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_deliveryevent_append_only';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='messaging_deliveryevent_append_only'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of messaging_deliveryevent are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_deliveryevent_append_only';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='messaging_deliveryevent_append_only_truncate'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='messaging_deliveryevent_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('code', models.CharField(max_length=60)),
                ('channel', models.CharField(choices=[('EMAIL', 'E-mail'), ('SMS', 'SMS')], max_length=10)),
                ('language', models.CharField(default='en', max_length=8)),
                ('subject', models.CharField(blank=True, max_length=200)),
                ('body', models.TextField(max_length=4000)),
                ('is_active', models.BooleanField(default=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['code', 'channel', 'language', 'id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'code', 'channel', 'language'), name='messaging_template_once'), models.CheckConstraint(condition=models.Q(('body', ''), _negated=True), name='messaging_template_says_something'), models.CheckConstraint(condition=models.Q(('language__regex', '^[a-z]{2,3}$')), name='messaging_template_language'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='messaging_template_rows', patient='', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
