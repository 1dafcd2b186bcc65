// The scorecard's filter. Without scripts every claim is shown and the menus stay hidden.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector(".rb-filter");
  if (!form) return;
  const cards = [...document.querySelectorAll(".rb-ledger > .rb-card")];
  const menus = [...form.querySelectorAll("select")];
  const shown = form.querySelector(".rb-shown");

  const apply = () => {
    const wanted = menus.filter((menu) => menu.value);
    let count = 0;
    for (const card of cards) {
      const fits = wanted.every((menu) => card.dataset[menu.dataset.filter] === menu.value);
      card.hidden = !fits;
      count += fits ? 1 : 0;
    }
    shown.textContent = `${count} of ${cards.length} claims shown`;
  };

  // An address such as #claim-nvidia-h200-memory always shows its claim.
  const reveal = () => {
    const card = location.hash && document.getElementById(location.hash.slice(1));
    if (!card || !card.hidden) return;
    for (const menu of menus) menu.value = "";
    apply();
    card.scrollIntoView();
  };

  form.hidden = false;
  form.addEventListener("change", apply);
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", reveal);
});
