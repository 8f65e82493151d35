"""The shell: base pages, components, navigation, search, error pages and the browser's files.

Owns how Kalon looks and behaves in a browser. It knows no clinic rule and imports no context: contexts
hand it their navigation entries and search providers when they start.
"""
