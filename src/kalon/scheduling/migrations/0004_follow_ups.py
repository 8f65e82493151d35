import django.db.models.deletion
import kalon.kernel.rows
import kalon.scheduling.models.guards
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_needs'),
        ('patients', '0002_search'),
        ('people', '0003_equipment'),
        ('scheduling', '0003_resources'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='appointment',
            name='follows',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scheduling.appointment'),
        ),
        migrations.AddIndex(
            model_name='appointment',
            index=models.Index(condition=models.Q(('status', 'REQUESTED')), fields=['organization', 'created_at'], name='scheduling_appt_asked_for'),
        ),
        migrations.AddConstraint(
            model_name='allocation',
            constraint=kalon.scheduling.models.guards.ReviewedFunction(arguments='', body='\n    RETURN QUERY SELECT mine.id FROM scheduling_allocation AS mine WHERE mine.held_by = kalon_user() AND mine.is_live\n        AND mine.appointment_id IS NULL AND mine.organization_id = kalon_organization();', callers='kalon_app, kalon_portal', declare='', name='scheduling_my_holds', returns='SETOF uuid'),
        ),
        migrations.AddConstraint(
            model_name='appointment',
            constraint=kalon.kernel.rows.SameOrganization(field='follows_id', name='scheduling_appointment_same_follows', through=('organization_id', 'patient_id'), to='scheduling.Appointment'),
        ),
    ]
