// La grille des heures : un engagement, une entreprise ou un mois. Un seul écouteur par sorte d’événement.

import { brancherLAjout } from "./grille-ajout.js";
import { pas, voisine } from "./grille-clavier.js";
import { avancer, deposer, nonEnregistrees, quandToutEstEnregistre, reprendre } from "./grille-envoi.js";
import { annuler, changer, coller, remplirADroite } from "./grille-gestes.js";
import { aChange, estBloquee, estUnMois, grille, ouvrirALaFrappe } from "./grille-lieu.js";
import { montrerDetail } from "./grille-montrer.js";
import { reprendreLaPlace, retenirLaPlace } from "./grille-retour.js";

const formulaire = document.getElementById("form-mois");
let active = null;

const estSaisie = (cible) => cible.matches("tbody input");
const demandeARemplir = ({ key, ctrlKey, altKey }) =>
    !estUnMois && ((ctrlKey && key.toLowerCase() === "r") || (altKey && key === "ArrowRight"));

function auClavier(evenement) {
    const cible = evenement.target;
    if (demandeARemplir(evenement) && estSaisie(cible)) {
        evenement.preventDefault();
        remplirADroite(cible);
        return;
    }
    const td = cible.closest("tr[data-c] td, tr[data-c] th");
    if (!td || evenement.ctrlKey || evenement.metaKey || evenement.altKey || evenement.isComposing) {
        return;
    }
    if (evenement.key === "Escape" && estSaisie(cible)) {
        cible.value = cible.defaultValue;
        deposer(cible);
        avancer();
        cible.select();
        return;
    }
    const deplacement = pas(evenement);
    if (deplacement) {
        evenement.preventDefault();
        const suivante = voisine(td, ...deplacement);
        if (suivante) {
            suivante.focus();
        } else if (estSaisie(cible) && aChange(cible)) {
            changer([cible]);
        }
    }
}

/** Ctrl+Z hors d’une frappe en cours : dans une cellule que l’on tape, le navigateur défait lui-même la frappe. */
function auRaccourci(evenement) {
    const { target, key, ctrlKey, metaKey, shiftKey } = evenement;
    const ailleurs = target.matches("input, select, textarea") && !grille.contains(target);
    const enFrappe = estSaisie(target) && aChange(target);
    if ((ctrlKey || metaKey) && !shiftKey && key.toLowerCase() === "z" && !ailleurs && !enFrappe) {
        evenement.preventDefault();
        annuler();
    }
}

function auDepart(evenement) {
    const champ = evenement.target;
    const dejaDit = estBloquee(champ) && champ.value === champ.dataset.envoye;
    if (estSaisie(champ) && (aChange(champ) || estBloquee(champ)) && !dejaDit) {
        changer([champ]);
    }
}

function demarrer() {
    grille.addEventListener("keydown", auClavier);
    grille.addEventListener("paste", coller);
    grille.addEventListener("mousedown", (evenement) => {
        if (estSaisie(evenement.target) && evenement.target !== document.activeElement) {
            evenement.preventDefault();
            evenement.target.focus();
        }
    });
    grille.addEventListener("focusin", (evenement) => {
        if (estSaisie(evenement.target)) {
            active = evenement.target;
            active.select();
            montrerDetail(active);
        }
    });
    grille.addEventListener("focusout", auDepart);
    const boutonAnnuler = document.getElementById("annuler");
    if (boutonAnnuler) {
        boutonAnnuler.addEventListener("click", annuler);
        document.addEventListener("keydown", auRaccourci);
    }
    document.getElementById("remplir")?.addEventListener("click", () => {
        remplirADroite(active);
        active?.focus();
    });
    formulaire.addEventListener("submit", (evenement) => {
        if (nonEnregistrees()) {
            evenement.preventDefault();
            quandToutEstEnregistre(() => formulaire.requestSubmit(evenement.submitter));
        } else {
            retenirLaPlace(evenement.submitter);
        }
    });
    window.addEventListener("online", reprendre);
    window.addEventListener("beforeunload", (evenement) => {
        if (nonEnregistrees()) {
            evenement.preventDefault();
        }
    });
    brancherLAjout();
    ouvrirALaFrappe(grille);
    reprendreLaPlace();
}

if (grille) {
    demarrer();
}
