"""Chaque indicateur déclaré une fois : son nom, son unité, sa règle, sa source, ce qui l’ouvre (bilans.md, A1).

Le bilan du Département les montre tous ; les autres en reprennent.
"""

from __future__ import annotations

from bilans.definitions import ColonneBilan, H, Indicateur, N, T, Unite
from bilans.etats import ACTIF, EN_COURS, NOTIFIE, NOUVEAU, POSITIVE
from bilans.faits import NON, OUI
from bilans.mesures import (
    HEURES,
    PERSONNES,
    Mesure,
    Ouverture,
    Quotient,
    heures_de,
    marches_de,
    personnes_de,
    sorties_de,
)
from heures.enums import StatutLigne

HEURES_VALIDEES = "Heures validées, au mois travaillé\u00a0; "
A_L_ENTREE = "à l’entrée en clause (première entrée, version courante)."

INDICATEURS: tuple[Indicateur, ...] = (
    Indicateur(
        "heures_realisees", "Heures d’insertion réalisées", H,
        "Lignes d’heures validées, comptées au mois travaillé\u00a0; déclarées et refusées sont comptées à part.",
        "domaine.md §3", HEURES,
    ),
    Indicateur("heures_brsa", "dont heures des BRSA", H,
               f"{HEURES_VALIDEES}bénéficiaires du RSA {A_L_ENTREE}", ouvre=heures_de(brsa=OUI)),
    Indicateur("taux_heures_brsa", "part des BRSA dans les heures", T, "Heures des BRSA ÷ heures réalisées.",
               quotient=Quotient("heures_brsa", "heures_realisees")),
    Indicateur("beneficiaires", "Bénéficiaires", N,
               "Personnes distinctes qui totalisent au moins une heure validée dans la période et le périmètre.",
               ouvre=PERSONNES),
    Indicateur("nouveaux_entrants", "dont nouveaux entrants", N,
               "Bénéficiaires dont la première heure validée de toujours, dans la structure, est dans la période.",
               ouvre=personnes_de(nouveau=OUI)),
    Indicateur("beneficiaires_brsa", "dont bénéficiaires du RSA", N,
               f"Critère RSA, principal ou non, {A_L_ENTREE} Trois valeurs\u00a0: oui, non, non renseigné.",
               ouvre=personnes_de(brsa=OUI)),
    Indicateur("taux_beneficiaires_brsa", "part des BRSA dans les personnes", T, "BRSA ÷ bénéficiaires.",
               quotient=Quotient("beneficiaires_brsa", "beneficiaires")),
    Indicateur("nouveaux_brsa", "dont nouveaux entrants BRSA", N, "Nouveaux entrants bénéficiaires du RSA.",
               ouvre=personnes_de(brsa=OUI, nouveau=OUI)),
    Indicateur("moins_26_ans", "dont moins de 26 ans", N,
               "Âge au premier jour du mois de la première heure validée dans la structure.",
               ouvre=personnes_de(age="MOINS_26")),
    Indicateur("femmes", "dont femmes", N, "Bénéficiaires de sexe féminin.", ouvre=personnes_de(sexe="F")),
    Indicateur("taux_femmes", "part des femmes dans les personnes", T, "Femmes ÷ bénéficiaires.",
               quotient=Quotient("femmes", "beneficiaires")),
    Indicateur("heures_femmes", "heures des femmes", H, f"{HEURES_VALIDEES}femmes.", ouvre=heures_de(sexe="F")),
    Indicateur("taux_heures_femmes", "part des femmes dans les heures", T, "Heures des femmes ÷ heures réalisées.",
               quotient=Quotient("heures_femmes", "heures_realisees")),
    Indicateur("qpv", "dont habitants d’un quartier prioritaire (QPV)", N, f"Résidence en QPV {A_L_ENTREE}",
               ouvre=personnes_de(qpv=OUI)),
    Indicateur("taux_qpv", "part des habitants de QPV dans les personnes", T, "Habitants de QPV ÷ bénéficiaires.",
               quotient=Quotient("qpv", "beneficiaires")),
    Indicateur("heures_qpv", "heures des habitants de QPV", H, f"{HEURES_VALIDEES}résidents en QPV.",
               ouvre=heures_de(qpv=OUI)),
    Indicateur("taux_heures_qpv", "part des habitants de QPV dans les heures", T,
               "Heures des habitants de QPV ÷ heures réalisées.",
               quotient=Quotient("heures_qpv", "heures_realisees")),
    Indicateur("participants_plie", "dont participants PLIE", N,
               f"Marqueur\u00a0: accompagnés par le PLIE {A_L_ENTREE}", ouvre=personnes_de(plie=OUI)),
    Indicateur("heures_plie", "heures des participants PLIE", H, f"{HEURES_VALIDEES}participants PLIE.",
               ouvre=heures_de(plie=OUI)),
    Indicateur("residents_territoire", "Résidents du territoire", N,
               f"Bénéficiaires dont la commune {A_L_ENTREE[:-1]} est dans une intercommunalité de la structure.",
               "domaine.md §9", personnes_de(zone="TERRITOIRE")),
    Indicateur("residents_departement", "Résidents du reste du département", N,
               "Commune du référentiel, même département que la structure, hors de ses intercommunalités.",
               "domaine.md §9", personnes_de(zone="AUTRE_DEPARTEMENT")),
    Indicateur("residents_hors", "Résidents hors territoire", N,
               "Toute autre commune, y compris une commune absente du référentiel chargé.", "domaine.md §9",
               personnes_de(zone="HORS")),
    Indicateur("residents_nr", "Résidence non renseignée", N, "Sans commune à l’entrée, ou sans entrée en clause.",
               "domaine.md §9", personnes_de(zone="NR")),
    Indicateur("contrats", "Contrats de travail", N,
               "Contrats distincts d’au moins une heure validée dans la période\u00a0; les missions d’intérim, ou les "
               "contrats chez un ACI, d’une même personne chez le même employeur comptent pour un.",
               ouvre=Ouverture(Mesure.CONTRATS)),
    Indicateur("heures_moyennes", "Heures moyennes par bénéficiaire", H, "Heures réalisées ÷ bénéficiaires.",
               quotient=Quotient("heures_realisees", "beneficiaires")),
    Indicateur("marches_actifs", "Marchés actifs", N, "Marchés d’au moins une heure validée dans la période.",
               ouvre=marches_de(ACTIF)),
    Indicateur("marches_notifies", "Marchés notifiés", N, "Marchés notifiés dans la période.",
               ouvre=marches_de(NOTIFIE)),
    Indicateur("marches_en_cours", "Marchés en cours", N,
               "Notifiés au plus tard à la date d’arrêté et ni soldés, ni résiliés, ni sans suite. On n’additionne "
               "pas les marchés de deux années.",
               ouvre=marches_de(EN_COURS)),
    Indicateur("heures_engagees_cumul", "Heures engagées, cumul des marchés en cours", H,
               "Somme des mouvements du grand livre jusqu’à la date d’arrêté\u00a0; jamais proratisées.",
               "domaine.md §2",
               ouvre=Ouverture(Mesure.MOUVEMENTS)),
    Indicateur("heures_realisees_cumul", "Heures réalisées, cumul des marchés en cours", H,
               "Heures validées depuis la notification jusqu’à la date d’arrêté, sur les marchés en cours.",
               ouvre=Ouverture(Mesure.CUMUL)),
    Indicateur("taux_cumul", "Taux de réalisation cumulé", T,
               "Cumul réalisé ÷ cumul engagé, à la même date, marchés en cours\u00a0; peut dépasser 100\u202f%.",
               quotient=Quotient("heures_realisees_cumul", "heures_engagees_cumul")),
    Indicateur("acheteurs_actifs", "Acheteurs actifs", N, "Acheteurs d’au moins une heure validée dans la période.",
               ouvre=Ouverture(Mesure.ACHETEURS, {"etat": ACTIF})),
    Indicateur("acheteurs_nouveaux", "Acheteurs nouveaux", N,
               "Acheteurs dont le premier marché notifié l’est dans la période.",
               ouvre=Ouverture(Mesure.ACHETEURS, {"etat": NOUVEAU})),
    Indicateur("entreprises_actives", "Entreprises redevables actives", N,
               "Entreprises engagées d’au moins une heure validée dans la période.",
               ouvre=Ouverture(Mesure.ENTREPRISES)),
    Indicateur("siae_mobilisees", "SIAE mobilisées", N,
               "Employeurs EI, ETTI, AI, ACI ou EITI d’au moins une heure validée.", "domaine.md §6",
               ouvre=Ouverture(Mesure.EMPLOYEURS, {"siae": OUI})),
    Indicateur("siae_heures", "heures portées par les SIAE", H,
               "Heures validées dont l’employeur est une EI, une ETTI, une AI, un ACI ou une EITI.", "domaine.md §6",
               heures_de(siae=OUI)),
    Indicateur("taux_siae_heures", "part des SIAE dans les heures", T, "Heures des SIAE ÷ heures réalisées.",
               quotient=Quotient("siae_heures", "heures_realisees")),
    Indicateur("sorties_toutes", "Sorties, saisies et présumées", N,
               "Saisie dans la période, ou présumée\u00a0: à l’arrêté, le dernier contrat est terminé et le délai de "
               "la structure passé sans heure. La dernière sortie de chaque personne dans la période fait foi.",
               ouvre=sorties_de()),
    Indicateur("sorties", "dont sorties saisies", N,
               "Sorties saisies dans la période\u00a0; la dernière de chaque personne fait foi.",
               ouvre=sorties_de(presumee=NON)),
    Indicateur("sorties_presumees", "dont sorties présumées, à saisir", N,
               "Datées de la fin du dernier contrat\u00a0; une sortie saisie depuis les remplace.",
               ouvre=sorties_de(presumee=OUI)),
    Indicateur("sorties_positives", "dont sorties positives", N,
               "CDI, CDD, intérim de longue durée, contrat aidé, alternance, création, formation qualifiante.",
               "domaine.md §6", sorties_de(categorie=POSITIVE)),
    Indicateur("taux_sorties_positives", "taux de sorties positives", T,
               "Sorties positives ÷ sorties, saisies et présumées.",
               quotient=Quotient("sorties_positives", "sorties_toutes")),
    *(
        indicateur
        for mois, lettres, mesure in ((6, "six", Mesure.ECHEANCES_6), (12, "douze", Mesure.ECHEANCES_12))
        for indicateur in (
            Indicateur(f"echeances_{mois}_mois", f"Échéances à {lettres} mois", N,
                       f"Sorties dont l’échéance à {lettres} mois tombe dans la période et est passée à l’arrêté.",
                       ouvre=Ouverture(mesure)),
            Indicateur(f"positives_{mois}_mois", f"dont situation positive à {lettres} mois", N,
                       "Situation positive à l’échéance\u00a0; « non renseigné » et « injoignable » n’en sont pas.",
                       ouvre=Ouverture(mesure, {"categorie": POSITIVE})),
            Indicateur(f"taux_{mois}_mois", f"taux de situations positives à {lettres} mois", T,
                       f"Situations positives à {lettres} mois ÷ échéances à {lettres} mois.",
                       quotient=Quotient(f"positives_{mois}_mois", f"echeances_{mois}_mois")),
        )
    ),
    Indicateur("etp", "Équivalents temps plein (ETP)", Unite.ETP,
               "Heures réalisées ÷ base ETP de la structure\u00a0; une seule base par document.",
               quotient=Quotient("heures_realisees", "base_etp")),
    Indicateur("etp_facilitateurs", "ETP de facilitateur", H, "Réglage de la structure, vide s’il n’est pas donné.",
               "réglages", dispense="Réglage de la structure."),
    Indicateur("heures_par_etp_facilitateur", "Heures par ETP de facilitateur", H,
               "Heures réalisées ÷ ETP de facilitateur.",
               quotient=Quotient("heures_realisees", "etp_facilitateurs")),
    Indicateur("beneficiaires_par_etp_facilitateur", "Bénéficiaires par ETP de facilitateur", H,
               "Bénéficiaires ÷ ETP de facilitateur.",
               quotient=Quotient("beneficiaires", "etp_facilitateurs")),
    Indicateur("heures_declarees", "À part\u00a0: heures déclarées, non validées", H,
               "Heures de la période encore à valider\u00a0; elles ne comptent dans aucun autre chiffre.",
               "domaine.md §3",
               ouvre=Ouverture(Mesure.HORS_COMPTE, {"statut": StatutLigne.DECLAREE.value})),
    Indicateur("heures_refusees", "À part\u00a0: heures refusées", H,
               "Heures de la période refusées, avec leur motif\u00a0; elles ne comptent nulle part.", "domaine.md §3",
               ouvre=Ouverture(Mesure.HORS_COMPTE, {"statut": StatutLigne.REFUSEE.value})),
)  # fmt: skip

PAR_CLE = {indicateur.cle: indicateur for indicateur in INDICATEURS}


def colonne_de(cle: str, nom: str) -> ColonneBilan:
    """La colonne d’un indicateur dans un tableau : même unité, même ouverture, mêmes termes."""
    indicateur = PAR_CLE[cle]
    return ColonneBilan(cle, nom, indicateur.unite, indicateur.ouvre, indicateur.quotient)
