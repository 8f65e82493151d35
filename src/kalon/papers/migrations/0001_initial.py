import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.crypto.boxes
import kalon.kernel.encrypted
import kalon.kernel.ids
import kalon.kernel.rows
import kalon.kernel.triggers
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('patients', '0004_own_reach'),
        ('people', '0003_equipment'),
    ]

    operations = [
        migrations.CreateModel(
            name='Certificate',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('data_key', models.BinaryField(default=kalon.kernel.crypto.boxes.new_data_key, null=True)),
                ('source', models.CharField(choices=[('CLINIC', 'Issued by the clinic'), ('IMPORTED', 'From a certifying authority')], default='CLINIC', max_length=10)),
                ('subject', models.CharField(max_length=200)),
                ('chain', models.TextField()),
                ('key', kalon.kernel.encrypted.EncryptedText(key='data_key')),
                ('valid_from', models.DateTimeField()),
                ('valid_until', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_reason', models.CharField(blank=True, max_length=200)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('staff', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.staff')),
            ],
            options={
                'db_table': 'papers_certificate',
                'ordering': ['-valid_from', '-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('organization', 'staff'), name='papers_certificate_one_each', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('valid_until__gt', models.F('valid_from'))), name='papers_certificate_span'), models.UniqueConstraint(fields=('organization', 'id'), name='papers_certificate_in_organization'), kalon.kernel.rows.SameOrganization(field='staff_id', name='papers_certificate_staff_here', through=('organization_id',), to='people.Staff'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='papers_certificate_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'DELETE' OR OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at\n        OR to_jsonb(NEW) - ARRAY['data_key', 'ended_at', 'ended_reason'] <> to_jsonb(OLD) - ARRAY['data_key', 'ended_at', 'ended_reason'] THEN\n        RAISE EXCEPTION 'a row of papers_certificate stays as it was written' USING ERRCODE = 'check_violation', CONSTRAINT = 'papers_certificate_stays';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='papers_certificate_stays'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'a row of papers_certificate stays as it was written' USING ERRCODE = 'check_violation', CONSTRAINT = 'papers_certificate_stays';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='papers_certificate_stays_truncate')],
            },
        ),
        migrations.CreateModel(
            name='Issuer',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('data_key', models.BinaryField(default=kalon.kernel.crypto.boxes.new_data_key, null=True)),
                ('certificate', models.BinaryField()),
                ('key', kalon.kernel.encrypted.EncryptedText(key='data_key')),
                ('valid_until', models.DateTimeField()),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'db_table': 'papers_issuer',
                'constraints': [models.UniqueConstraint(fields=('organization',), name='papers_issuer_one'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='papers_issuer_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'DELETE' OR OLD.certificate IS NOT NULL AND NEW.certificate IS DISTINCT FROM OLD.certificate\n        OR to_jsonb(NEW) - ARRAY['data_key'] <> to_jsonb(OLD) - ARRAY['data_key'] THEN\n        RAISE EXCEPTION 'a row of papers_issuer stays as it was written' USING ERRCODE = 'check_violation', CONSTRAINT = 'papers_issuer_stays';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='papers_issuer_stays'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'a row of papers_issuer stays as it was written' USING ERRCODE = 'check_violation', CONSTRAINT = 'papers_issuer_stays';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='papers_issuer_stays_truncate')],
            },
        ),
        migrations.CreateModel(
            name='SignedPaper',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('PRESCRIPTION', 'Prescription'), ('SUMMARY', 'Consultation summary'), ('REFERRAL', 'Referral'), ('SICK_NOTE', 'Medical certificate'), ('CONSENT', 'Consent'), ('OTHER', 'Paper')], max_length=16)),
                ('title', models.CharField(max_length=120)),
                ('number', models.CharField(blank=True, max_length=40)),
                ('source_id', models.UUIDField()),
                ('token_hash', models.CharField(editable=False, max_length=64, unique=True)),
                ('content', models.BinaryField()),
                ('size', models.PositiveIntegerField()),
                ('sha256', models.CharField(max_length=64)),
                ('signer', models.CharField(max_length=160)),
                ('signed_at', models.DateTimeField()),
                ('withdrawn_at', models.DateTimeField(null=True)),
                ('withdrawn_by', models.CharField(blank=True, max_length=120)),
                ('withdrawn_reason', models.CharField(blank=True, max_length=300)),
                ('branch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.branch')),
                ('certificate', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='papers.certificate')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'papers_signedpaper',
                'ordering': ['-signed_at', '-id'],
                'indexes': [models.Index(fields=['patient', '-signed_at'], name='papers_of_patient')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('withdrawn_at__isnull', True)), fields=('source_id', 'kind'), name='papers_paper_one_holds'), models.CheckConstraint(condition=models.Q(('sha256__regex', '^[0-9a-f]{64}$')), name='papers_paper_fingerprint'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at__isnull', True), ('withdrawn_by', ''), ('withdrawn_reason', '')), models.Q(('withdrawn_at__isnull', False), models.Q(('withdrawn_by', ''), _negated=True), models.Q(('withdrawn_reason', ''), _negated=True)), _connector='OR'), name='papers_paper_withdrawn_with_reason'), kalon.kernel.rows.SameOrganization(field='patient_id', name='papers_paper_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.SameOrganization(field='branch_id', name='papers_paper_branch_here', through=('organization_id',), to='people.Branch'), kalon.kernel.rows.SameOrganization(field='certificate_id', name='papers_paper_certificate_here', through=('organization_id',), to='papers.Certificate'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='papers_signedpaper_rows', patient='patient_id', portal='SELECT', portal_where='', reviewed='', tenant='organization_id'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'DELETE' OR OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS DISTINCT FROM OLD.withdrawn_at\n        OR to_jsonb(NEW) - ARRAY['withdrawn_at', 'withdrawn_by', 'withdrawn_reason'] <> to_jsonb(OLD) - ARRAY['withdrawn_at', 'withdrawn_by', 'withdrawn_reason'] THEN\n        RAISE EXCEPTION 'a row of papers_signedpaper stays as it was written' USING ERRCODE = 'check_violation', CONSTRAINT = 'papers_paper_stays';\n    END IF;\n    RETURN NEW;", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='papers_paper_stays'), kalon.kernel.triggers.Trigger(body="RAISE EXCEPTION 'a row of papers_signedpaper stays as it was written' USING ERRCODE = 'check_violation', CONSTRAINT = 'papers_paper_stays';", declare='', events='BEFORE TRUNCATE', level='STATEMENT', name='papers_paper_stays_truncate')],
            },
        ),
    ]
