"""The parts of an operation note. After Good Surgical Practice (Royal College of Surgeons of England, 2014), 1.3.
Review before clinical use."""

PARTS: tuple[tuple[str, str, bool], ...] = (
    ("findings", "Findings", True),
    ("procedure", "What was done, step by step", True),
    ("deviations", "What was different from the plan", False),
    ("implants", "Implants and their place", False),
    ("blood_loss", "Blood loss", True),
    ("drains", "Drains and dressings", False),
    ("specimens", "Specimens", False),
    ("after", "After care: medicines, position, what to look for, when to return", True),
)
