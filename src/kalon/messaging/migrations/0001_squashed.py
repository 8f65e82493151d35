import datetime
import django.contrib.postgres.fields
import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.crypto.boxes
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    replaces = [('messaging', '0001_initial'), ('messaging', '0002_channels_and_answers')]

    initial = True

    dependencies = [
        ('kernel', '0006_joined'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
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
                ('channel', models.CharField(choices=[('EMAIL', 'E-mail'), ('SMS', 'SMS'), ('WHATSAPP', 'WhatsApp'), ('PUSH', 'Notification')], max_length=10)),
                ('language', models.CharField(default='en', max_length=8)),
                ('recipient', kalon.kernel.encrypted.EncryptedText(key='sealing_key', max_length=320)),
                ('subject', kalon.kernel.encrypted.EncryptedText(key='sealing_key', null=True)),
                ('body', kalon.kernel.encrypted.EncryptedText(key='sealing_key', null=True)),
                ('values', kalon.kernel.encrypted.EncryptedJSON(key='sealing_key', null=True)),
                ('attachment', kalon.kernel.encrypted.EncryptedText(key='sealing_key', null=True)),
                ('recipient_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('about_id', models.UUIDField(editable=False, null=True)),
                ('once', models.CharField(max_length=200)),
                ('due_at', models.DateTimeField(default=kalon.kernel.clock.now)),
                ('until', models.DateTimeField(null=True)),
                ('released_at', models.DateTimeField(null=True)),
                ('read_at', models.DateTimeField(null=True)),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('status', models.CharField(choices=[('QUEUED', 'Waiting to be sent'), ('SENT', 'Sent'), ('DELIVERED', 'Delivered'), ('FAILED', 'Not delivered'), ('UNKNOWN', 'Perhaps sent')], default='QUEUED', max_length=10)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('provider_id', models.CharField(blank=True, max_length=200)),
                ('secret_until', models.DateTimeField(null=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.status IN ('QUEUED') THEN\n            NEW.status_at := kalon_now();\n            RETURN NEW;\n        END IF;\n        RAISE EXCEPTION '% is no beginning of messaging_message', NEW.status\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_message_status_moves';\n    END IF;\n    IF NEW.status = OLD.status THEN\n        NEW.status_at := OLD.status_at;\n        RETURN NEW;\n    END IF;\n    IF (OLD.status IN ('QUEUED', 'UNKNOWN') AND NEW.status = 'SENT')\n        OR (OLD.status IN ('SENT', 'FAILED') AND NEW.status = 'DELIVERED')\n        OR (OLD.status IN ('QUEUED', 'SENT', 'UNKNOWN') AND NEW.status = 'FAILED')\n        OR (OLD.status IN ('QUEUED') AND NEW.status = 'UNKNOWN')\n        OR (OLD.status IN ('UNKNOWN') AND NEW.status = 'QUEUED')\n        OR (OLD.status IN ('FAILED') AND NEW.status = 'QUEUED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n        OR (OLD.status IN ('UNKNOWN') AND NEW.status = 'FAILED' AND NULLIF(current_setting('kalon.reason', true), '') IS NOT NULL)\n    THEN\n        NEW.status_at := kalon_now();\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION '% may not become % in messaging_message', OLD.status, NEW.status\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_message_status_moves';", declare='', events='BEFORE INSERT OR UPDATE', level='ROW', name='messaging_message_status_moves'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' OR NEW.status <> OLD.status THEN\n        INSERT INTO kernel_auditevent (kind, organization_id, patient_id, user_id, actor_name, actor_kind,\n            subject_table, subject_id, move, from_state, to_state, reason, origin_ip, request_id, facts, purpose)\n        VALUES ('MOVE', NEW.organization_id, NEW.patient_id, kalon_user(),\n            COALESCE(NULLIF(current_setting('kalon.actor', true), ''), session_user), COALESCE(kalon_kind(), 'sql'),\n            'messaging_message', NEW.id, COALESCE(NULLIF(current_setting('kalon.move', true), ''), 'sql'),\n            CASE WHEN TG_OP = 'UPDATE' THEN OLD.status ELSE '' END, NEW.status,\n            COALESCE(current_setting('kalon.reason', true), ''),\n            NULLIF(split_part(current_setting('kalon.origin', true), '|', 1), '')::inet,\n            COALESCE(split_part(current_setting('kalon.origin', true), '|', 2), ''), '{}', '');\n    END IF;\n    RETURN NULL;", declare='', events='AFTER INSERT OR UPDATE', level='ROW', name='messaging_message_history'), models.UniqueConstraint(fields=('organization', 'once'), name='messaging_message_once'), models.UniqueConstraint(fields=('organization', 'id'), name='messaging_message_in_organization'), kalon.kernel.triggers.Trigger(body="\n    IF to_jsonb(NEW) - ARRAY['status', 'status_at', 'attempts', 'provider_id', 'subject', 'body', 'data_key', 'due_at', 'released_at', 'read_at', 'withdrawn_at'] <> to_jsonb(OLD) - ARRAY['status', 'status_at', 'attempts', 'provider_id', 'subject', 'body', 'data_key', 'due_at', 'released_at', 'read_at', 'withdrawn_at']\n        OR (NEW.subject IS DISTINCT FROM OLD.subject AND NEW.subject IS NOT NULL)\n        OR (NEW.body IS DISTINCT FROM OLD.body AND NEW.body IS NOT NULL)\n        OR (NEW.body IS NULL AND OLD.body IS NOT NULL AND (OLD.secret_until IS NULL OR OLD.secret_until > kalon_now()))\n        OR (NEW.subject IS NULL AND OLD.subject IS NOT NULL AND NEW.body IS NOT NULL)\n        OR (NEW.data_key IS DISTINCT FROM OLD.data_key AND NEW.data_key IS NOT NULL)\n    THEN\n        RAISE EXCEPTION 'what a message said is never changed; send another one'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_message_kept';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE', level='ROW', name='messaging_message_kept'), kalon.kernel.rows.SameOrganization(field='patient_id', name='messaging_message_same_patient', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='messaging_message_rows', patient='patient_id', portal='SELECT, INSERT', portal_where='', reviewed='', tenant='organization_id')],
                'indexes': [models.Index(fields=['patient', '-id'], name='messaging_message_of_patient'), models.Index(fields=['status', 'status_at'], name='messaging_message_waiting'), models.Index(condition=models.Q(('released_at', None), ('status', 'QUEUED')), fields=['due_at'], name='messaging_message_due'), models.Index(fields=['recipient_hash', '-id'], name='messaging_message_of_address'), models.Index(fields=['about_id', 'template_code'], name='messaging_message_about')],
            },
        ),
        migrations.CreateModel(
            name='DeliveryEvent',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('attempt', models.PositiveSmallIntegerField()),
                ('kind', models.CharField(choices=[('BEGAN', 'Handing over'), ('ACCEPTED', 'Taken by the sender'), ('DELIVERED', 'Arrived'), ('DEFERRED', 'Not now, tried again later'), ('REFUSED', 'Refused'), ('LOST', 'No answer'), ('ASKED', 'Asked after'), ('READ', 'Read'), ('WITHDRAWN', 'No longer needed')], max_length=10)),
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
            name='Answer',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('data_key', models.BinaryField(null=True)),
                ('channel', models.CharField(choices=[('EMAIL', 'E-mail'), ('SMS', 'SMS'), ('WHATSAPP', 'WhatsApp'), ('PUSH', 'Notification')], max_length=10)),
                ('sender', kalon.kernel.encrypted.EncryptedText(key='sealing_key', max_length=320)),
                ('sender_hash', models.CharField(editable=False, max_length=64)),
                ('body', kalon.kernel.encrypted.EncryptedText(key='sealing_key', max_length=4096)),
                ('meaning', models.CharField(choices=[('CONFIRM', 'Will come'), ('RESCHEDULE', 'Wants another time'), ('CANCEL', 'Will not come'), ('STOP', 'Wants no more messages'), ('START', 'Wants messages again'), ('OTHER', 'Something else')], max_length=12)),
                ('written_at', models.DateTimeField()),
                ('received_at', models.DateTimeField(default=kalon.kernel.clock.now)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('message', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='messaging.message')),
            ],
            options={
                'ordering': ['-id'],
                'constraints': [kalon.kernel.rows.SameOrganization(field='patient_id', name='messaging_answer_same_patient', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='message_id', name='messaging_answer_same_message', through=('organization_id',), to='messaging.Message'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='messaging_answer_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
                'indexes': [models.Index(fields=['sender_hash', '-received_at'], name='messaging_answer_of_address'), models.Index(fields=['patient', '-id'], name='messaging_answer_of_patient')],
            },
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('channels', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('EMAIL', 'E-mail'), ('SMS', 'SMS'), ('WHATSAPP', 'WhatsApp'), ('PUSH', 'Notification')], max_length=10), blank=True, default=list, size=None)),
                ('language', models.CharField(blank=True, max_length=8)),
                ('declined', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), blank=True, default=list, size=None)),
                ('stopped', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=10), blank=True, default=list, size=None)),
                ('changed_at', models.DateTimeField(default=kalon.kernel.clock.now)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('patient',), name='messaging_preference_of_patient'), models.CheckConstraint(condition=models.Q(('declined__contained_by', ['REMINDER', 'MARKETING'])), name='messaging_preference_declinable'), kalon.kernel.rows.SameOrganization(field='patient_id', name='messaging_preference_same_patient', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='messaging_preference_rows', patient='patient_id', portal='SELECT, INSERT, UPDATE', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='ProviderEvent',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('provider', models.CharField(max_length=20)),
                ('key', models.CharField(max_length=200)),
                ('at', models.DateTimeField(default=kalon.kernel.clock.now)),
                ('message', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='messaging.message')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('organization', 'provider', 'key'), name='messaging_providerevent_once'), kalon.kernel.rows.SameOrganization(field='message_id', name='messaging_providerevent_same', through=('organization_id',), to='messaging.Message'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of messaging_providerevent are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_providerevent_append_only';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='messaging_providerevent_append_only'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'rows of messaging_providerevent are never changed or removed; add a new row that corrects the old' USING ERRCODE = 'check_violation', CONSTRAINT = 'messaging_providerevent_append_only';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='messaging_providerevent_append_only_truncate'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT', name='messaging_providerevent_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='PushKey',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('data_key', models.BinaryField(default=kalon.kernel.crypto.boxes.new_data_key, null=True)),
                ('public_key', models.CharField(max_length=100)),
                ('private_key', kalon.kernel.encrypted.EncryptedText(key='data_key', max_length=100)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('organization',), name='messaging_pushkey_of_organization'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='messaging_pushkey_rows', patient='', portal='SELECT (id, organization_id, public_key)', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='PushSubscription',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('device', models.CharField(blank=True, max_length=120)),
                ('endpoint', kalon.kernel.encrypted.EncryptedText(key='patient.data_key', max_length=1000)),
                ('endpoint_hash', models.CharField(editable=False, max_length=64)),
                ('p256dh', kalon.kernel.encrypted.EncryptedText(key='patient.data_key', max_length=100)),
                ('auth', kalon.kernel.encrypted.EncryptedText(key='patient.data_key', max_length=40)),
                ('ended_at', models.DateTimeField(null=True)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('user', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('organization', 'patient', 'endpoint_hash'), name='messaging_pushsubscription_once'), kalon.kernel.rows.SameOrganization(field='patient_id', name='messaging_pushsubscription_same_patient', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='messaging_pushsubscription_rows', patient='patient_id', portal='SELECT, INSERT, UPDATE', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='QuietHours',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('starts_at', models.TimeField(default=datetime.time(21, 0))),
                ('ends_at', models.TimeField(default=datetime.time(8, 0))),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('branch',), name='messaging_quiethours_of_branch'), kalon.kernel.rows.SameOrganization(field='branch_id', name='messaging_quiethours_same_branch', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='messaging_quiethours_rows', patient='', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('code', models.CharField(max_length=60)),
                ('channel', models.CharField(choices=[('EMAIL', 'E-mail'), ('SMS', 'SMS'), ('WHATSAPP', 'WhatsApp'), ('PUSH', 'Notification')], max_length=10)),
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
