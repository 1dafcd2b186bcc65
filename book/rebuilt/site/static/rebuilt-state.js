// What the pages with a form share: the address keeps what was chosen, and a command is copied.
window.rebuiltState = (() => {
  const PAUSE_MS = 250; // of typing, before the address follows and figures are said
  let later;

  // The choice in the address, or null: an anchor of the page has no equals sign.
  const chosen = () => (location.hash.includes("=") ? new URLSearchParams(location.hash.slice(1)) : null);

  // A moment after the last change the address holds the choice, and `said` what was found.
  const keep = (choice, found, said) => {
    clearTimeout(later);
    later = setTimeout(() => {
      history.replaceState(null, "", `#${new URLSearchParams(choice)}`);
      if (said) said.textContent = found;
    }, PAUSE_MS);
  };

  // Let the form's button copy its command; returns the function that shows another one.
  const copyable = (root, form) => {
    const [command, button, copied] = ["command code", "copy", "copied"].map(
      (name) => root.querySelector(`.rb-${form}-${name}`));
    // Apart from the figures, which are said a moment later and would take its place.
    const tell = (words) => {
      copied.textContent = words;
      copied.classList.toggle("rb-hidden", words === "");
    };
    button.addEventListener("click", async () => {
      getSelection().selectAllChildren(command);
      let done = false;
      try {
        await navigator.clipboard.writeText(command.textContent);
        done = true;
      } catch {
        done = document.execCommand("copy"); // pages from files have no clipboard of their own
      }
      tell(done ? "Copied" : "Selected: copy it with your keyboard");
    });
    return (line) => {
      if (command.textContent === line) return; // a resize changes nothing and leaves the selection
      command.textContent = line;
      tell("");
    };
  };
  return { chosen, keep, copyable };
})();
