"""Bancs de mesure : des rapports mesurés dans la même exécution, jamais des temps absolus.

`make mesures` remplit une base neuve de données fictives, mesure, et imprime un tableau. Hors de la suite de tests.
"""
