"""Charts: where on a face or body a product went, how much of it, and with which device settings.

Owns the marked points, their products and units, and the settings of lasers and devices.
"""
