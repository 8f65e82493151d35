"""Drawers, what goes through them and what was counted in them; closed days; what was paid in one go."""

from kalon.tills.models.checkouts import Checkout, CheckoutPart
from kalon.tills.models.days import DayClose
from kalon.tills.models.drawers import Drawer, DrawerEntry, DrawerSession, TillPolicy

__all__ = ["Checkout", "CheckoutPart", "DayClose", "Drawer", "DrawerEntry", "DrawerSession", "TillPolicy"]
