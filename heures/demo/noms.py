"""Matière des données fictives : noms inventés, objets de marchés plausibles."""

from __future__ import annotations

from typing import NamedTuple

PRENOMS_F = (
    "Adélaïde", "Aminata", "Béatrice", "Chloé", "Danuta", "Élodie", "Fatou", "Gwenaëlle", "Héloïse", "Inès",
    "Justine", "Khadija", "Lætitia", "Maëlys", "Nadège", "Océane", "Pauline", "Rachida", "Sylvie", "Yasmine",
)  # fmt: skip
PRENOMS_H = (
    "Achille", "Bastien", "Cédric", "Driss", "Émile", "Fabrice", "Ghislain", "Hugo", "Ibrahim", "Jérémy",
    "Kévin", "Loïc", "Mamadou", "Noé", "Olivier", "Piotr", "Quentin", "Rémi", "Stanislas", "Théo",
)  # fmt: skip
# Racines et finales se combinent : des noms qui sonnent juste sans être ceux de quelqu’un.
RACINES = (
    "Abel", "Blon", "Capi", "Delva", "Esqui", "Fourni", "Guille", "Harde", "Jolli", "Krawi", "Lefra", "Macha",
    "Norro", "Ouda", "Pruvo", "Quenni", "Rico", "Sauva", "Tasse", "Vande",
)  # fmt: skip
FINALES = ("quin", "bert", "chart", "deau", "fart", "lier", "moine", "nelle", "sart", "tier")


class ActeurFictif(NamedTuple):
    nom: str
    type: str
    commune: str = "62041"
    epci: str = ""


ACHETEURS = (
    ActeurFictif("Communauté urbaine d’Arras (fictif)", "INTERCOMMUNALITE", "62041", "200033579"),
    ActeurFictif("Ville d’Arras (fictif)", "COMMUNE", "62041", "200033579"),
    ActeurFictif("Département du Pas-de-Calais (fictif)", "DEPARTEMENT", "62041", "200033579"),
    ActeurFictif("Habitat des Deux Vallées (fictif)", "BAILLEUR_SOCIAL", "62004", "200033579"),
    ActeurFictif("Sud-Artois Communauté (fictif)", "INTERCOMMUNALITE", "62080", "200035442"),
    ActeurFictif("Centre hospitalier du Beffroi (fictif)", "ETAB_PUBLIC", "62041", "200033579"),
)

ENTREPRISES = (
    ActeurFictif("Maçonnerie des Collines (fictif)", "ENTREPRISE"),
    ActeurFictif("Toitures du Ternois (fictif)", "ENTREPRISE", "62764"),
    ActeurFictif("Peinture et Lumière (fictif)", "ENTREPRISE", "62004"),
    ActeurFictif("Électricité Scarpe (fictif)", "ENTREPRISE"),
    ActeurFictif("Plomberie Crinchon (fictif)", "ENTREPRISE"),
    ActeurFictif("Routes et Pavés d’Artois (fictif)", "ENTREPRISE"),
    ActeurFictif("Réseaux du Nord-Ouest (fictif)", "ENTREPRISE"),
    ActeurFictif("Jardins de la Canche (fictif)", "ENTREPRISE"),
    ActeurFictif("Propreté Horizon (fictif)", "ENTREPRISE"),
    ActeurFictif("Cuisine Centrale Boréale (fictif)", "ENTREPRISE"),
    ActeurFictif("Collecte et Tri Plaine (fictif)", "ENTREPRISE"),
    ActeurFictif("Menuiserie Saint-Éloi (fictif)", "ENTREPRISE"),
    ActeurFictif("Démolition Craie Blanche (fictif)", "ENTREPRISE"),
    ActeurFictif("Génie Climatique Opale (fictif)", "ENTREPRISE"),
)
EMPLOYEURS = (
    ActeurFictif("Tremplin Intérim Insertion (fictif)", "ETTI"),
    ActeurFictif("Passerelle ETTI (fictif)", "ETTI", "62764"),
    ActeurFictif("GEIQ Bâtisseurs d’Artois (fictif)", "GEIQ"),
    ActeurFictif("Coup de Main Services (fictif)", "AI"),
    ActeurFictif("Éco-Chantiers (fictif)", "EI"),
    ActeurFictif("Les Ateliers du Marais (fictif)", "ACI"),
    ActeurFictif("Artois Intérim (fictif)", "ETT"),
    ActeurFictif("Entreprise Adaptée Élan (fictif)", "EA"),
    ActeurFictif("ESAT du Val (fictif)", "ESAT"),
    ActeurFictif("Régie des Quartiers Ouest (fictif)", "REGIE_QUARTIER"),
)

OBJETS = {
    "BATIMENT": ("Réhabilitation de l’école {lieu}", "Rénovation énergétique de {n} logements, {lieu}",
                 "Construction d’une salle polyvalente, {lieu}", "Extension du collège {lieu}"),
    "TRAVAUX_PUBLICS": ("Requalification de la rue {lieu}", "Aménagement cyclable, secteur {lieu}",
                        "Renouvellement des réseaux, {lieu}"),
    "ESPACES_VERTS": ("Entretien des espaces verts, secteur {lieu}", "Fleurissement et désherbage, {lieu}"),
    "NETTOYAGE": ("Nettoyage des bâtiments, {lieu}", "Vitrerie et remise en état, {lieu}"),
    "EAU_DECHETS": ("Collecte des biodéchets, {lieu}", "Entretien des bassins, {lieu}"),
    "RESTAURATION": ("Restauration scolaire, {lieu}",),
    "AUTRES_SERVICES": ("Gardiennage et médiation, {lieu}", "Transport de personnes, {lieu}"),
}  # fmt: skip
LIEUX = (
    "des Tilleuls", "du Moulin", "des Capucines", "de la Gare", "des Écoles", "du Vieux Port", "des Peupliers",
    "du Beffroi", "de l’Abbaye", "des Remparts", "de la Plaine", "des Jardins", "du Canal", "des Hauts",
)  # fmt: skip

# Commune de résidence et poids : Arras et ses voisines, les trois autres intercommunalités, hors territoire.
COMMUNES = (
    ("62041", 40), ("62004", 12), ("62764", 8), ("62753", 6), ("62080", 10), ("62063", 5), ("62865", 8),
    ("62498", 6), ("59350", 2), ("", 3),
)  # fmt: skip
CRITERES = (
    ("RSA", 34), ("DELD", 20), ("JEUNE_26_SANS_QUALIF", 12), ("SENIOR_50", 9), ("BOETH", 9), ("IAE", 6), ("ASS", 4),
    ("PACEA_CEJ", 3), ("REFUGIE", 2), ("SOUS_MAIN_JUSTICE", 1),
)  # fmt: skip
PIECES = {
    "RSA": "ATTESTATION_RSA",
    "DELD": "ATTESTATION_FRANCE_TRAVAIL",
    "ASS": "ATTESTATION_FRANCE_TRAVAIL",
    "BOETH": "RECONNAISSANCE_HANDICAP",
    "IAE": "PRESCRIPTION_IAE",
    "REFUGIE": "TITRE_SEJOUR",
    "SOUS_MAIN_JUSTICE": "ATTESTATION_JUSTICE",
}
