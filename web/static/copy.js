// Copy buttons: shown only where scripts run, since they can do nothing without. Each says what it copied.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // over plain http there is no clipboard
    }
    document.getElementById("copied").textContent = "Copied: " + document.querySelector("label[for=" + CSS.escape(field.id) + "]").textContent;
    for (const other of document.querySelectorAll("[data-copy].ok")) other.classList.remove("ok");
    button.classList.add("ok");
  });
}
