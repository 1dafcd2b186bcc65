// Sentences with a number to drag: by pointer, by arrow keys, or with what reads the page aloud.
// All that follows was computed in Python; here the row of the place is looked up.
document.addEventListener("DOMContentLoaded", () => {
  const WIDTH = 12; // pixels of one place
  for (const sentence of document.querySelectorAll(".rb-dragged")) {
    const rows = JSON.parse(sentence.dataset.places);
    const handle = sentence.querySelector(".rb-drag");
    const { field } = handle.dataset;
    let place = Number(sentence.dataset.place);
    let from = null;

    const show = (wanted) => {
      place = Math.min(rows.length - 1, Math.max(0, wanted));
      for (const part of sentence.querySelectorAll("[data-field]")) part.textContent = rows[place][part.dataset.field];
      handle.setAttribute("aria-valuenow", place + 1);
      handle.setAttribute("aria-valuetext", sentence.textContent);
    };
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -rows.length, End: rows.length };
    const attributes = { role: "slider", tabindex: 0, "aria-label": field, "aria-valuemin": 1, "aria-valuemax": rows.length, title: "Drag, or use the arrow keys" };
    for (const [key, value] of Object.entries(attributes)) handle.setAttribute(key, value);
    handle.addEventListener("keydown", (event) => {
      if (!steps[event.key]) return;
      event.preventDefault();
      show(place + steps[event.key]);
    });
    handle.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      handle.focus();
      handle.setPointerCapture(event.pointerId);
      from = { x: event.clientX, place };
    });
    handle.addEventListener("pointermove", (event) => {
      if (from) show(from.place + Math.round((event.clientX - from.x) / WIDTH));
    });
    for (const end of ["pointerup", "pointercancel"]) handle.addEventListener(end, () => { from = null; });
    sentence.classList.add("rb-dragged-on");
    show(place);
  }
});
