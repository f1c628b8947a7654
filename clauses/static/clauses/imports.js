// Une lecture ou un import peut durer : la page le dit, et n’envoie pas deux fois.
for (const formulaire of document.querySelectorAll("form[data-attente]")) {
    formulaire.addEventListener("submit", (evenement) => {
        if (formulaire.dataset.envoye) {
            evenement.preventDefault();
            return;
        }
        formulaire.dataset.envoye = "oui";
        const attente = formulaire.querySelector(".import-attente");
        attente.textContent = attente.dataset.texte;
        for (const bouton of formulaire.querySelectorAll("button[type=submit]")) {
            bouton.setAttribute("aria-disabled", "true");
        }
    });
}

// Revenu par le bouton « Précédent », un formulaire se laisse envoyer de nouveau.
window.addEventListener("pageshow", () => {
    for (const formulaire of document.querySelectorAll("form[data-envoye]")) {
        delete formulaire.dataset.envoye;
        formulaire.querySelector(".import-attente").textContent = "";
        for (const bouton of formulaire.querySelectorAll("[aria-disabled]")) {
            bouton.removeAttribute("aria-disabled");
        }
    }
});
