"""Formulaires des heures, des participants et de leurs contrats."""
