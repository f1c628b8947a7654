// Copier le jeton d’un clic ; sans presse-papiers (page servie sans TLS), le champ se sélectionne à la main.
const bouton = document.querySelector("[data-copier]");
const statut = document.querySelector("[data-copie]");
if (bouton && navigator.clipboard) {
    const champ = document.getElementById(bouton.dataset.copier);
    bouton.hidden = false;
    bouton.addEventListener("click", async () => {
        try {
            await navigator.clipboard.writeText(champ.value);
            statut.textContent = statut.dataset.copie;
        } catch {
            champ.select();
        }
    });
}
