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
            name='Document',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('data_key', models.BinaryField(default=kalon.kernel.crypto.boxes.new_data_key, null=True)),
                ('kind', models.CharField(choices=[('LAB_REPORT', 'Lab report'), ('IMAGING', 'Imaging'), ('PRESCRIPTION', 'Outside prescription'), ('REFERRAL', 'Referral'), ('OTHER', 'Other document')], max_length=16)),
                ('description', kalon.kernel.encrypted.EncryptedText(default='', key='patient.data_key', max_length=200)),
                ('document_date', models.DateField(null=True)),
                ('source', models.CharField(choices=[('PATIENT', 'From the patient'), ('OUTSIDE', 'From another clinic or laboratory'), ('HERE', 'Made here')], max_length=8)),
                ('origin', kalon.kernel.encrypted.EncryptedText(default='', key='patient.data_key', max_length=120)),
                ('half', kalon.kernel.encrypted.EncryptedJSON(editable=False, key='patient.data_key')),
                ('content_type', models.CharField(editable=False, max_length=40)),
                ('size', models.PositiveIntegerField(editable=False)),
                ('sha256', models.CharField(blank=True, editable=False, max_length=64)),
                ('received_sha256', models.CharField(blank=True, editable=False, max_length=64)),
                ('pages', models.PositiveIntegerField(editable=False, null=True)),
                ('width', models.PositiveIntegerField(editable=False, null=True)),
                ('height', models.PositiveIntegerField(editable=False, null=True)),
                ('uploaded_by', models.CharField(editable=False, max_length=200)),
                ('verified_at', models.DateTimeField(editable=False, null=True)),
                ('verified_by', models.CharField(blank=True, editable=False, max_length=200)),
                ('deleted_at', models.DateTimeField(editable=False, null=True)),
                ('deleted_by', models.CharField(blank=True, editable=False, max_length=200)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'documents_document',
                'indexes': [models.Index(fields=['patient', '-created_at', '-id'], name='documents_of_patient')],
                'constraints': [models.UniqueConstraint(fields=('organization', 'patient', 'id'), name='documents_document_of_patient'), models.UniqueConstraint(condition=models.Q(('deleted_at__isnull', True)), fields=('patient', 'received_sha256'), name='documents_document_once'), models.CheckConstraint(condition=models.Q(models.Q(('verified_at__isnull', True), ('verified_by', '')), models.Q(('verified_at__isnull', False), models.Q(('verified_by', ''), _negated=True)), _connector='OR'), name='documents_document_verified'), models.CheckConstraint(condition=models.Q(models.Q(('deleted_at__isnull', True), ('deleted_by', '')), models.Q(('data_key__isnull', True), ('deleted_at__isnull', False), ('sha256', ''), models.Q(('deleted_by', ''), _negated=True)), _connector='OR'), name='documents_document_deleted'), models.CheckConstraint(condition=models.Q(('content_type__in', ['application/pdf', 'image/jpeg', 'image/png'])), name='documents_document_type'), kalon.kernel.triggers.Trigger(body="\n    IF OLD.data_key IS NULL AND NEW IS DISTINCT FROM OLD THEN\n        RAISE EXCEPTION 'this document was removed; nothing of it changes any more'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'documents_document_fixed';\n    END IF;\n    IF NEW.data_key IS NULL THEN\n        IF NEW.deleted_at IS NULL THEN\n            RAISE EXCEPTION 'a document is removed by somebody, with a reason'\n                USING ERRCODE = 'check_violation', CONSTRAINT = 'documents_document_fixed';\n        END IF;\n        RETURN NEW;\n    END IF;\n    IF to_jsonb(NEW) - open_columns <> to_jsonb(OLD) - open_columns THEN\n        RAISE EXCEPTION 'what a document holds is never changed; add another and remove this one'\n            USING ERRCODE = 'check_violation', CONSTRAINT = 'documents_document_fixed';\n    END IF;\n    RETURN NEW;", declare="open_columns text[] := ARRAY['data_key', 'kind', 'description', 'document_date', 'source', 'origin', 'verified_at', 'verified_by', 'deleted_at', 'deleted_by'];", events='BEFORE UPDATE', level='ROW', name='documents_document_fixed'), kalon.kernel.rows.SameOrganization(field='patient_id', name='documents_document_patient_here', through=('organization_id',), to='patients.Patient'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='documents_document_rows', patient='patient_id', portal='SELECT, INSERT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
        migrations.CreateModel(
            name='Piece',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('number', models.PositiveIntegerField()),
                ('sealed', models.BinaryField()),
                ('document', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='documents.document')),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('patient', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='patients.patient')),
            ],
            options={
                'db_table': 'documents_piece',
                'constraints': [models.UniqueConstraint(fields=('document', 'number'), name='documents_piece_once'), kalon.kernel.triggers.Trigger(body="\n    IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM documents_document WHERE id = OLD.document_id AND data_key IS NULL)\n    THEN\n        RETURN OLD;\n    END IF;\n    RAISE EXCEPTION 'the pieces of a document stay as they are until its key is destroyed'\n        USING ERRCODE = 'check_violation', CONSTRAINT = 'documents_piece_fixed';", declare='', events='BEFORE UPDATE OR DELETE', level='ROW', name='documents_piece_fixed'), kalon.kernel.rows.SameOrganization(field='document_id', name='documents_piece_of_document', through=('organization_id', 'patient_id'), to='documents.Document'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, DELETE', name='documents_piece_rows', patient='patient_id', portal='SELECT, INSERT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
