"""Données de démonstration : inventées, déterministes, de la forme de celles d’un PLIE.

`plan` décide (pur hasard semé, sans base), `pose` écrit. Aucune personne ni entreprise n’existe.
"""
