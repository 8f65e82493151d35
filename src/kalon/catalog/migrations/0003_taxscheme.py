import django.contrib.postgres.constraints
import django.core.validators
import django.db.models.deletion
import kalon.catalog.models.taxes
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.rows
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_needs'),
        ('people', '0004_role_offered'),
    ]

    operations = [
        migrations.CreateModel(
            name='TaxScheme',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('code', models.CharField(max_length=40)),
                ('name', models.CharField(max_length=120)),
                ('split', models.CharField(choices=[('HALVES', 'Two halves inside a state, one whole across states'), ('WHOLE', 'One whole')], max_length=8)),
                ('first_half', models.CharField(blank=True, max_length=12)),
                ('second_half', models.CharField(blank=True, max_length=12)),
                ('whole', models.CharField(max_length=12)),
                ('registration', models.CharField(max_length=30, verbose_name='Name of the registration number')),
                ('registered_place', models.CharField(choices=[('PERFORMED', 'Where it is performed'), ('RECIPIENT', 'Where the buyer is registered')], default='PERFORMED', max_length=12, verbose_name='Place of supply for a registered buyer')),
                ('address_from', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('large_from', models.DecimalField(blank=True, decimal_places=2, max_digits=14, null=True)),
                ('valid_from', models.DateField()),
                ('valid_to', models.DateField(blank=True, null=True)),
                ('source', models.TextField(blank=True, validators=[django.core.validators.MaxLengthValidator(2000)])),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
            ],
            options={
                'ordering': ['-valid_from'],
                'constraints': [models.CheckConstraint(condition=models.Q(('code__regex', '^[A-Z0-9][A-Z0-9_-]{0,39}$')), name='catalog_taxscheme_code_shape'), models.CheckConstraint(condition=models.Q(models.Q(('first_half', ''), ('second_half', ''), ('split', 'WHOLE')), models.Q(('split', 'HALVES'), models.Q(('first_half', ''), _negated=True), models.Q(('second_half', ''), _negated=True)), _connector='OR'), name='catalog_taxscheme_halves_named'), models.CheckConstraint(condition=models.Q(models.Q(('whole', ''), _negated=True), models.Q(('registration', ''), _negated=True)), name='catalog_taxscheme_named'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='catalog_taxscheme_ends_later'), django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('organization', '='), (kalon.catalog.models.taxes.Valid('valid_from', 'valid_to', models.Value('[)')), '&&')], name='catalog_taxscheme_one_a_day'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE', name='catalog_taxscheme_rows', patient='', portal='SELECT', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
