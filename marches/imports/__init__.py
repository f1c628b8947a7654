"""Imports des marchés."""
