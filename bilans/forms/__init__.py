"""Formulaires des bilans et des documents."""
