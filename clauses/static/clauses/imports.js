// Une lecture ou un import peut durer : la page dit qu’elle attend (clauses.js empêche déjà le double envoi).
const attentes = [...document.querySelectorAll("form[data-attente]")].map((formulaire) => {
    const attente = formulaire.querySelector(".import-attente");
    formulaire.addEventListener("submit", () => {
        attente.textContent = attente.dataset.texte;
    });
    return attente;
});

// Revenu par le bouton « Précédent », plus rien n’est en cours.
window.addEventListener("pageshow", () => {
    for (const attente of attentes) {
        attente.textContent = "";
    }
});
