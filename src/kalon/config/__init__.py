"""Where everything is put together: settings, addresses, the unit of work of a request, the verbs of `./kalon`.

Imports everything, is imported by nobody. Owns no clinic rule.
"""
