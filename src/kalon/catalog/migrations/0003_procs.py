import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.rows
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_procedures'),
        ('people', '0005_tax_number'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProcedureInstructions',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('kind', models.CharField(choices=[('PRE_OP', 'Before'), ('POST_OP', 'Afterwards'), ('AFTERCARE', 'In the weeks that follow')], max_length=12)),
                ('language', models.CharField(choices=[('en', 'English'), ('hi', 'हिन्दी'), ('ar', 'العربية'), ('ml', 'മലയാളം')], max_length=2)),
                ('text', models.TextField(max_length=8000)),
                ('source', models.CharField(blank=True, max_length=300)),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('procedure', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='instructions', to='catalog.procedure')),
            ],
            options={
                'ordering': ['procedure', 'language', 'kind'],
                'constraints': [models.UniqueConstraint(fields=('procedure', 'kind', 'language'), name='catalog_instructions_once'), models.CheckConstraint(condition=models.Q(('kind__in', ['PRE_OP', 'POST_OP', 'AFTERCARE']), ('language__in', ['en', 'hi', 'ar', 'ml']), ('text__regex', '\\S')), name='catalog_instructions_said'), kalon.kernel.rows.SameOrganization(field='procedure_id', name='catalog_instructions_same_procedure', through=('organization_id',), to='catalog.Procedure'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='catalog_procedureinstructions_rows', patient='', portal='SELECT', portal_where='(SELECT kalon_patient()) IS NOT NULL', reviewed='', tenant='organization_id')],
            },
        ),
    ]
