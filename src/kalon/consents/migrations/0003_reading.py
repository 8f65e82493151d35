import django.contrib.postgres.fields
import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('consents', '0002_procedure_consents'),
        ('consultations', '0001_squashed'),
        ('patients', '0001_squashed'),
        ('people', '0005_tax_number'),
        ('plans', '0004_consent_moves'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='consent',
            name='consents_consent_frozen',
        ),
        migrations.RemoveConstraint(
            model_name='signature',
            name='consents_signature_while_open',
        ),
        migrations.AddField(
            model_name='consent',
            name='initialled',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.PositiveSmallIntegerField(), blank=True, default=list, size=None),
        ),
        migrations.AddField(
            model_name='consent',
            name='parts',
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'UPDATE' THEN\n        IF OLD.status = 'DRAFT' THEN\n            free := free || ARRAY['version_id', 'text_id', 'language', 'content', 'content_sha256', 'parts', 'initialled', 'signers', 'presented_at', 'presented_by'];\n        ELSIF OLD.status = 'PRESENTED' AND NEW.status = 'PRESENTED'\n            AND NOT EXISTS (SELECT FROM consents_signature WHERE consent_id = OLD.id) THEN\n            free := free || ARRAY['version_id', 'text_id', 'language', 'content', 'content_sha256', 'parts', 'initialled'];\n        END IF;\n        IF to_jsonb(NEW) - free <> to_jsonb(OLD) - free\n            OR (OLD.opened_at IS NOT NULL AND NEW.opened_at IS DISTINCT FROM OLD.opened_at) THEN\n            RAISE EXCEPTION 'what a patient was shown stays as it is' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_consent_frozen';\n        END IF;\n    END IF;\n    IF NEW.text_id IS NOT NULL AND (TG_OP = 'INSERT' OR NEW.text_id IS DISTINCT FROM OLD.text_id)\n        AND NOT EXISTS (SELECT FROM consents_version WHERE id = NEW.version_id AND status = 'PUBLISHED') THEN\n        RAISE EXCEPTION 'a patient is shown the published words' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_consent_published';\n    END IF;\n    RETURN NEW;", declare="free text[] := ARRAY['status', 'status_at', 'opened_at', 'signed_at', 'valid_until', 'seal_sha256', 'revoked_at', 'revoked_by'];", events='BEFORE INSERT OR UPDATE', level='ROW', name='consents_consent_frozen'),
        ),
        migrations.AddConstraint(
            model_name='consent',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ('RECORDING', 'PHOTOGRAPHY', 'MARKETING', 'DATA_PROCESSING')), ('parts', 0)), models.Q(('kind__in', ('PROCEDURE', 'TREATMENT_PLAN')), models.Q(('parts__range', (1, 60)), ('content_sha256', ''), _connector='OR')), _connector='OR'), name='consents_read_in_parts'),
        ),
        migrations.AddConstraint(
            model_name='signature',
            constraint=kalon.kernel.triggers.Trigger(body="\n    IF TG_OP <> 'INSERT' THEN\n        RAISE EXCEPTION 'a signature is never changed or removed' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_stays';\n    END IF;\n    SELECT status, content_sha256, opened_at, presented_at, signers, parts INTO signed\n        FROM consents_consent WHERE id = NEW.consent_id FOR SHARE;\n    IF signed.status IS NULL OR signed.status NOT IN ('PRESENTED', 'PARTIALLY_SIGNED')\n        OR signed.opened_at IS NULL THEN\n        RAISE EXCEPTION 'only what was put before somebody and opened is signed'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_while_open';\n    END IF;\n    IF NEW.content_sha256 <> signed.content_sha256 THEN\n        RAISE EXCEPTION 'these are not the words that were shown' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_same_words';\n    END IF;\n    IF NOT NEW.role = ANY (signed.signers) THEN\n        RAISE EXCEPTION 'this signature was not asked for' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_asked';\n    END IF;\n    IF NEW.signed_at < signed.presented_at OR NEW.signed_at > kalon_now() + interval '1 minute' THEN\n        RAISE EXCEPTION 'a signature is of the moment' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_moment';\n    END IF;\n    IF kalon_kind() IN ('staff', 'patient') AND NEW.user_id IS DISTINCT FROM kalon_user()\n        OR current_user = 'kalon_portal' AND NEW.role NOT IN ('PATIENT', 'GUARDIAN') THEN\n        RAISE EXCEPTION 'everybody signs from their own account' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_own_account';\n    END IF;\n    IF NEW.role IN ('PATIENT', 'GUARDIAN') AND signed.parts > (SELECT count(*) FROM consents_sectionread AS one\n        WHERE one.consent_id = NEW.consent_id AND one.content_sha256 = signed.content_sha256\n            AND one.read_at IS NOT NULL) THEN\n        RAISE EXCEPTION 'every part is read before the patient signs' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_read';\n    END IF;\n    IF EXISTS (SELECT FROM consents_question WHERE consent_id = NEW.consent_id AND answered_at IS NULL) THEN\n        RAISE EXCEPTION 'what was asked is answered before anybody signs' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_answered';\n    END IF;\n    IF NEW.role IN ('PATIENT', 'GUARDIAN', 'SURGEON') AND EXISTS (SELECT FROM consents_signature AS other\n        WHERE other.consent_id = NEW.consent_id AND other.user_id = NEW.user_id\n            AND other.role IN ('PATIENT', 'GUARDIAN', 'SURGEON') AND (other.role = 'SURGEON') <> (NEW.role = 'SURGEON'))\n    THEN\n        RAISE EXCEPTION 'the surgeon does not sign for the patient' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_signature_two_accounts';\n    END IF;\n    RETURN NEW;", declare='signed record;', events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='consents_signature_while_open'),
        ),
        migrations.CreateModel(
            name='Question',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('number', models.PositiveSmallIntegerField()),
                ('words', kalon.kernel.encrypted.EncryptedText(key='patient.data_key')),
                ('asked_at', models.DateTimeField()),
                ('answer', kalon.kernel.encrypted.EncryptedText(blank=True, default='', key='patient.data_key')),
                ('answered_at', models.DateTimeField(null=True)),
                ('answered_name', models.CharField(blank=True, max_length=200)),
                ('answered_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('consent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='questions', to='consents.consent')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'ordering': ['asked_at', 'id'],
                'indexes': [models.Index(condition=models.Q(('answered_at', None)), fields=['organization', 'asked_at'], name='consents_question_open')],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'INSERT' THEN\n        IF NEW.answered_at IS NULL AND EXISTS (SELECT FROM consents_consent WHERE id = NEW.consent_id\n            AND status IN ('PRESENTED', 'PARTIALLY_SIGNED')) THEN RETURN NEW; END IF;\n    ELSIF TG_OP = 'UPDATE' AND OLD.answered_at IS NULL AND NEW.answered_at IS NOT NULL\n        AND to_jsonb(NEW) - ARRAY['answer', 'answered_at', 'answered_by_id', 'answered_name']\n            = to_jsonb(OLD) - ARRAY['answer', 'answered_at', 'answered_by_id', 'answered_name'] THEN\n        RETURN NEW;\n    END IF;\n    RAISE EXCEPTION 'what was asked stays as it was asked' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_question_stays';", declare='', events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='consents_question_stays'), kalon.kernel.rows.SameOrganization(field='consent_id', name='consents_question_of_patient', through=('organization_id', 'patient_id'), to='consents.Consent'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='consents_question_rows', patient='patient_id', portal='SELECT, INSERT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='SectionRead',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('content_sha256', models.CharField(max_length=64)),
                ('number', models.PositiveSmallIntegerField()),
                ('shown_at', models.DateTimeField()),
                ('read_at', models.DateTimeField(null=True)),
                ('seconds', models.PositiveIntegerField(null=True)),
                ('initials', kalon.kernel.encrypted.EncryptedText(key='patient.data_key', null=True)),
                ('consent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='readings', to='consents.consent')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['consent', 'number'],
                'constraints': [kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'DELETE' OR TG_OP = 'UPDATE' AND (OLD.read_at IS NOT NULL\n        OR to_jsonb(NEW) - ARRAY['shown_at', 'read_at', 'seconds', 'initials', 'user_id']\n            <> to_jsonb(OLD) - ARRAY['shown_at', 'read_at', 'seconds', 'initials', 'user_id']) THEN\n        RAISE EXCEPTION 'what was read stays as it was read' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_sectionread_stays';\n    END IF;\n    SELECT status, content_sha256, opened_at, parts, initialled INTO shown\n        FROM consents_consent WHERE id = NEW.consent_id FOR SHARE;\n    IF shown.status IS NULL OR shown.status NOT IN ('PRESENTED', 'PARTIALLY_SIGNED') OR shown.opened_at IS NULL\n        OR NEW.content_sha256 <> shown.content_sha256 OR NEW.number NOT BETWEEN 1 AND shown.parts THEN\n        RAISE EXCEPTION 'only what is before the patient is read' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_sectionread_while_open';\n    END IF;\n    IF NEW.number > 1 AND NOT EXISTS (SELECT FROM consents_sectionread WHERE consent_id = NEW.consent_id\n        AND content_sha256 = NEW.content_sha256 AND number = NEW.number - 1 AND read_at IS NOT NULL) THEN\n        RAISE EXCEPTION 'the part before it is read first' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_sectionread_turn';\n    END IF;\n    IF kalon_kind() IN ('staff', 'patient') AND NEW.user_id IS DISTINCT FROM kalon_user() THEN\n        RAISE EXCEPTION 'everybody reads from their own account' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_sectionread_own_account';\n    END IF;\n    IF TG_OP = 'INSERT' OR NEW.read_at IS NULL THEN\n        NEW.shown_at := kalon_now(); NEW.read_at := NULL; NEW.seconds := NULL; NEW.initials := NULL;\n        RETURN NEW;\n    END IF;\n    NEW.shown_at := OLD.shown_at;\n    NEW.read_at := greatest(kalon_now(), OLD.shown_at);\n    NEW.seconds := least(floor(extract(epoch FROM NEW.read_at - NEW.shown_at)), 2147483647);\n    IF (NEW.number = ANY (shown.initialled)) <> (NEW.initials IS NOT NULL) THEN\n        RAISE EXCEPTION 'initials are put where they are asked' USING ERRCODE = 'check_violation', CONSTRAINT = 'consents_sectionread_initials';\n    END IF;\n    RETURN NEW;", declare='shown record;', events='BEFORE INSERT OR UPDATE OR DELETE', level='ROW', name='consents_sectionread_in_turn'), models.UniqueConstraint(fields=('consent', 'content_sha256', 'number'), name='consents_sectionread_once'), models.CheckConstraint(condition=models.Q(('content_sha256__regex', '^[0-9a-f]{64}$')), name='consents_sectionread_words'), kalon.kernel.rows.SameOrganization(field='consent_id', name='consents_sectionread_of_patient', through=('organization_id', 'patient_id'), to='consents.Consent'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='consents_sectionread_rows', patient='patient_id', portal='SELECT, INSERT, UPDATE', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
