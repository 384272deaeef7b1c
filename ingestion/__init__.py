"""Brings the outside in: landing files become raw tables, and a ledger tells how."""
