import django.core.validators
import django.db.models.deletion
import kalon.kernel.clock
import kalon.kernel.ids
import kalon.kernel.money
import kalon.kernel.rows
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0005_tax_number'),
        ('pricing', '0003_price_shown'),
    ]

    operations = [
        migrations.AddField(
            model_name='pointsentry',
            name='per',
            field=kalon.kernel.money.AmountField(decimal_places=2, max_digits=14, null=True),
        ),
        migrations.CreateModel(
            name='DiscountLimit',
            fields=[
                ('id', models.UUIDField(default=kalon.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(default=kalon.kernel.clock.now, editable=False)),
                ('percent', models.DecimalField(decimal_places=2, max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)])),
                ('organization', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.organization')),
                ('role', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.role')),
            ],
            options={
                'ordering': ['role__name', 'id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('percent__range', (0, 100))), name='pricing_discountlimit_percent'), kalon.kernel.rows.SameOrganization(field='role_id', name='pricing_discountlimit_same_role', through=('organization_id',), to='people.Role'), kalon.kernel.rows.RowSecurity(app='SELECT, INSERT, UPDATE, DELETE', name='pricing_discountlimit_rows', patient='', portal='', portal_where='', reviewed='', tenant='organization_id')],
            },
        ),
    ]
