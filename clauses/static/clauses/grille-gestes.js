// Remplir à droite, coller, annuler : un geste qui touche plusieurs cellules se défait d’un coup.

import { avancer, deposer, valeurAvant } from "./grille-envoi.js";
import { clefs } from "./grille-lieu.js";
import { COMPRIS, probleme, raconter } from "./grille-montrer.js";
import { repartir } from "./grille-clavier.js";

const CHANGEMENTS_MAX = 100;

const bouton = document.getElementById("annuler");
const historique = [];

/** Retient ce que valaient des cellules, juste avant de les déposer ; rend celles qui changent. */
function retenir(champs) {
    const changes = champs
        .map((champ) => ({ champ, avant: valeurAvant(champ) }))
        .filter(({ champ, avant }) => champ.value.trim() !== avant);
    if (changes.length > 0) {
        historique.push(changes);
        historique.splice(0, historique.length - CHANGEMENTS_MAX);
        bouton.disabled = false;
    }
    return changes.length;
}

/** Enregistre des cellules changées d’un même geste. */
export function changer(champs) {
    const nombre = retenir(champs);
    champs.forEach((champ) => deposer(champ));
    return nombre;
}

/** Remet la valeur d’avant le dernier geste, par la même voie : un conflit se montre, une règle s’applique. */
export function annuler() {
    const changes = historique.pop()?.filter(({ champ }) => champ.isConnected && !champ.readOnly);
    bouton.disabled = historique.length === 0;
    if (!changes || changes.length === 0) {
        raconter("Rien à annuler.");
        return;
    }
    for (const { champ, avant } of changes) {
        champ.value = avant;
        deposer(champ);
    }
    avancer();
    raconter(`Changement annulé : ${changes.length} cellule${changes.length > 1 ? "s" : ""}.`);
}

/** Recopie une cellule dans celles qui sont ouvertes à sa droite, du même type d’heures ; les mois à venir sont fermés. */
export function remplirADroite(champ) {
    if (!champ) {
        raconter("Choisissez d’abord la cellule à recopier.");
        return;
    }
    const { type } = clefs(champ);
    const valeur = champ.value.trim();
    if (valeur === "") {
        raconter("Cette cellule est vide : rien à recopier.");
        return;
    }
    const suivantes = [...champ.closest("tr").querySelectorAll("input:not([readonly])")].filter(
        (autre) => clefs(autre).rang > clefs(champ).rang && clefs(autre).type === type,
    );
    suivantes.forEach((autre) => {
        autre.value = valeur;
    });
    const nombre = changer([champ, ...suivantes]);
    const pluriel = nombre > 1 ? "s" : "";
    raconter(
        nombre ? `${nombre} cellule${pluriel} remplie${pluriel} avec ${valeur}.` : "Rien à remplir à droite de cette cellule.",
    );
}

export function coller(evenement) {
    const { posees, perdues } = repartir(evenement);
    changer(posees);
    if (perdues) {
        const phrase = `${perdues} valeur${perdues > 1 ? "s" : ""} hors des cellules ouvertes : rien n’y a été écrit.`;
        probleme("x-collage", "avertissement", "Collage :", phrase, [COMPRIS]);
    }
}
