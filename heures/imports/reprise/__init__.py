"""Reprise d’une structure depuis un tableur : un classeur, une feuille par objet, tout ou rien (formats.md §2)."""
