// Petits gestes communs à toutes les pages ; chacune marche aussi sans eux.

// Après un envoi refusé, le premier champ en faute reçoit le focus.
const enFaute = document.querySelector("[aria-invalid='true'], .is-invalid");
if (enFaute) {
    enFaute.focus();
}

// Un formulaire envoyé ne part pas deux fois.
document.addEventListener("submit", (evenement) => {
    const formulaire = evenement.target;
    if (formulaire.method !== "post" || evenement.defaultPrevented) {
        return;
    }
    if (formulaire.dataset.envoye) {
        evenement.preventDefault();
        return;
    }
    formulaire.dataset.envoye = "oui";
    window.addEventListener("pageshow", () => delete formulaire.dataset.envoye, { once: true });
});
