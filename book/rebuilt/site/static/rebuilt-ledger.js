// The scorecard's filter, with its state in the address: #section=nvidia&since=ended.
// Without scripts every claim is shown and the menus stay hidden.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector(".rb-filter");
  if (!form) return;
  const list = document.querySelector(".rb-ledger.rb-home");
  const cards = [...list.children];
  const menus = [...form.querySelectorAll("select")];
  const shown = form.querySelector(".rb-shown");
  const clear = form.querySelector(".rb-clear");
  const unfold = form.querySelector(".rb-unfold");

  const apply = () => {
    const wanted = menus.filter((menu) => menu.value);
    let count = 0;
    for (const card of cards) {
      const fits = wanted.every((menu) => card.dataset[menu.dataset.filter] === menu.value);
      card.hidden = !fits;
      count += fits ? 1 : 0;
    }
    shown.textContent = `${count} of ${cards.length} claims shown`;
    clear.disabled = wanted.length === 0;
  };

  const remember = () => {
    const state = new URLSearchParams();
    for (const menu of menus) if (menu.value) state.set(menu.dataset.filter, menu.value);
    history.replaceState(null, "", `#${state}`);
  };

  // A word that no menu has leaves its menu at "all".
  const restore = () => {
    const state = new URLSearchParams(location.hash.slice(1));
    if (!menus.some((menu) => state.has(menu.dataset.filter))) return false;
    for (const menu of menus) {
      const word = state.get(menu.dataset.filter) || "";
      menu.value = [...menu.options].some((option) => option.value === word) ? word : "";
    }
    apply();
    return true;
  };

  // An address such as #claim-nvidia-h200-memory always shows its claim, with its reasons open.
  const reveal = () => {
    const card = location.hash && document.getElementById(location.hash.slice(1));
    if (!card || !list.contains(card)) return;
    if (card.hidden) {
      for (const menu of menus) menu.value = "";
      apply();
    }
    card.querySelector(".rb-why").open = true;
    card.scrollIntoView({ behavior: "instant" });
  };

  const arrive = () => {
    if (restore()) form.scrollIntoView({ behavior: "instant" });
    else reveal();
  };

  form.hidden = false;
  form.addEventListener("change", () => {
    apply();
    remember();
  });
  clear.addEventListener("click", () => {
    for (const menu of menus) menu.value = "";
    apply();
    remember();
    menus[0].focus();
  });
  unfold.addEventListener("click", () => {
    const open = unfold.getAttribute("aria-pressed") !== "true";
    unfold.setAttribute("aria-pressed", open);
    for (const card of cards) card.querySelector(".rb-why").open = open;
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  window.addEventListener("hashchange", arrive);
  apply();
  arrive();
});
