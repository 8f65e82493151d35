"""The pages of payment plans, and what they plug into others' pages."""
