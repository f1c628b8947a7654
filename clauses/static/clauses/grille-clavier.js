// La grille au clavier : quelle cellule vient ensuite, et comment un bloc collé s’y répartit. Rien n’est enregistré ici.

import { rangees } from "./grille-lieu.js";

const CIBLES = "input:not([readonly]), a";

/** La première cellule où l’on peut aller dans une direction, en sautant celles qui sont fermées. */
export function voisine(td, lignes, colonnes) {
    const toutes = rangees();
    let rang = toutes.indexOf(td.parentElement) + lignes;
    let colonne = td.cellIndex + colonnes;
    while (toutes[rang]?.cells[colonne]) {
        const cible = toutes[rang].cells[colonne].querySelector(CIBLES);
        if (cible) {
            return cible;
        }
        rang += lignes;
        colonne += colonnes;
    }
    return null;
}

const auDebut = (cible) => !cible.matches("input") || cible.selectionStart === 0;
const aLaFin = (cible) => !cible.matches("input") || cible.selectionEnd === cible.value.length;

/** Le déplacement (lignes, colonnes) que demande une touche ; dans un texte, la flèche n’en sort qu’au bord. */
export function pas(evenement) {
    const cible = evenement.target;
    switch (evenement.key) {
        case "ArrowUp":
            return [-1, 0];
        case "ArrowDown":
            return [1, 0];
        case "Enter":
            return cible.matches("input") ? [evenement.shiftKey ? -1 : 1, 0] : null;
        case "ArrowLeft":
            return auDebut(cible) ? [0, -1] : null;
        case "ArrowRight":
            return aLaFin(cible) ? [0, 1] : null;
        default:
            return null;
    }
}

/**
 * Pose un bloc copié d’un tableur à partir de la cellule visée ; un texte d’une seule valeur se colle d’ordinaire.
 *
 * Une case vide du bloc ne change rien : on ne vide pas une heure par un trou du tableur.
 */
export function repartir(evenement) {
    const texte = evenement.clipboardData.getData("text/plain").replaceAll("\r", "").replace(/\n+$/, "");
    const td = evenement.target.closest("tr[data-c] td");
    const posees = [];
    let perdues = 0;
    if (!td || !/[\t\n]/.test(texte)) {
        return { posees, perdues };
    }
    evenement.preventDefault();
    const toutes = rangees();
    const depart = toutes.indexOf(td.parentElement);
    texte.split("\n").forEach((ligne, i) => {
        ligne.split("\t").forEach((valeur, j) => {
            const arrivee = toutes[depart + i]?.cells[td.cellIndex + j];
            const champ = arrivee?.querySelector("input:not([readonly])");
            if (champ && valeur.trim()) {
                champ.value = valeur.trim();
                posees.push(champ);
            } else if (valeur.trim()) {
                perdues += 1;
            }
        });
    });
    return { posees, perdues };
}
